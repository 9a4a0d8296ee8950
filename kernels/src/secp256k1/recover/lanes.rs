//! The steps of a recovery for a chunk of signatures, in groups of as many as there are lanes.
//!
//! 1. Ranges are checked; a signature that fails leaves before anything is computed.
//! 2. Scalars: all 1/r by one inversion, u1 and u2, their digits.
//! 3. Lift: y of R. A lane without one goes on with G in its place, and its result is not looked at.
//! 4. Table: multiples of R, affine, four inversions a chunk.
//! 5. Ladder: u1·G + u2·R.
//! 6. All 1/Z by one inversion, with 1 in place of a zero. A zero means infinity or an exception of the formulas.
//! 7. Address: canonical coordinates, one batch of hashes.
//! 8. The signatures with a zero Z go through all steps once more, blinded (`blinding`), which tells infinity from an
//!    exception. A zero again, which nobody can aim at, is left to `reference`.
//!
//! So nothing that is inverted is ever zero, whatever the input. Lanes of the last group beyond the end repeat the last
//! signature.

use super::{Parsed, blinding::Blinding, reference};
use crate::{
    Level, RecoverError, RecoverInput, keccak256_batch,
    secp256k1::{
        field::{Field, Packed, wide::Wide},
        inverse::invert_lanes,
        ladder::{Lines, Multipliers, ladder},
        lift::lift,
        point::Jacobian,
        scalar,
        table::{self, MULTIPLES, Table},
        words::{self, Words},
    },
};

/// Signatures that share their inversions: enough that six inversions (about 2 µs each) vanish beside the rest, few
/// enough that the scratch memory (1.4 kB a signature, most of it tables) stays in the second level cache.
pub(super) const CHUNK: usize = 256;

/// Recovers a batch of any size.
pub(super) fn recover<F: Field>(
    proof: F::Proof,
    level: Level,
    inputs: &[RecoverInput],
    out: &mut [Result<[u8; 20], RecoverError>],
) {
    let mut scratch = Scratch::<F>::new();
    for (inputs, out) in inputs.chunks(CHUNK).zip(out.chunks_mut(CHUNK)) {
        scratch.recover(proof, level, inputs, out);
    }
}

/// The columns of a chunk, by signature that passed its checks or by group of lanes.
struct Scratch<F> {
    /// Where each signature stands in the chunk.
    indices: Vec<usize>,
    parsed: Vec<Parsed>,
    r: Vec<Words>,
    r_inverse: Vec<Words>,
    /// Padded to whole groups.
    multipliers: Vec<Multipliers>,
    /// R of each lane: r, and then no use is made of y.
    x: Vec<Packed>,
    /// Lanes by group whose r is an x coordinate.
    on_curve: Vec<u32>,
    tables: Vec<Table<F>>,
    lines: Lines,
    prefixes: Vec<F>,
    sums: Vec<Jacobian<F>>,
    /// Lanes by group whose Z is zero.
    exceptions: Vec<u32>,
    /// Lanes by group known to be the point at infinity.
    infinite: Vec<u32>,
    keys: Vec<Packed>,
}

impl<F: Field> Scratch<F> {
    fn new() -> Self {
        Self {
            indices: Vec::new(),
            parsed: Vec::new(),
            r: Vec::new(),
            r_inverse: Vec::new(),
            multipliers: Vec::new(),
            x: Vec::new(),
            on_curve: Vec::new(),
            tables: Vec::new(),
            lines: Lines::new::<F>(),
            prefixes: Vec::new(),
            sums: Vec::new(),
            exceptions: Vec::new(),
            infinite: Vec::new(),
            keys: Vec::new(),
        }
    }

    fn recover(
        &mut self,
        proof: F::Proof,
        level: Level,
        inputs: &[RecoverInput],
        out: &mut [Result<[u8; 20], RecoverError>],
    ) {
        let again = self.pass(proof, level, inputs, out, None);
        if again.is_empty() {
            return;
        }
        let subset: Vec<RecoverInput> = again.iter().map(|&index| inputs[index]).collect();
        let mut results = vec![Err(RecoverError::Infinity); subset.len()];
        let left = match Blinding::new(&subset) {
            Some(blinding) => self.pass(proof, level, &subset, &mut results, Some(&blinding)),
            None => (0..subset.len()).collect(),
        };
        for index in left {
            results[index] = reference::recover(&subset[index]);
        }
        for (index, result) in again.into_iter().zip(results) {
            out[index] = result;
        }
    }

    /// Writes all results but those of the signatures whose indices it returns: these it couldn't finish.
    fn pass(
        &mut self,
        proof: F::Proof,
        level: Level,
        inputs: &[RecoverInput],
        out: &mut [Result<[u8; 20], RecoverError>],
        blinding: Option<&Blinding>,
    ) -> Vec<usize> {
        self.parse(inputs, out);
        if self.indices.is_empty() {
            return Vec::new();
        }
        self.scalars(blinding);
        self.lift(proof);
        table::fill(proof, &mut self.tables, &mut self.prefixes);
        self.sums.clear();
        let groups = self
            .tables
            .iter()
            .zip(self.multipliers.chunks_exact(F::LANES));
        for (table, multipliers) in groups {
            self.sums
                .push(ladder(proof, table, &mut self.lines, multipliers));
        }
        self.unblind(proof, blinding);
        self.normalize(proof);
        self.addresses(level, out)
    }

    fn parse(&mut self, inputs: &[RecoverInput], out: &mut [Result<[u8; 20], RecoverError>]) {
        self.indices.clear();
        self.parsed.clear();
        for (index, (input, result)) in inputs.iter().zip(out).enumerate() {
            match Parsed::new(input) {
                Ok(parsed) => {
                    self.indices.push(index);
                    self.parsed.push(parsed);
                }
                Err(error) => *result = Err(error),
            }
        }
    }

    fn scalars(&mut self, blinding: Option<&Blinding>) {
        let blinding = blinding.map_or([0; 4], |blinding| blinding.scalar);
        self.r.clear();
        self.r.extend(self.parsed.iter().map(|parsed| parsed.r));
        scalar::invert_all(&self.r, &mut self.r_inverse);
        self.multipliers.clear();
        let items = self.parsed.iter().zip(&self.r_inverse);
        self.multipliers.extend(items.map(|(parsed, r_inverse)| {
            let z = scalar::reduce(parsed.prehash);
            let u1 = scalar::negate(&scalar::mul(&z, r_inverse));
            let u2 = scalar::mul(&parsed.s, r_inverse);
            Multipliers::new(&scalar::add(&u1, &blinding), &u2)
        }));
        let padded = self.parsed.len().next_multiple_of(F::LANES);
        let last = *self.multipliers.last().expect("the chunk is not empty");
        self.multipliers.resize(padded, last);
    }

    fn lift(&mut self, proof: F::Proof) {
        let seven = &[7, 0, 0, 0];
        self.x.clear();
        self.x
            .extend(self.r.iter().map(|&x| Packed { x, y: *seven }));
        let padded = self.multipliers.len();
        let last = *self.x.last().expect("the chunk is not empty");
        self.x.resize(padded, last);
        self.on_curve.clear();
        self.tables.clear();
        let groups = padded / F::LANES;
        // Square roots are chains in which each step waits for the one before: two groups at a time fill the gaps.
        for group in (0..groups & !1).step_by(2) {
            let (Wide(x), Wide(y), on_curve) =
                self.lift_group::<Wide<F, 2>>(proof, group * F::LANES);
            for i in 0..2 {
                self.tables.push([(x[i], y[i]); MULTIPLES]);
                self.on_curve.push(on_curve >> (i * F::LANES));
            }
        }
        if groups % 2 == 1 {
            let (x, y, on_curve) = self.lift_group::<F>(proof, (groups - 1) * F::LANES);
            self.tables.push([(x, y); MULTIPLES]);
            self.on_curve.push(on_curve);
        }
    }

    /// The points of the lanes from `first` on, G for those whose r is no x coordinate, and the lanes where it is one.
    fn lift_group<G: Field<Proof = F::Proof>>(&self, proof: F::Proof, first: usize) -> (G, G, u32) {
        let mut odd = 0;
        for (lane, parsed) in self.parsed[first..].iter().take(G::LANES).enumerate() {
            odd |= u32::from(parsed.odd) << lane;
        }
        let lines = &self.x[first..][..G::LANES];
        G::vectorize(
            proof,
            #[inline(always)]
            || {
                let (x, seven) = G::load(proof, |lane| &lines[lane]);
                let (y, on_curve) = lift(x, odd, seven);
                let generator_x = G::splat(proof, &words::GENERATOR.x);
                let generator_y = G::splat(proof, &words::GENERATOR.y);
                let x = G::select(on_curve, x, generator_x);
                let y = G::select(on_curve, y, generator_y);
                (x, y, on_curve)
            },
        )
    }

    /// Takes t·G off again, and marks the sums of which nothing remains.
    fn unblind(&mut self, proof: F::Proof, blinding: Option<&Blinding>) {
        self.infinite.clear();
        self.infinite.resize(self.sums.len(), 0);
        let Some(blinding) = blinding else {
            return;
        };
        F::vectorize(
            proof,
            #[inline(always)]
            || {
                let one = F::splat(proof, &[1, 0, 0, 0]);
                let point = F::load(proof, |_| &blinding.point);
                for (sum, infinite) in self.sums.iter_mut().zip(&mut self.infinite) {
                    *infinite = sum.equals(point);
                    sum.add(point, u32::MAX, 0, one);
                }
            },
        );
    }

    /// Affine, canonical public keys.
    fn normalize(&mut self, proof: F::Proof) {
        let Self {
            sums,
            prefixes,
            exceptions,
            keys,
            ..
        } = self;
        prefixes.clear();
        exceptions.clear();
        let product = F::vectorize(
            proof,
            #[inline(always)]
            || {
                let one = F::splat(proof, &[1, 0, 0, 0]);
                let mut product = one;
                for sum in &mut *sums {
                    let zero = sum.z.canonical().zeros() | sum.empty;
                    sum.z = F::select(zero, one, sum.z);
                    exceptions.push(zero);
                    prefixes.push(product);
                    product = product.times(sum.z);
                }
                product
            },
        );
        let mut suffix = invert_lanes(proof, product);
        keys.resize(sums.len() * F::LANES, Packed::default());
        F::vectorize(
            proof,
            #[inline(always)]
            || {
                for (group, sum) in sums.iter().enumerate().rev() {
                    let inverse = suffix.times(prefixes[group]);
                    suffix = suffix.times(sum.z);
                    let square = inverse.squared();
                    let x = sum.x.times(square).canonical();
                    let y = sum.y.times(square.times(inverse)).canonical();
                    F::store(x, y, &mut keys[group * F::LANES..][..F::LANES]);
                }
            },
        );
    }

    /// Returns the indices of exceptions, whose results remain to be written.
    fn addresses(&self, level: Level, out: &mut [Result<[u8; 20], RecoverError>]) -> Vec<usize> {
        let mut exceptions = Vec::new();
        let mut messages = [[0; 64]; CHUNK];
        for (message, key) in messages.iter_mut().zip(&self.keys) {
            message[..32].copy_from_slice(&words::to_be_bytes(&key.x));
            message[32..].copy_from_slice(&words::to_be_bytes(&key.y));
        }
        let mut slices = [[].as_slice(); CHUNK];
        for (slice, message) in slices.iter_mut().zip(&messages) {
            *slice = message;
        }
        let mut hashes = [[0; 32]; CHUNK];
        let count = self.indices.len();
        keccak256_batch(level, &slices[..count], &mut hashes[..count]);
        for (lane, (&index, hash)) in self.indices.iter().zip(&hashes).enumerate() {
            let (group, bit) = (lane / F::LANES, 1 << (lane % F::LANES));
            out[index] = if self.on_curve[group] & bit == 0 {
                Err(RecoverError::NotOnCurve)
            } else if self.infinite[group] & bit != 0 {
                Err(RecoverError::Infinity)
            } else if self.exceptions[group] & bit != 0 {
                exceptions.push(index);
                continue;
            } else {
                let mut address = [0; 20];
                address.copy_from_slice(&hash[12..]);
                Ok(address)
            };
        }
        exceptions
    }
}

/// How many of the signatures, at most a chunk, the first pass can't finish.
#[cfg(test)]
pub(super) fn count_exceptions<F: Field>(proof: F::Proof, inputs: &[RecoverInput]) -> usize {
    assert!(inputs.len() <= CHUNK);
    let mut scratch = Scratch::<F>::new();
    let mut out = vec![Ok([0; 20]); inputs.len()];
    let again = scratch.pass(proof, Level::portable(), inputs, &mut out, None);
    again.len()
}

/// How many are left for `reference` with the blinding given.
#[cfg(test)]
pub(super) fn count_left<F: Field>(
    proof: F::Proof,
    inputs: &[RecoverInput],
    blinding: &Blinding,
    out: &mut [Result<[u8; 20], RecoverError>],
) -> usize {
    let mut scratch = Scratch::<F>::new();
    let left = scratch.pass(proof, Level::portable(), inputs, out, Some(blinding));
    left.len()
}

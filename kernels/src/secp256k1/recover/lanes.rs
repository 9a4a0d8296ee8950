//! The steps of a recovery for a chunk of signatures, in groups of as many as there are lanes.
//!
//! 1. Ranges are checked; a signature that fails leaves before anything is computed.
//! 2. Scalars: all 1/r by one inversion, u1 and u2, their digits.
//! 3. Lift: y of R. A lane without one goes on with G in its place, and its result is not looked at.
//! 4. Table: multiples of R, affine, four inversions a chunk.
//! 5. Ladder: u1·G + u2·R.
//! 6. All 1/Z by one inversion, with 1 in place of the Z of sums at infinity.
//! 7. Address: canonical coordinates, one batch of hashes.
//!
//! So nothing that is inverted is ever zero, whatever the input. Lanes of the last group beyond the end repeat the last
//! signature, or the one with the other R.

use super::Parsed;
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
        self.parse(inputs, out);
        if self.indices.is_empty() {
            return;
        }
        self.scalars();
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
        self.normalize(proof);
        self.addresses(level, out);
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

    fn scalars(&mut self) {
        self.r.clear();
        self.r.extend(self.parsed.iter().map(|parsed| parsed.r));
        scalar::invert_all(&self.r, &mut self.r_inverse);
        self.multipliers.clear();
        let items = self.parsed.iter().zip(&self.r_inverse);
        self.multipliers.extend(items.map(|(parsed, r_inverse)| {
            let z = scalar::reduce(parsed.prehash);
            let u1 = scalar::negate(&scalar::mul(&z, r_inverse));
            let u2 = scalar::mul(&parsed.s, r_inverse);
            Multipliers::new(&u1, &u2)
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

    /// Affine, canonical public keys.
    fn normalize(&mut self, proof: F::Proof) {
        let Self {
            sums,
            prefixes,
            keys,
            ..
        } = self;
        prefixes.clear();
        let product = F::vectorize(
            proof,
            #[inline(always)]
            || {
                let one = F::splat(proof, &[1, 0, 0, 0]);
                let mut product = one;
                for sum in &mut *sums {
                    sum.z = F::select(sum.infinite, one, sum.z);
                    // One zero would make all results of the chunk wrong: better none at all.
                    assert_eq!(sum.z.canonical().zeros(), 0, "Z of a sum that is finite");
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

    fn addresses(&self, level: Level, out: &mut [Result<[u8; 20], RecoverError>]) {
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
            } else if self.sums[group].infinite & bit != 0 {
                Err(RecoverError::Infinity)
            } else {
                let mut address = [0; 20];
                address.copy_from_slice(&hash[12..]);
                Ok(address)
            };
        }
    }
}

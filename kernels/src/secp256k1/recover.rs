//! From signature to address (SEC 1, 4.1.6, with Ethereum's rules).
//!
//! With R the point that r and the parity name, z the prehash modulo n and Q the public key, a signature says
//! s·R = z·G + r·Q; so Q = u1·G + u2·R with u1 = -z/r and u2 = s/r. The address is the last 20 bytes of the
//! Keccak-256 of Q's coordinates.
//!
//! A batch shares two inversions: all r (modulo n) and, at the end, all Z (modulo p). An item that fails its checks
//! leaves the batch before either, and the sums that are the point at infinity (Z = 0) are skipped by the second, so a
//! bad item is never a factor of its neighbours' products.

use super::inversion::invert_all;
use crate::{Level, RecoverError, RecoverInput, SRule, keccak256_batch, level::Built};
use k256::{
    AffinePoint, FieldBytes, NonZeroScalar, ProjectivePoint, Scalar,
    elliptic_curve::{
        BatchNormalize,
        group::CurveAffine,
        ops::{LinearCombination, Reduce},
        point::{AffineCoordinates, DecompressPoint},
        scalar::IsHigh,
        subtle::Choice,
    },
};

/// Items that share their inversions: enough that one inversion (about 2 µs) vanishes beside 256 double-scalar
/// multiplications, few enough that the scratch memory (some 130 kB) stays small however large the batch is.
const SHARED_ITEMS: usize = 256;

/// Recovers the address of each signer and writes it to the same index of `out`.
///
/// # Panics
///
/// If `out` is not as long as `inputs`, which is a mistake of the caller and not of any input.
pub fn recover_batch(
    level: Level,
    inputs: &[RecoverInput],
    out: &mut [Result<[u8; 20], RecoverError>],
) {
    assert_eq!(inputs.len(), out.len(), "one result for each signature");
    match level.0 {
        Built::Portable => portable(inputs, out),
        // The lanes hash, but don't recover: the results of a level are the same in any case.
        #[cfg(target_arch = "x86_64")]
        Built::Avx2(_) | Built::Avx512(_) => portable(inputs, out),
    }
}

fn portable(inputs: &[RecoverInput], out: &mut [Result<[u8; 20], RecoverError>]) {
    let mut scratch = Scratch::default();
    let chunks = inputs.chunks(SHARED_ITEMS);
    for (inputs, out) in chunks.zip(out.chunks_mut(SHARED_ITEMS)) {
        scratch.recover(inputs, out);
    }
}

/// The items of a chunk that passed their checks, one column a field.
#[derive(Default)]
struct Scratch {
    /// Where each item stands in its chunk.
    indices: Vec<usize>,
    r: Vec<NonZeroScalar>,
    r_inverse: Vec<NonZeroScalar>,
    lifted: Vec<Lifted>,
    public_keys: Vec<ProjectivePoint>,
}

/// What remains of a signature when it has passed its checks.
struct Lifted {
    /// R, of which r is the x coordinate.
    point: AffinePoint,
    s: NonZeroScalar,
    /// The prehash modulo n.
    z: Scalar,
}

impl Scratch {
    fn recover(&mut self, inputs: &[RecoverInput], out: &mut [Result<[u8; 20], RecoverError>]) {
        self.indices.clear();
        self.r.clear();
        self.lifted.clear();
        for (index, (input, result)) in inputs.iter().zip(&mut *out).enumerate() {
            match lift(input) {
                Ok((r, lifted)) => {
                    self.indices.push(index);
                    self.r.push(r);
                    self.lifted.push(lifted);
                }
                Err(error) => *result = Err(error),
            }
        }

        invert_all(&self.r, &mut self.r_inverse);
        self.public_keys.clear();
        self.public_keys.extend(
            self.lifted
                .iter()
                .zip(&self.r_inverse)
                .map(|(item, r_inverse)| item.public_key(r_inverse)),
        );

        let normalized = ProjectivePoint::batch_normalize_vartime(self.public_keys.as_slice());
        for (&index, public_key) in self.indices.iter().zip(&normalized) {
            out[index] = address(public_key);
        }
    }
}

/// Checks the ranges of a signature and finds R.
fn lift(input: &RecoverInput) -> Result<(NonZeroScalar, Lifted), RecoverError> {
    if input.y_parity > 1 {
        return Err(RecoverError::RecoveryId);
    }
    let r = scalar_in_range(&input.r).ok_or(RecoverError::ROutOfRange)?;
    let s = scalar_in_range(&input.s).ok_or(RecoverError::SOutOfRange)?;
    if input.s_rule == SRule::Low && bool::from(s.is_high()) {
        return Err(RecoverError::HighS);
    }
    let point = AffinePoint::decompress(&input.r.into(), Choice::from(input.y_parity))
        .into_option()
        .ok_or(RecoverError::NotOnCurve)?;
    let z = Scalar::reduce(&FieldBytes::from(input.prehash));
    Ok((r, Lifted { point, s, z }))
}

/// The number that the bytes are, if it is in [1, n-1].
fn scalar_in_range(bytes: &[u8; 32]) -> Option<NonZeroScalar> {
    NonZeroScalar::from_repr((*bytes).into()).into_option()
}

impl Lifted {
    fn public_key(&self, r_inverse: &NonZeroScalar) -> ProjectivePoint {
        let u1 = -(self.z * **r_inverse);
        let u2 = *(self.s * r_inverse);
        ProjectivePoint::lincomb_vartime(&[
            (ProjectivePoint::GENERATOR, u1),
            (self.point.into(), u2),
        ])
    }
}

fn address(public_key: &AffinePoint) -> Result<[u8; 20], RecoverError> {
    if bool::from(public_key.is_identity()) {
        return Err(RecoverError::Infinity);
    }
    let mut coordinates = [0; 64];
    coordinates[..32].copy_from_slice(&public_key.x());
    coordinates[32..].copy_from_slice(&public_key.y());
    let mut hash = [[0; 32]];
    keccak256_batch(Level::portable(), &[&coordinates], &mut hash);
    let mut address = [0; 20];
    address.copy_from_slice(&hash[0][12..]);
    Ok(address)
}

#[cfg(test)]
mod tests;

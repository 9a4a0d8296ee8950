//! From signature to address (SEC 1, 4.1.6, with Ethereum's rules).
//!
//! With R the point that r and the parity name, z the prehash modulo n and Q the public key, a signature says
//! s·R = z·G + r·Q; so Q = u1·G + u2·R with u1 = -z/r and u2 = s/r. The address is the last 20 bytes of the
//! Keccak-256 of Q's coordinates.
//!
//! `lanes` has the steps for a chunk of signatures, at any level.

use super::{
    field::portable::Portable,
    words::{self, HALF_N, N, Words},
};
use crate::{Level, RecoverError, RecoverInput, SRule, level::Built};

mod lanes;

#[cfg(target_arch = "x86_64")]
use super::field::{avx2::Avx2, avx512::Avx512, wide::Wide};
#[cfg(target_arch = "x86_64")]
use crate::lanes::{avx2::Avx2 as Avx2Proof, avx512::Avx512 as Avx512Proof};

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
        Built::Portable => recover_batch_portable(level, inputs, out),
        #[cfg(target_arch = "x86_64")]
        Built::Avx2(proof) => recover_batch_avx2(proof, level, inputs, out),
        #[cfg(target_arch = "x86_64")]
        Built::Avx512(proof) => recover_batch_avx512(proof, level, inputs, out),
    }
}

/// One signature after the other: its own independent products keep a scalar processor busy, two at a time only spill.
fn recover_batch_portable(
    level: Level,
    inputs: &[RecoverInput],
    out: &mut [Result<[u8; 20], RecoverError>],
) {
    lanes::recover::<Portable>((), level, inputs, out);
}

/// Four signatures in one vector: two vectors at a time are more code than instruction caches hold.
#[cfg(target_arch = "x86_64")]
fn recover_batch_avx2(
    proof: Avx2Proof,
    level: Level,
    inputs: &[RecoverInput],
    out: &mut [Result<[u8; 20], RecoverError>],
) {
    lanes::recover::<Avx2>(proof, level, inputs, out);
}

/// Eight signatures in one vector, or sixteen in two where there are more than eight. The level is that of the hash.
#[cfg(target_arch = "x86_64")]
fn recover_batch_avx512(
    proof: Avx512Proof,
    level: Level,
    inputs: &[RecoverInput],
    out: &mut [Result<[u8; 20], RecoverError>],
) {
    if inputs.len() <= 8 {
        lanes::recover::<Avx512>(proof, level, inputs, out);
    } else {
        lanes::recover::<Wide<Avx512, 2>>(proof, level, inputs, out);
    }
}

/// A signature within its ranges.
struct Parsed {
    r: Words,
    s: Words,
    /// The prehash as it came: any number of 256 bits.
    prehash: Words,
    odd: bool,
}

impl Parsed {
    fn new(input: &RecoverInput) -> Result<Self, RecoverError> {
        if input.y_parity > 1 {
            return Err(RecoverError::RecoveryId);
        }
        let r = scalar_in_range(&input.r).ok_or(RecoverError::ROutOfRange)?;
        let s = scalar_in_range(&input.s).ok_or(RecoverError::SOutOfRange)?;
        if input.s_rule == SRule::Low && words::less(&HALF_N, &s) {
            return Err(RecoverError::HighS);
        }
        Ok(Self {
            r,
            s,
            prehash: words::from_be_bytes(&input.prehash),
            odd: input.y_parity == 1,
        })
    }
}

/// The number that the bytes are, if it is in [1, n-1].
fn scalar_in_range(bytes: &[u8; 32]) -> Option<Words> {
    let number = words::from_be_bytes(bytes);
    (!words::is_zero(&number) && words::less(&number, &N)).then_some(number)
}

#[cfg(test)]
mod tests;

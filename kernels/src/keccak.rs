//! Keccak-256 (the original padding 0x01, not SHA3-256's 0x06) of many messages.
//!
//! - `permutation`: Keccak-f[1600], written once for any lanes.
//! - `sponge`: blocks and padding.
//! - `batch`: which lane hashes which message.

pub(crate) mod batch;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod permutation;
mod sponge;

use crate::{Level, level::Built};

/// Writes the Keccak-256 of each message to the same index of `out`. Lengths may be mixed; an empty message is hashed
/// like any other.
///
/// # Panics
///
/// If `out` is not as long as `messages`, which is a mistake of the caller and not of any input.
pub fn keccak256_batch(level: Level, messages: &[&[u8]], out: &mut [[u8; 32]]) {
    assert_eq!(messages.len(), out.len(), "one hash for each message");
    match level.0 {
        Built::Portable => batch::hash_each(messages, out),
        #[cfg(target_arch = "x86_64")]
        Built::Avx2(proof) => proof.keccak256_batch(messages, out),
        #[cfg(target_arch = "x86_64")]
        Built::Avx512(proof) => proof.keccak256_batch(messages, out),
    }
}

#[cfg(test)]
mod tests;

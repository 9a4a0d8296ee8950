//! Keccak-256 (the original padding 0x01, not SHA3-256's 0x06) of many messages.

use crate::{Level, level::Built};
use sha3::{Digest, Keccak256};

/// Writes the Keccak-256 of each message to the same index of `out`. Lengths may be mixed; an empty message is hashed
/// like any other.
///
/// # Panics
///
/// If `out` is not as long as `messages`, which is a mistake of the caller and not of any input.
pub fn keccak256_batch(level: Level, messages: &[&[u8]], out: &mut [[u8; 32]]) {
    assert_eq!(messages.len(), out.len(), "one hash for each message");
    match level.0 {
        Built::Portable => portable(messages, out),
    }
}

fn portable(messages: &[&[u8]], out: &mut [[u8; 32]]) {
    for (message, hash) in messages.iter().zip(out) {
        *hash = Keccak256::digest(message).into();
    }
}

#[cfg(test)]
mod tests;

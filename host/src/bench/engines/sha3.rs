//! RustCrypto's sha3.

use alloy_primitives::B256;
use sha3::{Digest, Keccak256};

/// Hashes one message after the other.
pub fn keccak256(messages: &[Vec<u8>]) -> Vec<B256> {
    let hash = |message: &Vec<u8>| B256::new(Keccak256::digest(message).into());
    messages.iter().map(hash).collect()
}

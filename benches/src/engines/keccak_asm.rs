//! keccak-asm: the assembly of cryptogams, which alloy and reth use with their `asm-keccak` feature.

use alloy_primitives::B256;
use keccak_asm::Keccak256;

/// Hashes one message after the other.
pub fn keccak256(messages: &[Vec<u8>]) -> Vec<B256> {
    messages.iter().map(|message| hash(message)).collect()
}

/// Hashes one message.
pub fn hash(message: &[u8]) -> B256 {
    B256::from_slice(&Keccak256::digest(message))
}

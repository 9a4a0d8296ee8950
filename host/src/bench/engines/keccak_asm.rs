//! keccak-asm: the assembly of cryptogams, which alloy and reth use with their `asm-keccak` feature.

use alloy_primitives::B256;
use keccak_asm::Keccak256;
use rayon::{ThreadPool, prelude::*};

/// Hashes one message after the other.
pub fn keccak256(messages: &[Vec<u8>]) -> Vec<B256> {
    messages.iter().map(|message| hash(message)).collect()
}

/// The same over the threads of a pool; a few on the caller's.
pub fn keccak256_on(pool: &ThreadPool, messages: &[&[u8]]) -> Vec<B256> {
    /// Below, handing over costs more than it saves, and so many make a task.
    const FEW: usize = 256;
    if messages.len() < FEW {
        return messages.iter().map(|message| hash(message)).collect();
    }
    let hash = |message: &&[u8]| hash(message);
    pool.install(|| {
        messages
            .par_iter()
            .with_min_len(FEW / 2)
            .map(hash)
            .collect()
    })
}

/// Hashes one message.
pub fn hash(message: &[u8]) -> B256 {
    B256::from_slice(&Keccak256::digest(message))
}

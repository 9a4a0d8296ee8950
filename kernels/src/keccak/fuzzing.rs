//! Batches of messages of any lengths, driven by bytes.

use crate::{Level, keccak256_batch};
use sha3::{Digest, Keccak256};

/// Messages in a batch: a few vectors of any level.
const MOST: u8 = 40;
/// Lengths are below: eight blocks and a bit.
const LONGEST: usize = 1100;

/// The batch that the bytes are, against sha3: a count, a length of two bytes for each message, and contents.
pub fn keccak(level: Level, bytes: &[u8]) {
    let Some((count, rest)) = bytes.split_first() else {
        return;
    };
    let (lengths, contents) = rest
        .as_chunks::<2>()
        .0
        .split_at_checked(usize::from(count % MOST))
        .unwrap_or((rest.as_chunks().0, &[]));
    let contents = contents.as_flattened();
    let messages: Vec<Vec<u8>> = lengths
        .iter()
        .enumerate()
        .map(|(i, length)| {
            let length = usize::from(u16::from_le_bytes(*length)) % LONGEST;
            let bytes = contents.iter().cycle().skip(i * 13 % contents.len().max(1));
            let mut message: Vec<u8> = bytes.take(length).copied().collect();
            message.resize(length, i as u8);
            message
        })
        .collect();
    let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let mut hashes = vec![[0xee; 32]; slices.len()];
    keccak256_batch(level, &slices, &mut hashes);
    for (message, hash) in slices.iter().zip(&hashes) {
        let expected: [u8; 32] = Keccak256::digest(message).into();
        assert_eq!(*hash, expected, "{} bytes", message.len());
    }
}

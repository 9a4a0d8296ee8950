//! Keccak-256 on a device: messages packed as `keccak.wgsl` takes them.

use super::{Capacity, Dispatch, Plan, Upload};
use phalanx_shaders::layout::{KeccakParams, Place};
use std::ops::Range;

/// The longest message that a device is given: one invocation absorbs it block by block, and no dispatch may last.
pub const LONGEST_MESSAGE_BYTES: usize = 64 << 10;

/// Bytes of messages from which a batch is cut for no other reason than that writing, computing and reading overlap.
const WORTH_OVERLAPPING_WORDS: usize = 1 << 20;

pub(super) const DIGEST_WORDS: usize = 8;

/// Cuts messages into batches within the capacity; each leaves room for the known message.
pub fn cut(messages: &[&[u8]], capacity: &Capacity) -> Vec<Range<usize>> {
    let known = stored_words(&known_message(0));
    let total: usize = messages.iter().map(|message| stored_words(message)).sum();
    let most_words = capacity.message_words.saturating_sub(known);
    let most_words = (total / 3).max(WORTH_OVERLAPPING_WORDS).min(most_words);
    let most_rows = capacity.messages.saturating_sub(1).max(1);
    let mut ranges = Vec::new();
    let (mut start, mut words) = (0, 0);
    for (index, message) in messages.iter().enumerate() {
        let own = stored_words(message);
        if index > start && (words + own > most_words || index - start == most_rows) {
            ranges.push(start..index);
            (start, words) = (index, 0);
        }
        words += own;
    }
    if start < messages.len() {
        ranges.push(start..messages.len());
    }
    ranges
}

/// The batch of these messages and, after them, the known one of this number. In place of a message that is too long
/// stands an empty one, whose row [`digest`] does not give.
pub fn plan(messages: &[&[u8]], nonce: u64) -> Plan {
    let known = known_message(nonce);
    let all = || messages.iter().copied().chain([known.as_slice()]);
    let count = messages.len() + 1;
    let mut words = Vec::with_capacity(all().map(stored_words).sum());
    let mut places = Vec::with_capacity(2 * count);
    for message in all() {
        let message = if is_too_long(message) { &[] } else { message };
        // Both fit: a batch has at most 2^23 words.
        places.extend([words.len() as u32, message.len() as u32]);
        store(message, &mut words);
    }
    const { assert!(size_of::<Place>() == 8, "a place is two words") };
    Plan {
        program: "keccak",
        uniforms: vec![
            bytemuck::bytes_of(&KeccakParams {
                count: count as u32,
            })
            .to_vec(),
        ],
        uploads: vec![
            Upload {
                name: "messages",
                words,
            },
            Upload {
                name: "places",
                words: places,
            },
        ],
        scratch: Vec::new(),
        constants: &[],
        output: ("digests", count * DIGEST_WORDS),
        dispatches: vec![Dispatch {
            stage: "keccak",
            invocations: count as u32,
            uniform: 0,
        }],
    }
}

/// The digest of a row; `None` if the device has not written it.
pub fn digest(output: &[u32], row: usize) -> Option<[u8; 32]> {
    let words = output.get(row * DIGEST_WORDS..)?.get(..DIGEST_WORDS)?;
    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    (digest != [0; 32]).then_some(digest)
}

/// True for messages that stay on the CPU.
pub fn is_too_long(message: &[u8]) -> bool {
    message.len() > LONGEST_MESSAGE_BYTES
}

/// The known message of a batch: two blocks, another for each number.
pub fn known_message(nonce: u64) -> [u8; 200] {
    let mut message = [0x5a; 200];
    message[132..140].copy_from_slice(&nonce.to_be_bytes());
    message
}

/// Words of a message with the first byte of its padding, as it is stored.
pub(super) fn stored_words(message: &[u8]) -> usize {
    if is_too_long(message) {
        1
    } else {
        message.len() / 4 + 1
    }
}

/// Adds a message and the first byte of its padding.
pub(super) fn store(message: &[u8], words: &mut Vec<u32>) {
    let (whole, rest) = message.as_chunks::<4>();
    words.extend(whole.iter().map(|bytes| u32::from_le_bytes(*bytes)));
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 1;
    words.push(u32::from_le_bytes(last));
}

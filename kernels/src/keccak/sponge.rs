//! The sponge around the permutation, with the padding of the original Keccak: one block at a time, for all lanes or
//! for one.
//!
//! A block is 136 bytes, 17 words. The last block of a message has the message's last bytes, then 0x01, then zeros, and
//! 0x80 in its last byte; where that is one byte, it is 0x81. A message that ends on a block's end gets a whole block of
//! padding.

use super::permutation::{State, permute};
use crate::lanes::{Lanes, MAX_LANES};

/// Bytes that a permutation absorbs.
pub(super) const RATE_BYTES: usize = 136;

/// Words that a permutation absorbs.
const RATE_WORDS: usize = RATE_BYTES / 8;

/// The last byte of the padding, in the last word of a block.
const LAST_BIT: u64 = 0x80 << 56;

/// A block of each lane, padded, with the words of all lanes side by side as they are absorbed.
///
/// Its alignment makes the compiler align the stack frame that it is in, and with it the vectors that spill there: left
/// to chance, they straddle cache lines in some calls and cost a fifth of the throughput.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Block {
    words: [[u64; MAX_LANES]; RATE_WORDS],
    /// All bits set where the lane goes on with its message, none where it begins one.
    keep: [u64; MAX_LANES],
    /// A lane's words from this one on are zero, apart from the padding's last byte.
    filled: [usize; MAX_LANES],
}

impl Block {
    /// Sets a lane's block: the first bytes of `rest`, and the padding if they are less than a block.
    #[inline(always)]
    pub(super) fn set(&mut self, lane: usize, rest: &[u8], begins: bool) {
        self.keep[lane] = if begins { 0 } else { u64::MAX };
        let words = rest.as_chunks().0;
        if words.len() >= RATE_WORDS {
            self.filled[lane] = RATE_WORDS;
            fill::<RATE_WORDS>(lane, &mut self.words, words);
            return;
        }
        let filled = words.len() + 1;
        if filled < self.filled[lane] {
            for word in &mut self.words {
                word[lane] = 0;
            }
        }
        self.filled[lane] = filled;
        // Up to sixteen words by the bits of their count. As a loop over words it is one that the compiler turns into
        // scatters, which are slower, and it branches once a word.
        let (to, words) = fill::<16>(lane, &mut self.words, words);
        let (to, words) = fill::<8>(lane, to, words);
        let (to, words) = fill::<4>(lane, to, words);
        let (to, words) = fill::<2>(lane, to, words);
        let (to, _) = fill::<1>(lane, to, words);
        if let Some(word) = to.first_mut() {
            word[lane] = end_word(rest);
        }
        self.words[RATE_WORDS - 1][lane] |= LAST_BIT;
    }

    /// Whether the lane's message begins with its block.
    #[inline(always)]
    pub(super) fn begins(&self, lane: usize) -> bool {
        self.keep[lane] == 0
    }

    /// Xors the block into the rate, of lanes that begin a message into zeros.
    #[inline(always)]
    pub(super) fn absorb<L: Lanes>(&self, proof: L::Proof, mut state: State<L>) -> State<L> {
        let keep = L::from_words(proof, &self.keep);
        let (rate, capacity) = state.split_at_mut(RATE_WORDS);
        for (word, block) in rate.iter_mut().zip(&self.words) {
            *word = word.and(keep).xor(L::from_words(proof, block));
        }
        for word in capacity {
            *word = word.and(keep);
        }
        state
    }
}

/// Writes the first `COUNT` words to a lane if there are so many, and returns what is left of both.
#[inline(always)]
fn fill<'a, 'b, const COUNT: usize>(
    lane: usize,
    to: &'a mut [[u64; MAX_LANES]],
    words: &'b [[u8; 8]],
) -> (&'a mut [[u64; MAX_LANES]], &'b [[u8; 8]]) {
    if to.len() < COUNT || words.len() < COUNT {
        return (to, words);
    }
    let (to, to_rest) = to.split_at_mut(COUNT);
    let (words, words_rest) = words.split_at(COUNT);
    for (to, word) in to.iter_mut().zip(words) {
        to[lane] = u64::from_le_bytes(*word);
    }
    (to_rest, words_rest)
}

/// The bytes past the last whole word, little-endian, followed by the padding's first byte.
#[inline(always)]
fn end_word(bytes: &[u8]) -> u64 {
    let count = bytes.len() % 8;
    let end = match bytes.last_chunk::<8>() {
        // The bytes wanted are the last ones, in the high part of the word. By 64 bits one can't shift at once.
        Some(&last) => u64::from_le_bytes(last) >> 8 >> (56 - 8 * count),
        None => bytes
            .iter()
            .rev()
            .fold(0, |word, &byte| word << 8 | u64::from(byte)),
    };
    end | 1 << (8 * count)
}

/// Goes on with one message alone, whose next bytes are `rest`, to its hash.
///
/// A function of its own: inlined among vectors, the compiler mixes vector and scalar accesses to the state, and the
/// processor stalls on them for longer than the permutation takes.
#[inline(never)]
pub(super) fn finish(mut state: State<u64>, rest: &[u8]) -> [u8; 32] {
    let mut blocks = rest.chunks_exact(RATE_BYTES);
    loop {
        let block = blocks.next();
        let bytes = block.unwrap_or(blocks.remainder());
        let words = bytes.as_chunks().0;
        for (word, bytes) in state.iter_mut().zip(words) {
            *word ^= u64::from_le_bytes(*bytes);
        }
        if block.is_none() {
            state[words.len()] ^= end_word(bytes);
            state[RATE_WORDS - 1] ^= LAST_BIT;
        }
        state = permute((), state);
        if block.is_none() {
            return hash([state[0], state[1], state[2], state[3]]);
        }
    }
}

/// The hash that a state's first words are.
#[inline(always)]
pub(super) fn hash(words: [u64; 4]) -> [u8; 32] {
    let mut hash = [0; 32];
    for (to, word) in hash.as_chunks_mut().0.iter_mut().zip(words) {
        *to = word.to_le_bytes();
    }
    hash
}

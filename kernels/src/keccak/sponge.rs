//! The sponge around the permutation, with the padding of the original Keccak: one block at a time, for all lanes or
//! for one.
//!
//! A block is 136 bytes, 17 words. The last block of a message has the message's last bytes, then 0x01, then zeros, and
//! 0x80 in its last byte; where that is one byte, it is 0x81. A message that ends on a block's end gets a whole block of
//! padding.

use super::permutation::{State, permute};
use crate::lanes::{Lanes, MAX_LANES};
use std::hint::select_unpredictable;

/// Bytes that a permutation absorbs.
pub(super) const RATE_BYTES: usize = 136;

/// Words that a permutation absorbs.
const RATE_WORDS: usize = RATE_BYTES / 8;

/// The last byte of the padding, in the last word of a block.
const LAST_BIT: u64 = 0x80 << 56;

/// A block of each lane, in the form in which it is absorbed.
///
/// Its alignment makes the compiler align the stack frame that it is in, and with it the vectors that spill there: left
/// to chance, they straddle cache lines in some calls and cost a fifth of the throughput.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Block<'a> {
    /// What is left of the message, this block first.
    rows: [&'a [u8]; MAX_LANES],
    /// Where the message ends here: its bytes past the last whole word, and the padding's first byte.
    end: [u64; MAX_LANES],
    /// Where the message ends here: the word of the block that `end` belongs to; else no word of it.
    end_at: [u64; MAX_LANES],
    /// Where the message ends here: the padding's last byte.
    last: [u64; MAX_LANES],
    /// All bits set where the lane goes on with its message, none where it begins one.
    keep: [u64; MAX_LANES],
}

impl<'a> Block<'a> {
    /// Sets a lane's block: the first bytes of `rest`, and the padding if they are less than a block.
    #[inline(always)]
    pub(super) fn set(&mut self, lane: usize, rest: &'a [u8], begins: bool) {
        let ends = rest.len() < RATE_BYTES;
        self.rows[lane] = rest;
        self.end[lane] = select_unpredictable(ends, end_word(rest), 0);
        self.end_at[lane] = (rest.len() / 8) as u64;
        self.last[lane] = select_unpredictable(ends, LAST_BIT, 0);
        self.keep[lane] = select_unpredictable(begins, 0, u64::MAX);
    }

    /// Whether a lane's message ends in its block, and what is left of it after that.
    #[inline(always)]
    pub(super) fn after(&self, lane: usize) -> (bool, &'a [u8]) {
        let row = self.rows[lane];
        (row.len() < RATE_BYTES, &row[row.len().min(RATE_BYTES)..])
    }

    /// Whether the lane's message begins with its block, and what is left of it.
    #[inline(always)]
    pub(super) fn unread(&self, lane: usize) -> (bool, &'a [u8]) {
        (self.keep[lane] == 0, self.rows[lane])
    }

    /// Xors the block into the rate, of lanes that begin a message into zeros.
    #[inline(always)]
    pub(super) fn absorb<L: Lanes>(&self, proof: L::Proof, mut state: State<L>) -> State<L> {
        let longest = self.rows[..L::LANES].iter().map(|row| row.len()).max();
        let words = longest.unwrap_or(0) / 8;
        let keep = L::from_words(proof, &self.keep);
        for word in &mut state {
            *word = word.and(keep);
        }
        self.xor_words::<L, 0>(proof, &mut state);
        if words >= 8 {
            self.xor_words::<L, 8>(proof, &mut state);
        }
        if words >= 16 {
            self.xor_words::<L, 16>(proof, &mut state);
        }
        state[RATE_WORDS - 1] = state[RATE_WORDS - 1].xor(L::from_words(proof, &self.last));
        state
    }

    /// Xors words `FIRST..FIRST + 8` of the block into those of the state, or as many of them as a block has.
    #[inline(always)]
    fn xor_words<L: Lanes, const FIRST: usize>(&self, proof: L::Proof, state: &mut State<L>) {
        let end = L::from_words(proof, &self.end);
        let end_at = L::from_words(proof, &self.end_at);
        let words = L::load_rows(proof, &self.rows, FIRST);
        for (i, loaded) in words.into_iter().enumerate() {
            let index = FIRST + i;
            if index < RATE_WORDS {
                state[index] = state[index]
                    .xor(loaded)
                    .xor_where(end, end_at, index as u64);
            }
        }
    }
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

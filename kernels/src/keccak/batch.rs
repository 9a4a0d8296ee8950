//! Messages of mixed lengths into lanes.
//!
//! Every lane works through a message of its own, block by block, all lanes permuted at once. A lane whose message has
//! ended takes the next one of the batch at once, whatever the others are at, so lanes are idle only at the end of a
//! batch. To have them end together, the last messages of a batch are taken longest first.

use super::{
    permutation::{State, permute},
    sponge::{self, Block, RATE_BYTES},
};
use crate::lanes::{Lanes, MAX_LANES};

/// With so many messages left or fewer, each is finished by itself. A vector permutation, whatever its lanes hold, costs
/// more than a scalar one (AVX2) or about as much (AVX-512), and less than two.
const ALONE: usize = 1;

/// The lane has no message: an index that no message has, as slices have at most `isize::MAX` entries.
const IDLE: usize = usize::MAX;

/// Hashes each message with the lanes of a level.
///
/// What a step does next depends on lengths alone, so it is settled before the permutation: the processor does that
/// while it permutes, and the words that it leaves in memory one by one have arrived there when they are read back as
/// vectors.
#[inline(always)]
pub(crate) fn hash_all<L: Lanes>(proof: L::Proof, messages: &[&[u8]], out: &mut [[u8; 32]]) {
    // While the queue has messages all lanes are busy, so none is left behind when there are few.
    const { assert!(L::LANES > ALONE) };
    let mut queue = Queue::new(messages);
    let mut block = Block::default();
    let mut index = [IDLE; MAX_LANES];
    let mut active = 0;
    for (lane, index) in index[..L::LANES].iter_mut().enumerate() {
        block.set(lane, &[], true);
        if let Some(next) = queue.next() {
            block.set(lane, messages[next], true);
            *index = next;
            active += 1;
        }
    }
    let mut state = [L::splat(proof, 0); 25];
    while active > ALONE {
        state = block.absorb(proof, state);
        let mut ended = [IDLE; MAX_LANES];
        for lane in 0..L::LANES {
            if let Some(rest) = block.after(lane) {
                block.set(lane, rest, false);
                continue;
            }
            ended[lane] = std::mem::replace(&mut index[lane], IDLE);
            if let Some(next) = queue.next() {
                block.set(lane, messages[next], true);
                index[lane] = next;
            } else if ended[lane] != IDLE {
                block.set(lane, &[], true);
                active -= 1;
            }
        }
        state = permute(proof, state);
        let words = [
            state[0].to_words(),
            state[1].to_words(),
            state[2].to_words(),
            state[3].to_words(),
        ];
        for (lane, &ended) in ended[..L::LANES].iter().enumerate() {
            if let Some(hash) = out.get_mut(ended) {
                *hash = sponge::hash([
                    words[0][lane],
                    words[1][lane],
                    words[2][lane],
                    words[3][lane],
                ]);
            }
        }
    }
    if active == 0 {
        return;
    }
    let mut words = [[0; MAX_LANES]; 25];
    for (to, word) in words.iter_mut().zip(state) {
        *to = word.to_words();
    }
    for (lane, &index) in index.iter().enumerate() {
        if let Some(hash) = out.get_mut(index) {
            let (begins, rest) = block.unread(lane);
            let mut state: State<u64> = [0; 25];
            if !begins {
                for (to, word) in state.iter_mut().zip(&words) {
                    *to = word[lane];
                }
            }
            *hash = sponge::finish(state, rest);
        }
    }
}

/// The order in which messages are taken.
struct Queue {
    next: usize,
    /// Messages before this one are taken in their order.
    ordered: usize,
    /// The last messages, longest first, counted from `ordered`.
    last: [u8; LAST],
    len: usize,
}

/// Messages at the end of a batch that are put in order: enough for a few rounds of all lanes to even out, few enough to
/// cost nothing beside them.
const LAST: usize = 64;

impl Queue {
    #[inline(always)]
    fn new(messages: &[&[u8]]) -> Self {
        /// Lengths from this many blocks on are not told apart.
        const LONG: usize = 16;
        let len = messages.len();
        let ordered = len.saturating_sub(LAST);
        let mut last = [0; LAST];
        let messages = &messages[ordered..];
        // A counting sort: where the messages of each length begin, the longest first.
        let class = |message: &[u8]| LONG - (message.len() / RATE_BYTES).min(LONG);
        let mut starts = [0u8; LONG + 2];
        for message in messages {
            starts[class(message) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        for (i, message) in messages.iter().enumerate() {
            let start = &mut starts[class(message)];
            last[usize::from(*start)] = i as u8;
            *start += 1;
        }
        Self {
            next: 0,
            ordered,
            last,
            len,
        }
    }

    #[inline(always)]
    fn next(&mut self) -> Option<usize> {
        let next = self.next;
        if next == self.len {
            return None;
        }
        self.next += 1;
        match next.checked_sub(self.ordered) {
            None => Some(next),
            Some(place) => Some(self.ordered + usize::from(self.last[place])),
        }
    }
}

/// Hashes each message by itself.
pub(super) fn hash_each(messages: &[&[u8]], out: &mut [[u8; 32]]) {
    for (message, hash) in messages.iter().zip(out) {
        *hash = sponge::finish([0; 25], message);
    }
}

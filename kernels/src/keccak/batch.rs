//! Messages of mixed lengths into lanes.
//!
//! Every lane works through a message of its own, block by block, all lanes permuted at once. A lane whose message has
//! ended takes the next one of the batch at once, whatever the others are at, so lanes are idle only at the end of a
//! batch. To have them end together, the last messages of a batch are taken longest first.

use super::{
    permutation::{State, permute},
    sponge::{self, Block, RATE_BYTES},
};
use crate::lanes::{Lanes, MAX_LANES, prefetch::prefetch_row};
use std::hint::select_unpredictable;

/// With so many messages left or fewer, each is finished by itself. A vector permutation, whatever its lanes hold, costs
/// more than a scalar one (AVX2) or about as much (AVX-512), and less than two.
const ALONE: usize = 1;

/// The lane has no message: an index that no message has, as slices have at most `isize::MAX` entries.
const IDLE: usize = usize::MAX;

/// Hashes each message with the lanes of a level.
///
/// What a step does next depends on lengths alone, so it is settled before the permutation: the processor does that
/// while it permutes, and the words that it leaves in memory one by one have arrived there when they are read back as
/// vectors. With mixed lengths nobody can tell which lanes end, so nothing branches on that: a lane's next block is
/// selected, and where one lane ends all write what would be their hashes, over which they write again until they are.
#[inline(always)]
pub(crate) fn hash_all<L: Lanes>(proof: L::Proof, messages: &[&[u8]], out: &mut [[u8; 32]]) {
    // While the queue has messages all lanes are busy, so none is left behind when there are few.
    const { assert!(L::LANES > ALONE) };
    if messages.len() <= ALONE {
        return hash_each(messages, out);
    }
    let mut queue = Queue::new(messages);
    let mut block = Block::default();
    let mut index = [IDLE; MAX_LANES];
    for (lane, index) in index[..L::LANES].iter_mut().enumerate() {
        let (next, message) = queue.peek();
        queue.advance(true);
        block.set(lane, message, true);
        *index = next;
    }
    let mut state = [L::splat(proof, 0); 25];
    while queue.active(&index) > ALONE {
        state = block.absorb(proof, state);
        let absorbed = index;
        let mut any_ends = false;
        for (lane, index) in index[..L::LANES].iter_mut().enumerate() {
            let (next, message) = queue.peek();
            let (ends, rest) = block.after(lane);
            queue.advance(ends);
            *index = select_unpredictable(ends, next, *index);
            let rest = select_unpredictable(ends, message, rest);
            prefetch_row(rest);
            block.set(lane, rest, ends);
            any_ends |= ends;
        }
        state = permute(proof, state);
        if !any_ends {
            continue;
        }
        let words = [
            state[0].to_words(),
            state[1].to_words(),
            state[2].to_words(),
            state[3].to_words(),
        ];
        for (lane, &index) in absorbed[..L::LANES].iter().enumerate() {
            if let Some(hash) = out.get_mut(index) {
                *hash = sponge::hash([
                    words[0][lane],
                    words[1][lane],
                    words[2][lane],
                    words[3][lane],
                ]);
            }
        }
    }
    if queue.active(&index) == 0 {
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

/// Messages at the end of a batch that are put in order: enough for a few rounds of all lanes to even out, few enough to
/// cost nothing beside them.
const LAST: usize = 64;

/// The order in which messages are taken.
struct Queue<'a> {
    messages: &'a [&'a [u8]],
    /// How many were taken.
    taken: usize,
    /// Messages before this one are taken in their order.
    ordered: usize,
    /// The last messages, longest first, counted from `ordered`.
    last: [u8; LAST],
}

impl<'a> Queue<'a> {
    #[inline(always)]
    fn new(messages: &'a [&'a [u8]]) -> Self {
        /// Lengths from this many blocks on are not told apart.
        const LONG: usize = 16;
        let ordered = messages.len().saturating_sub(LAST);
        let mut last = [0; LAST];
        // A counting sort: where the messages of each length begin, the longest first.
        let class = |message: &[u8]| LONG - (message.len() / RATE_BYTES).min(LONG);
        let mut starts = [0u8; LONG + 2];
        for message in &messages[ordered..] {
            starts[class(message) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        for (i, message) in messages[ordered..].iter().enumerate() {
            let start = &mut starts[class(message)];
            last[usize::from(*start)] = i as u8;
            *start += 1;
        }
        Self {
            messages,
            taken: 0,
            ordered,
            last,
        }
    }

    /// The next message and its index; an empty one and [`IDLE`] when all are taken.
    #[inline(always)]
    fn peek(&self) -> (usize, &'a [u8]) {
        let next = match self.taken.checked_sub(self.ordered) {
            None => self.taken,
            Some(place) => self.ordered + usize::from(*self.last.get(place).unwrap_or(&0)),
        };
        match self.messages.get(next) {
            Some(message) if self.taken < self.messages.len() => (next, message),
            _ => (IDLE, &[]),
        }
    }

    /// Takes the next message, if that is so and there is one.
    #[inline(always)]
    fn advance(&mut self, take: bool) {
        self.taken += usize::from(take & (self.taken < self.messages.len()));
    }

    /// How many lanes have a message; not counted while there are more to take, when all of them have.
    #[inline(always)]
    fn active(&self, index: &[usize; MAX_LANES]) -> usize {
        if self.taken < self.messages.len() {
            return MAX_LANES;
        }
        index.iter().filter(|&&index| index != IDLE).count()
    }
}

/// Hashes each message by itself.
pub(super) fn hash_each(messages: &[&[u8]], out: &mut [[u8; 32]]) {
    for (message, hash) in messages.iter().zip(out) {
        *hash = sponge::finish([0; 25], message);
    }
}

//! Messages of mixed lengths into lanes.
//!
//! Every lane works through a message of its own, block by block, all lanes permuted at once. A lane whose message has
//! ended takes the next one of the batch at once, whatever the others are at, so lanes are idle only at the end of a
//! batch. To have them end together, the last messages of a batch are taken longest first.

use super::{
    permutation::{State, TURNS, permute_beside},
    sponge::{self, Block, RATE_BYTES},
};
use crate::lanes::{Lanes, MAX_LANES, prefetch::prefetch_row};

/// With so many messages left or fewer, each is finished by itself. A vector permutation, whatever its lanes hold, costs
/// more than a scalar one (AVX2) or about as much (AVX-512), and less than two.
const ALONE: usize = 1;

/// The lane has no message: an index that no message has, as slices have at most `isize::MAX` entries.
const IDLE: usize = usize::MAX;

/// Hashes each message with the lanes of a level.
///
/// What a step does next depends on lengths alone, so it is settled beside the permutation, one lane in a turn, where
/// scalar work costs next to nothing; words written there one by one have long arrived in memory when they are read back
/// as vectors. Hashes of messages that ended are written beside the next permutation.
#[inline(always)]
pub(crate) fn hash_all<L: Lanes>(proof: L::Proof, messages: &[&[u8]], out: &mut [[u8; 32]]) {
    // While the queue has messages all lanes are busy, so none is left behind when there are few.
    const { assert!(L::LANES > ALONE && L::LANES <= TURNS) };
    if messages.len() <= ALONE {
        return hash_each(messages, out);
    }
    let mut queue = Queue::new(messages);
    let mut work = Work::idle();
    for lane in 0..L::LANES {
        work.advance::<L>(lane, &mut queue);
    }
    let mut state = [L::splat(proof, 0); 25];
    let mut hashes = [[0; MAX_LANES]; 4];
    while work.active(&queue) > ALONE {
        state = work.block.absorb(proof, state);
        state = permute_beside(proof, state, |lane| {
            if lane < L::LANES {
                write_hash(lane, work.ended[lane], &hashes, out);
                work.advance::<L>(lane, &mut queue);
            }
        });
        for (words, word) in hashes.iter_mut().zip(state) {
            word.write_words(words);
        }
    }
    write_hashes(&work.ended, &hashes, out);
    if work.active(&queue) == 0 {
        return;
    }
    let mut words = [[0; MAX_LANES]; 25];
    for (to, word) in words.iter_mut().zip(state) {
        word.write_words(to);
    }
    for (lane, &index) in work.index.iter().enumerate() {
        if let Some(hash) = out.get_mut(index) {
            let mut state: State<u64> = [0; 25];
            if !work.block.begins(lane) {
                for (to, word) in state.iter_mut().zip(&words) {
                    *to = word[lane];
                }
            }
            *hash = sponge::finish(state, work.rests[lane]);
        }
    }
}

/// Writes a lane's hash, unless `index` is of no message.
#[inline(always)]
fn write_hash(lane: usize, index: usize, hashes: &[[u64; MAX_LANES]; 4], out: &mut [[u8; 32]]) {
    if let Some(hash) = out.get_mut(index) {
        *hash = sponge::hash(hashes.each_ref().map(|words| words[lane]));
    }
}

/// Writes the hash of each lane whose index is of a message.
///
/// A function of its own: inlined, lanes known in advance make the compiler pick words out of vectors at every step.
#[inline(never)]
fn write_hashes(index: &[usize; MAX_LANES], hashes: &[[u64; MAX_LANES]; 4], out: &mut [[u8; 32]]) {
    for (lane, &index) in index.iter().enumerate() {
        write_hash(lane, index, hashes, out);
    }
}

/// What each lane is at.
struct Work<'a> {
    /// What the lanes absorb next.
    block: Block,
    /// What is left of each lane's message, its block first.
    rests: [&'a [u8]; MAX_LANES],
    /// The message that each lane's block is of.
    index: [usize; MAX_LANES],
    /// The message that ended with each lane's previous block, or [`IDLE`] if it goes on.
    ended: [usize; MAX_LANES],
}

impl<'a> Work<'a> {
    /// All lanes idle.
    #[inline(always)]
    fn idle() -> Self {
        Self {
            block: Block::default(),
            rests: [&[]; MAX_LANES],
            index: [IDLE; MAX_LANES],
            ended: [IDLE; MAX_LANES],
        }
    }

    /// Sets a lane's next block: of its message, or of the next one in the queue if it ended.
    ///
    /// What the lane will read the next time is prefetched; if its message ends now, that is no further in the queue
    /// than all lanes together get.
    #[inline(always)]
    fn advance<L: Lanes>(&mut self, lane: usize, queue: &mut Queue<'a>) {
        let (begins, rest) = match self.rests[lane].split_at_checked(RATE_BYTES) {
            Some((_, rest)) => {
                self.ended[lane] = IDLE;
                prefetch_row(rest.get(RATE_BYTES..).unwrap_or(&[]));
                (false, rest)
            }
            None => {
                self.ended[lane] = self.index[lane];
                let (index, message) = queue.take();
                self.index[lane] = index;
                prefetch_row(queue.peek(L::LANES - 1).1);
                (true, message)
            }
        };
        self.rests[lane] = rest;
        self.block.set(lane, rest, begins);
    }

    /// How many lanes have a message; not counted while there are more to take, when all of them have.
    #[inline(always)]
    fn active(&self, queue: &Queue) -> usize {
        if queue.taken < queue.messages.len() {
            return MAX_LANES;
        }
        self.index.iter().filter(|&&index| index != IDLE).count()
    }
}

/// Messages at the end of a batch that are put in order: enough for a few rounds of all lanes to even out, few enough to
/// cost nothing beside them.
const LAST: usize = 64;

/// No message: more than [`LAST`], so past the end wherever it is counted from.
const NONE: u8 = u8::MAX;

/// The order in which messages are taken.
struct Queue<'a> {
    messages: &'a [&'a [u8]],
    /// How many were taken, and attempts to take one since.
    taken: usize,
    /// Messages before this one are taken in their order.
    ordered: usize,
    /// The last messages, longest first, counted from `ordered`; [`NONE`] past their number.
    last: [u8; LAST],
}

impl<'a> Queue<'a> {
    #[inline(always)]
    fn new(messages: &'a [&'a [u8]]) -> Self {
        /// Lengths from this many blocks on are not told apart.
        const LONG: usize = 16;
        let ordered = messages.len().saturating_sub(LAST);
        let mut last = [NONE; LAST];
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

    /// The message that comes `ahead` others later, and its index; an empty one and [`IDLE`] where there is none.
    #[inline(always)]
    fn peek(&self, ahead: usize) -> (usize, &'a [u8]) {
        let place = self.taken + ahead;
        let index = match place.checked_sub(self.ordered) {
            None => place,
            Some(place) => self.ordered + usize::from(*self.last.get(place).unwrap_or(&NONE)),
        };
        match self.messages.get(index) {
            Some(message) => (index, message),
            None => (IDLE, &[]),
        }
    }

    /// Takes the next message and its index; an empty one and [`IDLE`] when all are taken.
    #[inline(always)]
    fn take(&mut self) -> (usize, &'a [u8]) {
        let next = self.peek(0);
        self.taken += 1;
        next
    }
}

/// Hashes each message by itself.
pub(super) fn hash_each(messages: &[&[u8]], out: &mut [[u8; 32]]) {
    for (message, hash) in messages.iter().zip(out) {
        *hash = sponge::finish([0; 25], message);
    }
}

//! The works in a pipeline, and which task is next. No threads here: the scheduler asks under its lock.

mod slots;

use super::{
    Defect, Metrics, Options,
    stages::{LaneId, Stages},
};
use crate::verify::senders::BlockRecovery;
use slots::{Feed, Held, Slot};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::Instant,
};

/// Where works come from.
pub(super) type Source<S> = Box<dyn Iterator<Item = <S as Stages>::Work> + Send>;

/// What comes of a work.
pub(super) type Outcome<S> = Result<<S as Stages>::Output, Defect>;

/// Something for a thread to do.
pub(super) enum Task<S: Stages> {
    Pull(Source<S>),
    Decode(u64, S::Work),
    Hash(u64, Arc<S::Work>),
    Recover(Vec<(u64, Arc<S::Work>)>),
    Execute(u64, Arc<S::Work>, S::Hashes, BlockRecovery),
}

pub(super) struct Window<S: Stages> {
    options: Options,
    /// As many raw works at most, so that each finds one.
    threads: usize,
    feed: Feed<S>,
    /// The source was slow when it was last asked.
    slow: bool,
    /// A batch that isn't full has waited long enough for the source.
    lingered: bool,
    stopped: bool,
    /// Index of the front slot.
    first: u64,
    slots: VecDeque<Slot<S>>,
    bytes: usize,
    raw: VecDeque<u64>,
    unhashed: VecDeque<u64>,
    /// Signatures of each work that waits to be recovered, by index.
    unrecovered: BTreeMap<u64, usize>,
    waiting_signatures: usize,
    /// Signatures that are recovered, or being so, of works that are not executed.
    recovered_signatures: usize,
    ready: BTreeSet<u64>,
    /// Works of each lane that are not executed yet.
    lanes: HashMap<LaneId, VecDeque<u64>>,
    decoding: usize,
    /// Tasks that threads have, pulls aside.
    running: usize,
    pub(super) metrics: Metrics,
}

enum Kind {
    Pull,
    Decode,
    Hash,
    Recover,
    Execute,
}

impl<S: Stages> Window<S> {
    pub(super) fn new(options: Options, threads: usize, source: Source<S>) -> Self {
        Self {
            options: Options {
                blocks: options.blocks.max(1),
                bytes: options.bytes.max(1),
                signatures: options.signatures.max(1),
                ..options
            },
            threads,
            feed: Feed::Idle(source),
            slow: false,
            lingered: false,
            stopped: false,
            first: 0,
            slots: VecDeque::new(),
            bytes: 0,
            raw: VecDeque::new(),
            unhashed: VecDeque::new(),
            unrecovered: BTreeMap::new(),
            waiting_signatures: 0,
            recovered_signatures: 0,
            ready: BTreeSet::new(),
            lanes: HashMap::new(),
            decoding: 0,
            running: 0,
            metrics: Metrics::default(),
        }
    }

    /// The most downstream task there is, so that what is begun is ended before more is begun.
    ///
    /// Whatever holds a task back is undone by one that is ready or running, so that a window that is not empty, in
    /// which nothing runs, always has one: the first work is never held back by a later one.
    fn kind(&self) -> Option<Kind> {
        if self.stopped {
            return None;
        }
        if !self.ready.is_empty() {
            return Some(Kind::Execute);
        }
        // Where nothing runs, the backlog waits for the first of a chain, which came late and waits to be recovered itself.
        let backlog_full = self.recovered_signatures >= self.options.signatures && self.running > 0;
        let batch_full = self.waiting_signatures >= self.options.signatures;
        if batch_full && !backlog_full {
            return Some(Kind::Recover);
        }
        if !self.unhashed.is_empty() {
            return Some(Kind::Hash);
        }
        if !self.raw.is_empty() && !batch_full {
            return Some(Kind::Decode);
        }
        let idle = matches!(self.feed, Feed::Idle(_));
        let room = self.has_room() && !batch_full;
        let partial = !self.unrecovered.is_empty() && !backlog_full && self.decoding == 0;
        // Nothing will add to the batch, or only after a while.
        let more = match self.feed {
            Feed::Idle(_) => room && !self.lingered && !self.slow,
            Feed::Lent(_) => !self.lingered && !self.slow,
            Feed::Over => false,
        };
        if partial && !more {
            return Some(Kind::Recover);
        }
        (idle && room).then_some(Kind::Pull)
    }

    fn has_room(&self) -> bool {
        self.slots.len() < self.options.blocks
            && self.bytes < self.options.bytes
            && self.raw.len() < self.threads
    }

    /// True if a thread would find something to do.
    pub(super) fn has_task(&self) -> bool {
        self.kind().is_some()
    }

    /// Until when a batch that isn't full waits for the source, which counts from when the source is asked; `None` if none
    /// does, or without end.
    pub(super) fn lingers_until(&self, now: Instant) -> Option<Instant> {
        let since = match self.feed {
            // To be asked by the next thread that is free.
            Feed::Idle(_) => now,
            Feed::Lent(since) => since,
            Feed::Over => return None,
        };
        let waits = !self.unrecovered.is_empty() && !self.lingered;
        since.checked_add(self.options.linger).filter(|_| waits)
    }

    /// A batch that isn't full waits no longer.
    pub(super) fn linger_no_longer(&mut self) {
        self.lingered = true;
    }

    /// True if nothing is left to take, and nothing will come.
    pub(super) fn is_over(&self) -> bool {
        self.slots.is_empty() && matches!(self.feed, Feed::Over)
    }

    /// Tasks that threads have, pulls aside.
    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// A task for a thread.
    pub(super) fn task(&mut self) -> Option<Task<S>> {
        let task = match self.kind()? {
            Kind::Pull => {
                let lent = Feed::Lent(Instant::now());
                let Feed::Idle(source) = std::mem::replace(&mut self.feed, lent) else {
                    unreachable!("a source is lent once at a time");
                };
                return Some(Task::Pull(source));
            }
            Kind::Decode => {
                let index = self.raw.pop_front()?;
                self.decoding += 1;
                match std::mem::replace(&mut self.slot(index)?.held, Held::Lent) {
                    Held::Raw(work) => Task::Decode(index, work),
                    _ => unreachable!("a queue holds works of its own stage"),
                }
            }
            Kind::Hash => {
                let index = self.unhashed.pop_front()?;
                Task::Hash(index, self.decoded(index)?)
            }
            Kind::Recover => {
                self.lingered = false;
                Task::Recover(self.batch())
            }
            Kind::Execute => {
                let index = self.ready.pop_first()?;
                match std::mem::replace(&mut self.slot(index)?.held, Held::Lent) {
                    Held::Decoded {
                        work,
                        hashes: Some(hashes),
                        recovery: Some(recovery),
                    } => Task::Execute(index, work, hashes, recovery),
                    _ => unreachable!("a queue holds works of its own stage"),
                }
            }
        };
        self.running += 1;
        Some(task)
    }

    /// The first works that wait for their senders, until a batch is full.
    fn batch(&mut self) -> Vec<(u64, Arc<S::Work>)> {
        let mut batch = Vec::new();
        let mut total = 0;
        while total < self.options.signatures
            && let Some((index, count)) = self.unrecovered.pop_first()
        {
            total += count;
            if let Some(slot) = self.slot(index) {
                slot.recovered_signatures = count;
            }
            batch.extend(self.decoded(index).map(|work| (index, work)));
        }
        self.waiting_signatures -= total;
        self.recovered_signatures += total;
        self.metrics.largest_batch = self.metrics.largest_batch.max(total);
        self.metrics.signatures += total as u64;
        self.metrics.batched_blocks += batch.len() as u64;
        batch
    }

    fn slot(&mut self, index: u64) -> Option<&mut Slot<S>> {
        let place = usize::try_from(index.checked_sub(self.first)?).ok()?;
        self.slots.get_mut(place)
    }

    fn decoded(&mut self, index: u64) -> Option<Arc<S::Work>> {
        match &self.slot(index)?.held {
            Held::Decoded { work, .. } => Some(Arc::clone(work)),
            _ => None,
        }
    }

    /// The source gave a work. Gives back the source if nobody wants more.
    pub(super) fn pulled(
        &mut self,
        source: Source<S>,
        slow: bool,
        work: S::Work,
        bytes: usize,
        lane: Option<LaneId>,
    ) -> Option<(Source<S>, S::Work)> {
        if self.stopped {
            self.feed = Feed::Over;
            return Some((source, work));
        }
        self.feed = Feed::Idle(source);
        self.slow = slow;
        let index = self.push(Slot {
            lane,
            bytes,
            recovered_signatures: 0,
            held: Held::Raw(work),
        });
        self.raw.push_back(index);
        if let Some(lane) = lane {
            self.lanes.entry(lane).or_default().push_back(index);
        }
        None
    }

    /// The source gives no more; with a defect, because it panicked.
    pub(super) fn ended(&mut self, defect: Option<Defect>) {
        self.feed = Feed::Over;
        if let Some(defect) = defect
            && !self.stopped
        {
            self.push(Slot {
                lane: None,
                bytes: 0,
                recovered_signatures: 0,
                held: Held::Done(Err(defect)),
            });
        }
    }

    fn push(&mut self, slot: Slot<S>) -> u64 {
        let index = self.first + self.slots.len() as u64;
        self.bytes += slot.bytes;
        self.slots.push_back(slot);
        self.metrics.most_blocks = self.metrics.most_blocks.max(self.slots.len());
        self.metrics.most_bytes = self.metrics.most_bytes.max(self.bytes);
        index
    }

    /// A work is decoded, and hashed if hashes are given.
    pub(super) fn opened(
        &mut self,
        index: u64,
        work: Arc<S::Work>,
        count: usize,
        hashes: Option<S::Hashes>,
    ) {
        self.running -= 1;
        self.decoding -= 1;
        let Some(slot) = self.slot(index) else { return };
        let unhashed = hashes.is_none();
        slot.held = Held::Decoded {
            work,
            hashes,
            recovery: (count == 0).then(BlockRecovery::default),
        };
        if unhashed {
            self.unhashed.push_back(index);
        }
        if count > 0 {
            self.unrecovered.insert(index, count);
            self.waiting_signatures += count;
        }
        self.promote(index);
    }

    /// A work is hashed.
    pub(super) fn hashed(&mut self, index: u64, done: S::Hashes) {
        self.running -= 1;
        if let Some(Held::Decoded { hashes, .. }) = self.slot(index).map(|slot| &mut slot.held) {
            *hashes = Some(done);
            self.promote(index);
        }
    }

    /// Works have their senders, or a defect each.
    pub(super) fn recovered(&mut self, batch: Vec<(u64, Result<BlockRecovery, Defect>)>) {
        self.running -= 1;
        for (index, result) in batch {
            match result {
                Ok(done) => {
                    let held = self.slot(index).map(|slot| &mut slot.held);
                    if let Some(Held::Decoded { recovery, .. }) = held {
                        *recovery = Some(done);
                        self.promote(index);
                    }
                }
                Err(defect) => self.finish(index, Err(defect)),
            }
        }
    }

    /// A work has its outcome.
    pub(super) fn executed(&mut self, index: u64, outcome: Outcome<S>) {
        self.running -= 1;
        self.finish(index, outcome);
    }

    /// A work could not be decoded, for a defect.
    pub(super) fn spoiled_in_decode(&mut self, index: u64, defect: Defect) {
        self.running -= 1;
        self.decoding -= 1;
        self.finish(index, Err(defect));
    }

    /// A work could not be hashed, for a defect.
    pub(super) fn spoiled_in_hash(&mut self, index: u64, defect: Defect) {
        self.running -= 1;
        self.finish(index, Err(defect));
    }

    fn finish(&mut self, index: u64, outcome: Outcome<S>) {
        let Some(slot) = self.slot(index) else { return };
        if matches!(slot.held, Held::Done(_)) {
            return;
        }
        slot.held = Held::Done(outcome);
        let (bytes, lane) = (std::mem::take(&mut slot.bytes), slot.lane);
        let recovered = std::mem::take(&mut slot.recovered_signatures);
        self.bytes -= bytes;
        self.recovered_signatures -= recovered;
        // After a defect it may wait for other stages still.
        if let Some(count) = self.unrecovered.remove(&index) {
            self.waiting_signatures -= count;
        }
        self.unhashed.retain(|other| *other != index);
        let Some(lane) = lane else { return };
        let Some(queue) = self.lanes.get_mut(&lane) else {
            return;
        };
        if queue.front() == Some(&index) {
            queue.pop_front();
        } else {
            // It never came to its turn.
            queue.retain(|other| *other != index);
        }
        match queue.front() {
            Some(&next) => self.promote(next),
            None => _ = self.lanes.remove(&lane),
        }
    }

    /// Queues a work for execution if all that it waits for is there.
    fn promote(&mut self, index: u64) {
        let Some(slot) = self.slot(index) else { return };
        let complete = matches!(
            &slot.held,
            Held::Decoded {
                hashes: Some(_),
                recovery: Some(_),
                ..
            }
        );
        let lane = slot.lane;
        let first = lane.is_none_or(|lane| {
            self.lanes
                .get(&lane)
                .is_some_and(|q| q.front() == Some(&index))
        });
        if complete && first {
            self.ready.insert(index);
        }
    }

    /// The front outcome, if the work has one.
    pub(super) fn take_front(&mut self) -> Option<(u64, Outcome<S>)> {
        if !matches!(self.slots.front()?.held, Held::Done(_)) {
            return None;
        }
        let index = self.first;
        self.first += 1;
        match self.slots.pop_front()?.held {
            Held::Done(outcome) => Some((index, outcome)),
            _ => unreachable!("just seen"),
        }
    }

    /// True if no further task is begun.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Begins no further task. What is given back is to be dropped without the lock.
    pub(super) fn stop(&mut self) -> Option<Source<S>> {
        self.stopped = true;
        match std::mem::replace(&mut self.feed, Feed::Over) {
            Feed::Idle(source) => Some(source),
            lent @ Feed::Lent(_) => {
                self.feed = lent;
                None
            }
            Feed::Over => None,
        }
    }

    /// Gives out everything there is.
    pub(super) fn drain(&mut self) -> Leftovers<S> {
        let mut left = Leftovers {
            outcomes: Vec::new(),
            _works: Vec::new(),
        };
        let first = self.first;
        self.first += self.slots.len() as u64;
        for (index, slot) in (first..).zip(self.slots.drain(..)) {
            match slot.held {
                Held::Done(outcome) => left.outcomes.push((index, outcome)),
                held => left._works.push(held),
            }
        }
        left
    }
}

/// What a stopped pipeline leaves.
pub(super) struct Leftovers<S: Stages> {
    pub(super) outcomes: Vec<(u64, Outcome<S>)>,
    /// Without an outcome; to be dropped without the lock.
    _works: Vec<Held<S>>,
}

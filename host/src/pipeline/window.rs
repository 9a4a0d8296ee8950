//! The works in a pipeline, and which task is next. No threads here: the scheduler asks under its lock.

mod leftovers;
mod progress;
mod slots;

use super::{
    Defect, Metrics, Options,
    stages::{LaneId, Stages},
};
use crate::verify::senders::BlockRecovery;
pub(super) use leftovers::Leftovers;
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
}

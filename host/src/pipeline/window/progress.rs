//! What comes of tasks: works move on from queue to queue.

use super::{
    Outcome, Source, Window,
    slots::{Feed, Held, Slot},
};
use crate::{
    pipeline::{
        Defect,
        stages::{LaneId, Stages},
    },
    verify::senders::BlockRecovery,
};
use std::sync::Arc;

impl<S: Stages> Window<S> {
    /// The source gave a work. Gives back the source if nobody wants more.
    pub(in crate::pipeline) fn pulled(
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
    pub(in crate::pipeline) fn ended(&mut self, defect: Option<Defect>) {
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
    pub(in crate::pipeline) fn opened(
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
    pub(in crate::pipeline) fn hashed(&mut self, index: u64, done: S::Hashes) {
        self.running -= 1;
        if let Some(Held::Decoded { hashes, .. }) = self.slot(index).map(|slot| &mut slot.held) {
            *hashes = Some(done);
            self.promote(index);
        }
    }

    /// Works have their senders, or a defect each.
    pub(in crate::pipeline) fn recovered(
        &mut self,
        batch: Vec<(u64, Result<BlockRecovery, Defect>)>,
    ) {
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
    pub(in crate::pipeline) fn executed(&mut self, index: u64, outcome: Outcome<S>) {
        self.running -= 1;
        self.finish(index, outcome);
    }

    /// A work could not be decoded, for a defect.
    pub(in crate::pipeline) fn spoiled_in_decode(&mut self, index: u64, defect: Defect) {
        self.running -= 1;
        self.decoding -= 1;
        self.finish(index, Err(defect));
    }

    /// A work could not be hashed, for a defect.
    pub(in crate::pipeline) fn spoiled_in_hash(&mut self, index: u64, defect: Defect) {
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
    pub(in crate::pipeline) fn take_front(&mut self) -> Option<(u64, Outcome<S>)> {
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
}

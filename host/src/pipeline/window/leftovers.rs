//! The end of a window that is stopped.

use super::{
    Outcome, Source, Window,
    slots::{Feed, Held},
};
use crate::pipeline::stages::Stages;

/// What a stopped pipeline leaves.
pub(in crate::pipeline) struct Leftovers<S: Stages> {
    pub(in crate::pipeline) outcomes: Vec<(u64, Outcome<S>)>,
    /// Without an outcome; to be dropped without the lock.
    _works: Vec<Held<S>>,
}

impl<S: Stages> Window<S> {
    /// True if no further task is begun.
    pub(in crate::pipeline) fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// Begins no further task. What is given back is to be dropped without the lock.
    pub(in crate::pipeline) fn stop(&mut self) -> Option<Source<S>> {
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
    pub(in crate::pipeline) fn drain(&mut self) -> Leftovers<S> {
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

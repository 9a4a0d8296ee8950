//! Outcomes in order.

use super::{
    Metrics, Options,
    scheduler::Scheduler,
    stages::Stages,
    window::{Outcome, Source},
};
use crate::Engine;
use std::sync::Arc;

/// The outcomes of a pipeline in the order of its source. Dropped, it stops the pipeline.
pub(crate) struct Outcomes<S: Stages> {
    scheduler: Arc<Scheduler<S>>,
}

impl<S: Stages> Outcomes<S> {
    /// Starts a pipeline.
    pub(crate) fn start(engine: &Engine, options: Options, stages: S, source: Source<S>) -> Self {
        Self {
            scheduler: Scheduler::start(engine, options, stages, source),
        }
    }

    pub(crate) fn stages(&self) -> &S {
        self.scheduler.stages()
    }

    pub(crate) fn metrics(&self) -> Metrics {
        self.scheduler.metrics()
    }

    /// Stops: tasks that run are ended, no other is begun. Gives what is finished and was not taken, by index.
    pub(crate) fn stop(&self) -> Vec<(u64, Outcome<S>)> {
        self.scheduler.stop(true)
    }
}

impl<S: Stages> Iterator for Outcomes<S> {
    type Item = Outcome<S>;

    fn next(&mut self) -> Option<Outcome<S>> {
        self.scheduler.outcome().map(|(_, outcome)| outcome)
    }
}

impl<S: Stages> Drop for Outcomes<S> {
    fn drop(&mut self) {
        // What is finished and was not taken is not wanted.
        drop(self.scheduler.stop(false));
    }
}

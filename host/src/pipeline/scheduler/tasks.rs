//! What a thread does in a task: the stages of a work, guarded, timed and traced.

use super::{Scheduler, Source};
use crate::{
    pipeline::{Defect, Mode, Stage, TARGET, stages::Stages},
    senders::signatures,
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};
use tracing::{Span, trace_span};

impl<S: Stages> Scheduler<S> {
    /// The last line of defence: a panic below is a defect of ours, or of the caller's source, state or executor. It
    /// must neither pass for a verdict nor take other blocks with it.
    pub(super) fn guarded<R>(
        &self,
        stage: Stage,
        span: Span,
        task: impl FnOnce() -> R,
    ) -> Result<R, Defect> {
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(|| span.in_scope(task)));
        self.counters.ended(stage, start.elapsed());
        result.map_err(|_| {
            tracing::error!(%stage, "a task panicked; its block has no verdict");
            Defect { stage }
        })
    }

    pub(super) fn span(&self, stage: Stage, work: &S::Work) -> Span {
        if !tracing::enabled!(target: TARGET, tracing::Level::TRACE) {
            return Span::none();
        }
        let number = self.stages.number(work);
        let transactions = self.stages.transactions(work).len();
        match stage {
            Stage::Hash => trace_span!(target: TARGET, "hash", number, transactions),
            _ => trace_span!(target: TARGET, "execute", number, transactions),
        }
    }

    pub(super) fn pull(&self, mut source: Source<S>) {
        let start = Instant::now();
        let pulled = self.guarded(
            Stage::Pull,
            trace_span!(target: TARGET, "pull"),
            move || {
                let work = source.next().map(|work| {
                    let (bytes, lane) = (self.stages.bytes(&work), self.stages.lane(&work));
                    (work, bytes, lane)
                });
                (source, work)
            },
        );
        match pulled {
            Ok((source, Some((work, bytes, lane)))) => {
                let slow = start.elapsed() >= self.options.linger;
                drop(self.publish(|window| window.pulled(source, slow, work, bytes, lane)));
            }
            Ok((source, None)) => {
                // Its end is known to nobody before it is gone.
                drop(source);
                self.publish(|window| window.ended(None));
            }
            Err(defect) => self.publish(|window| window.ended(Some(defect))),
        }
    }

    pub(super) fn decode(&self, index: u64, work: S::Work) {
        let span = trace_span!(target: TARGET, "decode", bytes = self.stages.bytes(&work));
        let opened = self.guarded(Stage::Decode, span, || {
            let work = self.stages.decode(work);
            let count = signatures(self.stages.transactions(&work));
            (Arc::new(work), count)
        });
        let opened = opened.and_then(|(work, count)| {
            // One block alone is hashed while its senders are recovered; many, where they are in the cache.
            let hashes = match self.options.mode {
                Mode::Latency => None,
                Mode::Throughput => {
                    let span = self.span(Stage::Hash, &work);
                    Some(self.guarded(Stage::Hash, span, || self.stages.hash(&work))?)
                }
            };
            Ok((work, count, hashes))
        });
        self.publish(|window| match opened {
            Ok((work, count, hashes)) => window.opened(index, work, count, hashes),
            Err(defect) => window.spoiled_in_decode(index, defect),
        });
    }

    pub(super) fn hash(&self, index: u64, work: Arc<S::Work>) {
        let span = self.span(Stage::Hash, &work);
        let done = self.guarded(Stage::Hash, span, move || self.stages.hash(&work));
        self.publish(|window| match done {
            Ok(hashes) => window.hashed(index, hashes),
            Err(defect) => window.spoiled_in_hash(index, defect),
        });
    }

    /// Recovers a batch; where it panics, each block of it alone, so that the one at fault stands alone too.
    pub(super) fn recover(&self, batch: Vec<(u64, Arc<S::Work>)>) {
        let recover = |part: &[(u64, Arc<S::Work>)]| {
            let blocks = part.len();
            let transactions: Vec<_> = part
                .iter()
                .map(|(_, work)| self.stages.transactions(work))
                .collect();
            let count: usize = transactions.iter().map(|list| signatures(list)).sum();
            let span = trace_span!(target: TARGET, "recover", blocks, signatures = count);
            self.guarded(Stage::Recover, span, || {
                let recovered = self.stages.recover(&self.engine, &transactions);
                assert_eq!(recovered.len(), blocks, "results by block");
                recovered
            })
        };
        let indices: Vec<u64> = batch.iter().map(|(index, _)| *index).collect();
        let results: Vec<_> = match recover(&batch) {
            Ok(recovered) => recovered.into_iter().map(Ok).collect(),
            Err(defect) if batch.len() == 1 => vec![Err(defect)],
            Err(_) => batch
                .chunks(1)
                .map(|one| recover(one).map(|mut recovered| recovered.remove(0)))
                .collect(),
        };
        drop(batch);
        self.publish(|window| window.recovered(indices.into_iter().zip(results).collect()));
    }
}

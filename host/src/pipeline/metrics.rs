//! What a pipeline has done so far.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// The stages of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The source gives it.
    Pull,
    /// Bytes to block.
    Decode,
    /// Roots of its body; nodes, codes and headers of its witness.
    Hash,
    /// Senders and authorities, many blocks together.
    Recover,
    /// The EVM, receipts, state root, verdict.
    Execute,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 5] = [
        Self::Pull,
        Self::Decode,
        Self::Hash,
        Self::Recover,
        Self::Execute,
    ];

    /// The name in logs and traces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Decode => "decode",
            Self::Hash => "hash",
            Self::Recover => "recover",
            Self::Execute => "execute",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What one stage has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageMetrics {
    /// Tasks ended: blocks, batches in [`Stage::Recover`].
    pub tasks: u64,
    /// Time in them, summed over threads.
    pub busy: Duration,
}

/// What a pipeline has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Metrics {
    stages: [StageMetrics; Stage::ALL.len()],
    /// Blocks recovered in batches.
    pub batched_blocks: u64,
    /// Signatures recovered.
    pub signatures: u64,
    /// Signatures of the largest batch.
    pub largest_batch: usize,
    /// The most blocks there were at once, finished ones included.
    pub most_blocks: usize,
    /// The most bytes there were at once.
    pub most_bytes: usize,
}

impl Metrics {
    /// What one stage has done.
    pub fn stage(&self, stage: Stage) -> StageMetrics {
        self.stages[stage as usize]
    }

    /// The same with what was counted of the stages.
    pub(super) fn with_stages(self, counters: &Counters) -> Self {
        let stage = |stage: Stage| {
            let [tasks, nanoseconds] = &counters.0[stage as usize];
            StageMetrics {
                tasks: tasks.load(Relaxed),
                busy: Duration::from_nanos(nanoseconds.load(Relaxed)),
            }
        };
        Self {
            stages: Stage::ALL.map(stage),
            ..self
        }
    }

    /// One line of the log for each stage.
    pub(super) fn log(&self) {
        for stage in Stage::ALL {
            let StageMetrics { tasks, busy } = self.stage(stage);
            tracing::debug!(target: super::TARGET, %stage, tasks, ?busy, "stage");
        }
        tracing::debug!(
            target: super::TARGET,
            signatures = self.signatures,
            largest_batch = self.largest_batch,
            most_blocks = self.most_blocks,
            most_bytes = self.most_bytes,
            "queues"
        );
    }
}

/// Tasks and nanoseconds of each stage, counted by all threads without the scheduler's lock.
#[derive(Debug, Default)]
pub(super) struct Counters([[AtomicU64; 2]; Stage::ALL.len()]);

impl Counters {
    pub(super) fn ended(&self, stage: Stage, time: Duration) {
        let [tasks, nanoseconds] = &self.0[stage as usize];
        tasks.fetch_add(1, Relaxed);
        let time = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        nanoseconds.fetch_add(time, Relaxed);
    }
}

//! The engine's threads.

use super::EngineError;
use crate::{Config, config::is_thread_count};
use std::num::NonZeroUsize;

/// A rayon pool of the engine's own, so that its thread count holds whatever else the process runs.
#[derive(Debug)]
pub(crate) struct Pool {
    threads: usize,
    rayon: rayon::ThreadPool,
}

impl Pool {
    pub(super) fn new(config: &Config) -> Result<Self, EngineError> {
        let threads = match config.threads {
            Some(threads) if is_thread_count(&threads) => threads,
            Some(threads) => return Err(EngineError::Threads(threads)),
            None => std::thread::available_parallelism()
                .map_or(1, NonZeroUsize::get)
                .min(Config::MAX_THREADS),
        };
        let rayon = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|index| format!("phalanx-{index}"))
            .build()?;
        Ok(Self { threads, rayon })
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Runs work in the pool; on the spot where the caller is one of its threads already, so nesting can't deadlock.
    pub(crate) fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.rayon.install(work)
    }
}

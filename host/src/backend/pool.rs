//! The engine's threads.

use crate::{Config, config::is_thread_count};
use std::num::NonZeroUsize;

/// Why the threads can't be had.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    /// Not a number of threads.
    #[error("{0} threads: from 1 to {max} are possible", max = Config::MAX_THREADS)]
    Threads(usize),
    /// The threads could not be started.
    #[error("the engine's threads could not be started: {0}")]
    Start(#[from] rayon::ThreadPoolBuildError),
}

/// A rayon pool of the engine's own, so that its thread count holds whatever else the process runs.
#[derive(Debug)]
pub(crate) struct Pool {
    threads: usize,
    rayon: rayon::ThreadPool,
}

impl Pool {
    pub(crate) fn new(config: &Config) -> Result<Self, PoolError> {
        let threads = match config.threads {
            Some(threads) if is_thread_count(&threads) => threads,
            Some(threads) => return Err(PoolError::Threads(threads)),
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

    /// True on a thread of the pool.
    pub(crate) fn is_own_thread(&self) -> bool {
        self.rayon.current_thread_index().is_some()
    }

    /// Has a thread of the pool do work when it comes to it. The work must not panic.
    pub(crate) fn spawn(&self, work: impl FnOnce() + Send + 'static) {
        self.rayon.spawn(work);
    }
}

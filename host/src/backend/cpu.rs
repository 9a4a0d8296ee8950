//! Batches on the processor: cut into tasks that the engine's own pool shares.

use super::{BatchBackend, Pool, cut};
use crate::{Backend, Config};
use phalanx_kernels::{
    Level, LevelName, RecoverError, RecoverInput, keccak256_batch, recover_batch,
};
use rayon::prelude::*;
use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

/// A level's kernels, on the thread that calls.
impl BatchBackend for Level {
    fn backend(&self) -> Backend {
        match self.name() {
            LevelName::Portable => Backend::Portable,
            LevelName::Avx2 => Backend::Avx2,
            LevelName::Avx512 => Backend::Avx512,
        }
    }

    fn here(&self) -> &dyn BatchBackend {
        self
    }

    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        recover_batch(*self, inputs, results);
    }

    fn keccak256(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        keccak256_batch(*self, messages, hashes);
    }
}

/// The threads of a processor, which share the batches of a backend that has only the thread that calls.
#[derive(Debug)]
pub(super) struct Cpu<B> {
    each: B,
    recover_chunk_items: usize,
    keccak_chunk_blocks: usize,
    pool: Arc<Pool>,
}

impl<B: BatchBackend> Cpu<B> {
    pub(super) fn new(each: B, config: &Config, pool: Arc<Pool>) -> Self {
        Self {
            each,
            recover_chunk_items: config.recover_chunk_items,
            keccak_chunk_blocks: config.keccak_chunk_blocks,
            pool,
        }
    }

    /// Does a task for each range: of one or none on the thread that calls. The ranges cover all inputs, in order.
    ///
    /// A caller from outside works in the place of one of the pool's threads: it is awake, and none of them may be.
    fn share<I: Sync, R: Send>(
        &self,
        ranges: Vec<Range<usize>>,
        inputs: &[I],
        results: &mut [R],
        task: impl Fn(&[I], &mut [R]) + Sync,
    ) {
        if ranges.len() <= 1 {
            return task(inputs, results);
        }
        let mut tasks = Vec::with_capacity(ranges.len());
        let mut rest = results;
        for range in ranges {
            let (results, after) = rest.split_at_mut(range.len());
            tasks.push((&inputs[range], results));
            rest = after;
        }
        if self.pool.is_own_thread() {
            let tasks = tasks.into_par_iter();
            return tasks.for_each(|(inputs, results)| task(inputs, results));
        }
        let helpers = self.pool.threads().min(tasks.len()).saturating_sub(1);
        let tasks = Mutex::new(tasks.into_iter());
        let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || {
            while let Some((inputs, results)) = next() {
                task(inputs, results);
            }
        };
        self.pool.scope(|scope| {
            (0..helpers).for_each(|_| scope.spawn(|_| work()));
            work();
        });
    }
}

impl<B: BatchBackend> BatchBackend for Cpu<B> {
    fn backend(&self) -> Backend {
        self.each.backend()
    }

    fn here(&self) -> &dyn BatchBackend {
        &self.each
    }

    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        assert_eq!(inputs.len(), results.len(), "one result for each signature");
        let ranges = cut::even(inputs.len(), self.pool.threads(), self.recover_chunk_items);
        self.share(ranges, inputs, results, |inputs, results| {
            self.each.recover(inputs, results);
        });
    }

    fn keccak256(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        assert_eq!(messages.len(), hashes.len(), "one hash for each message");
        let blocks = messages.iter().map(|message| cut::blocks(message));
        let ranges = cut::by_cost(blocks, self.pool.threads(), self.keccak_chunk_blocks);
        self.share(ranges, messages, hashes, |messages, hashes| {
            self.each.keccak256(messages, hashes);
        });
    }
}

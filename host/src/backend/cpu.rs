//! Batches on the processor: cut into tasks that the engine's own pool shares.

use super::Pool;
use super::{BatchBackend, cut};
use crate::{Backend, Config};
use phalanx_kernels::{
    Level, LevelName, RecoverError, RecoverInput, keccak256_batch, recover_batch,
};
use rayon::prelude::*;
use std::{fmt, sync::Arc};

/// Bytes that one Keccak-256 permutation absorbs.
const KECCAK_RATE_BYTES: usize = 136;

/// What computes a task, on the thread that it is called on. Slices of results are as long as those of inputs.
pub(super) trait Arithmetic: fmt::Debug + Copy + Send + Sync {
    /// The backend whose arithmetic this is.
    fn backend(self) -> Backend;

    /// [`BatchBackend::recover`] for one task.
    fn recover(self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]);

    /// [`BatchBackend::keccak256`] for one task.
    fn keccak256(self, messages: &[&[u8]], hashes: &mut [[u8; 32]]);
}

impl Arithmetic for Level {
    fn backend(self) -> Backend {
        match self.name() {
            LevelName::Portable => Backend::Portable,
            LevelName::Avx2 => Backend::Avx2,
            LevelName::Avx512 => Backend::Avx512,
        }
    }

    fn recover(self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        recover_batch(self, inputs, results);
    }

    fn keccak256(self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        keccak256_batch(self, messages, hashes);
    }
}

/// The threads of a processor, and the arithmetic that each of them does.
#[derive(Debug)]
pub(super) struct Cpu<A> {
    arithmetic: A,
    recover_chunk_items: usize,
    keccak_chunk_blocks: usize,
    pool: Arc<Pool>,
}

impl<A: Arithmetic> Cpu<A> {
    pub(super) fn new(arithmetic: A, config: &Config, pool: Arc<Pool>) -> Self {
        Self {
            arithmetic,
            recover_chunk_items: config.recover_chunk_items,
            keccak_chunk_blocks: config.keccak_chunk_blocks,
            pool,
        }
    }
}

impl<A: Arithmetic> BatchBackend for Cpu<A> {
    fn backend(&self) -> Backend {
        self.arithmetic.backend()
    }

    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        assert_eq!(inputs.len(), results.len(), "one result for each signature");
        let threads = self.pool.threads();
        let items = cut::even(inputs.len(), threads, self.recover_chunk_items);
        if threads == 1 || items >= inputs.len() {
            return self.arithmetic.recover(inputs, results);
        }
        self.pool.install(|| {
            inputs
                .par_chunks(items)
                .zip(results.par_chunks_mut(items))
                .for_each(|(inputs, results)| self.arithmetic.recover(inputs, results));
        });
    }

    fn keccak256(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        assert_eq!(messages.len(), hashes.len(), "one hash for each message");
        let threads = self.pool.threads();
        if threads == 1 {
            return self.arithmetic.keccak256(messages, hashes);
        }
        // Padding is at least a byte, so a message of n full blocks takes n + 1.
        let blocks = messages
            .iter()
            .map(|message| message.len() / KECCAK_RATE_BYTES + 1);
        let ranges = cut::by_cost(blocks, threads, self.keccak_chunk_blocks);
        if ranges.len() <= 1 {
            return self.arithmetic.keccak256(messages, hashes);
        }
        let mut tasks = Vec::with_capacity(ranges.len());
        let mut rest = hashes;
        for range in ranges {
            let (hashes, after) = rest.split_at_mut(range.len());
            tasks.push((&messages[range], hashes));
            rest = after;
        }
        self.pool.install(|| {
            tasks
                .into_par_iter()
                .for_each(|(messages, hashes)| self.arithmetic.keccak256(messages, hashes));
        });
    }
}

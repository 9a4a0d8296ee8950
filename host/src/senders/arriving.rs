//! Senders that are recovered while the block is executed.

use super::{Batch, Recovered, by_transaction};
use crate::{Engine, block::Transaction};
use alloy_primitives::Address;
use phalanx_kernels::{RecoverError, SRule};
use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::yield_now,
};

/// Transactions recovered in one go: enough to fill lanes and share an inversion, few enough that the first ones are
/// there at once (some 0.2 ms with AVX-512).
const CHUNK: usize = 32;

/// The senders of a block's transactions, recovered in chunks by whoever needs them.
///
/// Threads that are free [recover ahead](Self::recover_ahead). One that asks for a sender recovers the chunk in which it is, and where another
/// thread is at that, the next chunk that nobody has begun. So execution begins with the first chunk, all threads
/// recover and execute side by side, and none waits while there is something to recover.
pub struct Arriving<'a> {
    engine: &'a Engine,
    transactions: &'a [Transaction],
    chunks: Box<[Chunk]>,
    /// Chunks before this one have been begun.
    next: AtomicUsize,
}

#[derive(Default)]
struct Chunk {
    begun: AtomicBool,
    people: OnceLock<Vec<Person>>,
}

struct Person {
    recovered: Recovered,
    /// The same, as the EVM takes them.
    authorities: Vec<Option<Address>>,
}

impl<'a> Arriving<'a> {
    /// Nothing is recovered yet. Signatures will be whatever their s; the fork's rule is held against them elsewhere.
    pub fn new(engine: &'a Engine, transactions: &'a [Transaction]) -> Self {
        let count = transactions.len().div_ceil(CHUNK);
        Self {
            engine,
            transactions,
            chunks: std::iter::repeat_with(Chunk::default).take(count).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// What was recovered of a transaction; `None` if there is no such transaction.
    pub fn recovered(&self, index: usize) -> Option<&Recovered> {
        Some(&self.person(index)?.recovered)
    }

    /// The authorities of a transaction, `None` where a signature is not valid.
    pub fn authorities(&self, index: usize) -> &[Option<Address>] {
        self.person(index).map_or(&[], |person| &person.authorities)
    }

    /// Recovers chunks that nobody has begun, until there are none.
    pub fn recover_ahead(&self) {
        while self.begin_next() {}
    }

    /// All of them; what is missing yet is recovered now.
    pub fn into_recovered(self) -> Vec<Recovered> {
        let rest = self.transactions.len().checked_sub(1);
        // From the last chunk on: others may still be at earlier ones.
        for index in rest
            .into_iter()
            .flat_map(|last| (0..=last).rev().step_by(CHUNK))
        {
            self.person(index);
        }
        let chunks = self.chunks.into_iter();
        chunks
            .flat_map(|chunk| chunk.people.into_inner().unwrap_or_default())
            .map(|person| person.recovered)
            .collect()
    }

    fn person(&self, index: usize) -> Option<&Person> {
        let chunk = self.chunks.get(index / CHUNK)?;
        if chunk.people.get().is_none() {
            self.recover(index / CHUNK);
        }
        while chunk.people.get().is_none() {
            if !self.begin_next() {
                // Another thread is at it, and waits for nobody.
                yield_now();
            }
        }
        let people = chunk.people.get()?;
        assert!(!people.is_empty(), "the recovery of senders panicked");
        people.get(index % CHUNK)
    }

    /// Recovers the next chunk, unless somebody has begun; false if there is none.
    fn begin_next(&self) -> bool {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.recover(next);
        next < self.chunks.len()
    }

    /// Recovers a chunk, unless somebody has begun.
    fn recover(&self, number: usize) {
        self.fill(number, |batch| batch.recover_here(self.engine));
    }

    fn fill(
        &self,
        number: usize,
        recover: impl FnOnce(Batch) -> Vec<Result<Address, RecoverError>>,
    ) {
        let Some(chunk) = self.chunks.get(number) else {
            return;
        };
        if chunk.begun.swap(true, Ordering::Relaxed) {
            return;
        }
        // Should this panic, nobody waits for ever.
        let filled = FillOnDrop(chunk);
        let first = number * CHUNK;
        let last = first.saturating_add(CHUNK).min(self.transactions.len());
        let transactions = &self.transactions[first..last];
        let mut batch = Batch::default();
        for transaction in transactions {
            batch.add(transaction, SRule::Any);
        }
        let addresses = recover(batch);
        let people = by_transaction(transactions.iter(), &addresses).into_iter();
        let people = people.map(|recovered| Person {
            authorities: recovered.authorities.iter().map(|one| one.ok()).collect(),
            recovered,
        });
        filled.0.people.get_or_init(|| people.collect());
    }
}

/// Leaves a chunk with nobody in it rather than without an answer: who asks for it then panics as well, so that no block
/// is judged without its senders.
struct FillOnDrop<'c>(&'c Chunk);

impl Drop for FillOnDrop<'_> {
    fn drop(&mut self) {
        self.0.people.get_or_init(Vec::new);
    }
}

impl fmt::Debug for Arriving<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arriving")
            .field("transactions", &self.transactions.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

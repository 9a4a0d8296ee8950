//! Batches on a GPU, beside a backend of the CPU that does whatever the device does not do right.

pub(super) mod work;

use super::{Account, BatchBackend, Levels};
use crate::{
    Backend,
    gpu::{GpuError, Ticket, Worker, levels},
};
use phalanx_kernels::{RecoverError, RecoverInput};
use std::{collections::VecDeque, ops::Range, sync::Arc};
use work::{Hashing, Recovery, Row, Work};

/// Batches handed to the device's thread and not yet read: those on its queue, and one packed beside them.
const AHEAD: usize = 4;

/// Bytes of messages that hold each other's hashes that are collected for a device: some ten thousand nodes a level.
const LEVELS_BYTES: usize = 16 << 20;

/// A device, and the CPU.
#[derive(Debug)]
pub(super) struct Gpu {
    worker: Arc<Worker>,
    cpu: Arc<dyn BatchBackend>,
}

const UNWRITTEN: GpuError = GpuError::Wrong("a row was not written");

/// A batch under way.
struct Flight {
    range: Range<usize>,
    nonce: u64,
    ticket: Ticket,
}

impl Gpu {
    pub(super) fn new(worker: Arc<Worker>, cpu: Arc<dyn BatchBackend>) -> Self {
        Self { worker, cpu }
    }

    /// True if the device is no longer used.
    pub(super) fn is_aside(&self) -> bool {
        self.worker.is_aside()
    }

    /// Does all items, on the device as far as it does them right, and the others on the CPU.
    fn run<W: Work>(&self, items: &[W::Item], answers: &mut [W::Answer]) {
        let left = self.ask::<W>(items, answers);
        self.redo::<W>(&left, items, answers);
    }

    /// Has the device do items; the indices of those that are left to [`redo`](Self::redo). It never waits for the
    /// threads that the CPU shares its batches with: of that backend it only asks for one item at a time, which the thread
    /// that calls does itself.
    pub(super) fn ask<W: Work>(&self, items: &[W::Item], answers: &mut [W::Answer]) -> Vec<usize> {
        let capacity = self.worker.capacity();
        let mut ranges = W::cut(items, &capacity).into_iter();
        let mut flying = VecDeque::new();
        let mut redo = Vec::new();
        loop {
            while flying.len() < AHEAD
                && let Some(range) = ranges.next()
            {
                let nonce = self.worker.nonce();
                // Nothing is packed for a device that takes nothing.
                let submitted = match self.worker.is_aside() {
                    true => None,
                    false => {
                        let plan = W::plan(&items[range.clone()], nonce, &capacity);
                        self.trusted(self.worker.submit(plan))
                    }
                };
                match submitted {
                    Some(ticket) => flying.push_back(Flight {
                        range,
                        nonce,
                        ticket,
                    }),
                    None => redo.extend(range),
                }
            }
            let Some(flight) = flying.pop_front() else {
                break;
            };
            let range = flight.range.clone();
            let (items, answers) = (&items[range.clone()], &mut answers[range.clone()]);
            match self.trusted(self.settle::<W>(&flight, items, answers)) {
                Some(left) => redo.extend(left.into_iter().map(|index| range.start + index)),
                None => redo.extend(range),
            }
        }
        self.worker.note(items.len() - redo.len(), 0);
        redo
    }

    /// Does on the CPU what [`ask`](Self::ask) has left.
    pub(super) fn redo<W: Work>(
        &self,
        left: &[usize],
        items: &[W::Item],
        answers: &mut [W::Answer],
    ) {
        if left.is_empty() {
            return;
        }
        let again: Vec<W::Item> = left.iter().map(|&index| items[index]).collect();
        let mut found = vec![W::BLANK; again.len()];
        W::on_cpu(&*self.cpu, &again, &mut found);
        for (&index, answer) in left.iter().zip(found) {
            answers[index] = answer;
        }
        self.worker.note(0, left.len());
    }

    /// Reads a batch; the indices of items that the CPU has to do. Any answers written before an error are overwritten
    /// when the batch is redone.
    fn settle<W: Work>(
        &self,
        flight: &Flight,
        items: &[W::Item],
        answers: &mut [W::Answer],
    ) -> Result<Vec<usize>, GpuError> {
        // A device that is stuck is waited for once.
        if self.worker.is_aside() {
            return Err(GpuError::Aside("by an earlier batch".into()));
        }
        // The CPU's answers are found while the device computes: of the known item, and of two of the batch. A stage that
        // was left out for some rows works on what a batch before left in their columns, and the last row shows none of
        // it.
        let known = W::known(flight.nonce, &*self.cpu);
        let samples: Vec<(usize, W::Answer)> = [0, flight.nonce as usize % items.len().max(1)]
            .into_iter()
            .filter(|&index| items.get(index).is_some_and(|&item| !W::stays(item)))
            .map(|index| {
                let mut answer = [W::BLANK];
                W::on_cpu(&*self.cpu, &items[index..=index], &mut answer);
                (index, answer[0])
            })
            .collect();
        let output = self.worker.wait(&flight.ticket)?;
        match W::read(&output, items.len()) {
            Row::Answer(answer) if answer == known => {}
            Row::Unwritten => return Err(UNWRITTEN),
            _ => return Err(GpuError::Wrong("the answer of a known item")),
        }
        for (index, expected) in samples {
            // Rows that are no answer are seen to below.
            if matches!(W::read(&output, index), Row::Answer(answer) if answer != expected) {
                return Err(GpuError::Wrong("the answer of a sampled item"));
            }
        }
        let mut redo = Vec::new();
        for (index, (&item, answer)) in items.iter().zip(answers).enumerate() {
            if W::stays(item) {
                redo.push(index);
                continue;
            }
            match W::read(&output, index) {
                Row::Answer(found) => *answer = found,
                Row::Redo => redo.push(index),
                Row::Unwritten => return Err(UNWRITTEN),
            }
        }
        Ok(redo)
    }

    /// Hashes levels in one go.
    fn levels(
        &self,
        rows: &levels::Rows<'_>,
        known: &[levels::KnownMessage],
        hashes: &mut [[u8; 32]],
    ) -> Result<(), GpuError> {
        let ticket = self.worker.submit(rows.plan())?;
        let known = levels::known_hashes(known, |message| {
            let mut hash = [[0; 32]];
            self.cpu.keccak256(&[message], &mut hash);
            hash[0]
        });
        let output = self.worker.wait(&ticket)?;
        for (found, known) in rows.known(&output).zip(known) {
            if found.ok_or(UNWRITTEN)? != known {
                return Err(GpuError::Wrong("the answer of a known item"));
            }
        }
        for (message, hash) in hashes.iter_mut().enumerate() {
            *hash = rows.digest(&output, message).ok_or(UNWRITTEN)?;
        }
        Ok(())
    }

    /// What the device gave; if that is an error, the device is put aside.
    fn trusted<T>(&self, result: Result<T, GpuError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.worker.put_aside(&error);
                None
            }
        }
    }
}

impl BatchBackend for Gpu {
    fn backend(&self) -> Backend {
        Backend::Gpu
    }

    fn here(&self) -> &dyn BatchBackend {
        self.cpu.here()
    }

    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        assert_eq!(inputs.len(), results.len(), "one result for each signature");
        self.run::<Recovery>(inputs, results);
    }

    fn keccak256(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        assert_eq!(messages.len(), hashes.len(), "one hash for each message");
        self.run::<Hashing<'_>>(messages, hashes);
    }

    fn levels_bytes(&self) -> Option<usize> {
        (!self.is_aside()).then_some(LEVELS_BYTES)
    }

    fn keccak256_levels(&self, batch: &Levels<'_>, hashes: &mut [[u8; 32]]) -> bool {
        let count = batch.messages.len();
        assert_eq!(count, hashes.len(), "one hash for each message");
        if self.is_aside() {
            return false;
        }
        let known = levels::known_messages(self.worker.nonce(), batch);
        let Some(rows) = levels::Rows::new(batch, &known, &self.worker.capacity()) else {
            return false;
        };
        let done = self.trusted(self.levels(&rows, &known, hashes)).is_some();
        self.worker
            .note(if done { count } else { 0 }, if done { 0 } else { count });
        done
    }

    fn account(&self) -> Option<Account> {
        Some(self.worker.account())
    }
}

#[cfg(test)]
pub(super) mod tests;

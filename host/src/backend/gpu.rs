//! Batches on a GPU, beside a backend of the CPU that does whatever the device does not do right.

use super::{Account, BatchBackend, Levels};
use crate::{
    Backend,
    gpu::{Capacity, GpuError, Plan, Ticket, Worker, keccak, levels, recover},
};
use phalanx_kernels::{RecoverError, RecoverInput};
use phalanx_shaders::layout::Outcome;
use std::{collections::VecDeque, ops::Range, sync::Arc};

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

/// What differs between the two calls.
trait Work {
    type Item: Copy;
    type Answer: Copy + PartialEq;

    /// Stands for an answer until there is one.
    const BLANK: Self::Answer;

    fn cut(items: &[Self::Item], capacity: &Capacity) -> Vec<Range<usize>>;
    /// The batch of these items, and after them the known one of a number.
    fn plan(items: &[Self::Item], nonce: u64, capacity: &Capacity) -> Plan;
    /// What the CPU says of the known item.
    fn known(nonce: u64, cpu: &dyn BatchBackend) -> Self::Answer;
    /// True for items that the device is not asked about.
    fn stays(item: Self::Item) -> bool;
    fn read(output: &[u32], row: usize) -> Row<Self::Answer>;
    fn on_cpu(cpu: &dyn BatchBackend, items: &[Self::Item], answers: &mut [Self::Answer]);
}

/// What a device says of an item.
enum Row<A> {
    Answer(A),
    /// The CPU is to do it.
    Redo,
    /// No invocation wrote it.
    Unwritten,
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
        self.worker.note(items.len() - redo.len(), redo.len());
        if redo.is_empty() {
            return;
        }
        let again: Vec<W::Item> = redo.iter().map(|&index| items[index]).collect();
        let mut found = vec![W::BLANK; again.len()];
        W::on_cpu(&*self.cpu, &again, &mut found);
        for (index, answer) in redo.into_iter().zip(found) {
            answers[index] = answer;
        }
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
        // The CPU's answer is found while the device computes.
        let known = W::known(flight.nonce, &*self.cpu);
        let output = self.worker.wait(&flight.ticket)?;
        match W::read(&output, items.len()) {
            Row::Answer(answer) if answer == known => {}
            Row::Unwritten => return Err(UNWRITTEN),
            _ => return Err(GpuError::Wrong("the answer of a known item")),
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
        nonce: u64,
        hashes: &mut [[u8; 32]],
    ) -> Result<(), GpuError> {
        let ticket = self.worker.submit(rows.plan())?;
        let on_cpu = |message: &[u8]| {
            let mut hash = [[0; 32]];
            self.cpu.keccak256(&[message], &mut hash);
            hash[0]
        };
        let [lower, _] = levels::known_messages(nonce, &[0; 32]);
        let lower = on_cpu(&lower);
        let [_, upper] = levels::known_messages(nonce, &lower);
        let known = [Some(lower), Some(on_cpu(&upper))];
        let output = self.worker.wait(&ticket)?;
        match rows.known(&output) {
            found if found == known => {}
            [Some(_), Some(_)] => return Err(GpuError::Wrong("the answer of a known item")),
            _ => return Err(UNWRITTEN),
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
        let nonce = self.worker.nonce();
        let known = levels::known_messages(nonce, &[0; 32]);
        let Some(rows) = levels::Rows::new(batch, &known, &self.worker.capacity()) else {
            return false;
        };
        let done = self.trusted(self.levels(&rows, nonce, hashes)).is_some();
        self.worker
            .note(if done { count } else { 0 }, if done { 0 } else { count });
        done
    }

    fn account(&self) -> Option<Account> {
        Some(self.worker.account())
    }
}

struct Hashing<'a>(std::marker::PhantomData<&'a [u8]>);

impl<'a> Work for Hashing<'a> {
    type Item = &'a [u8];
    type Answer = [u8; 32];
    const BLANK: [u8; 32] = [0; 32];

    fn cut(messages: &[&[u8]], capacity: &Capacity) -> Vec<Range<usize>> {
        keccak::cut(messages, capacity)
    }

    fn plan(messages: &[&[u8]], nonce: u64, _: &Capacity) -> Plan {
        keccak::plan(messages, nonce)
    }

    fn known(nonce: u64, cpu: &dyn BatchBackend) -> [u8; 32] {
        let mut hash = [Self::BLANK];
        cpu.keccak256(&[&keccak::known_message(nonce)], &mut hash);
        hash[0]
    }

    fn stays(message: &[u8]) -> bool {
        keccak::is_too_long(message)
    }

    fn read(output: &[u32], row: usize) -> Row<[u8; 32]> {
        keccak::digest(output, row).map_or(Row::Unwritten, Row::Answer)
    }

    fn on_cpu(cpu: &dyn BatchBackend, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        cpu.keccak256(messages, hashes);
    }
}

struct Recovery;

impl Work for Recovery {
    type Item = RecoverInput;
    type Answer = Result<[u8; 20], RecoverError>;
    const BLANK: Self::Answer = Ok([0; 20]);

    fn cut(inputs: &[RecoverInput], capacity: &Capacity) -> Vec<Range<usize>> {
        recover::cut(inputs.len(), capacity)
    }

    fn plan(inputs: &[RecoverInput], nonce: u64, capacity: &Capacity) -> Plan {
        recover::plan(inputs, nonce, capacity)
    }

    fn known(nonce: u64, cpu: &dyn BatchBackend) -> Self::Answer {
        let mut result = [Self::BLANK];
        cpu.recover(&[recover::known_input(nonce)], &mut result);
        result[0]
    }

    fn stays(_: RecoverInput) -> bool {
        false
    }

    fn read(output: &[u32], row: usize) -> Row<Self::Answer> {
        match recover::outcome(output, row) {
            Outcome::Known(result) => Row::Answer(result),
            Outcome::Redo => Row::Redo,
            Outcome::Unwritten => Row::Unwritten,
        }
    }

    fn on_cpu(cpu: &dyn BatchBackend, inputs: &[RecoverInput], results: &mut [Self::Answer]) {
        cpu.recover(inputs, results);
    }
}

#[cfg(test)]
pub(super) mod tests;

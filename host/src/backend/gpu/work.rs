//! The two kinds of batches that a device is given.

use crate::{
    backend::BatchBackend,
    gpu::{Capacity, Plan, keccak, recover},
};
use phalanx_kernels::{RecoverError, RecoverInput};
use phalanx_shaders::layout::Outcome;
use std::ops::Range;

/// What differs between the two calls.
pub(in crate::backend) trait Work {
    type Item: Copy + Sync;
    type Answer: Copy + PartialEq + Send;

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
pub(in crate::backend) enum Row<A> {
    Answer(A),
    /// The CPU is to do it.
    Redo,
    /// No invocation wrote it.
    Unwritten,
}

/// Keccak-256 of messages.
pub(in crate::backend) struct Hashing<'a>(std::marker::PhantomData<&'a [u8]>);

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

/// Addresses of signers.
pub(in crate::backend) struct Recovery;

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
            Outcome::Known(Ok(address)) => Row::Answer(Ok(address)),
            // A block would be refused for it: the CPU has the last word.
            Outcome::Known(Err(_)) | Outcome::Redo => Row::Redo,
            Outcome::Unwritten => Row::Unwritten,
        }
    }

    fn on_cpu(cpu: &dyn BatchBackend, inputs: &[RecoverInput], results: &mut [Self::Answer]) {
        cpu.recover(inputs, results);
    }
}

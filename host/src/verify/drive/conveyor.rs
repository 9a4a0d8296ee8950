//! Inputs from the thread that reads them to the pipeline, bounded by number and by bytes.
//!
//! An input counts from when it is put there until the next one is asked for, since what it was taken for is done then. So
//! one that is larger than the bound by itself, as an era1 archive is, lies there alone, and there are two such at most:
//! this one and the one being read.

use crate::{
    input::{Case, CaseKind, ListedBlock},
    pipeline::{block_bytes, witness_bytes},
    verify::units::state_bytes,
};
use std::{
    collections::VecDeque,
    ops::ControlFlow,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

/// Inputs that lie there at most: enough that reading goes on while all threads are in long blocks.
const CASES: usize = 64;
/// Bytes of inputs with which no further one is put there. A witness has tens of megabytes.
const BYTES: usize = 64 << 20;

#[derive(Default)]
struct Shared {
    belt: Mutex<Belt>,
    changed: Condvar,
}

#[derive(Default)]
struct Belt {
    cases: VecDeque<(Case, usize)>,
    /// Of those, and of the one that was taken last.
    bytes: usize,
    /// Of the one that was taken last.
    taken: usize,
    /// One of both ends is gone.
    ended: bool,
}

/// Where inputs are put.
pub(super) struct Loader(Arc<Shared>);

/// Where they are taken; ends when the loader is gone.
pub(super) struct Unloader(Arc<Shared>);

pub(super) fn conveyor() -> (Loader, Unloader) {
    let shared = Arc::<Shared>::default();
    (Loader(Arc::clone(&shared)), Unloader(shared))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Belt> {
        self.belt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'b>(&'b self, belt: MutexGuard<'b, Belt>) -> MutexGuard<'b, Belt> {
        let waited = self.changed.wait(belt);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }
}

impl Loader {
    /// Puts an input there when there is room; breaks if nobody takes any more.
    pub(super) fn put(&self, case: Case) -> ControlFlow<()> {
        let bytes = weight(&case);
        let mut belt = self.0.lock();
        while !belt.ended && (belt.cases.len() >= CASES || belt.bytes >= BYTES) {
            belt = self.0.wait(belt);
        }
        if belt.ended {
            return ControlFlow::Break(());
        }
        belt.bytes += bytes;
        belt.cases.push_back((case, bytes));
        self.0.changed.notify_all();
        ControlFlow::Continue(())
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Iterator for Unloader {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        let mut belt = self.0.lock();
        loop {
            // What was taken before is done with.
            let done = std::mem::take(&mut belt.taken);
            belt.bytes -= done;
            let next = belt.cases.pop_front();
            if done > 0 || next.is_some() {
                self.0.changed.notify_all();
            }
            if let Some((case, bytes)) = next {
                belt.taken = bytes;
                return Some(case);
            }
            if belt.ended {
                return None;
            }
            belt = self.0.wait(belt);
        }
    }
}

impl Drop for Unloader {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// About how many bytes an input holds.
fn weight(case: &Case) -> usize {
    match &case.kind {
        CaseKind::Blocks(blocks) => {
            let bytes = |listed: &ListedBlock| {
                let receipts = listed.receipts.iter().flatten().map(|bytes| bytes.len());
                listed.block.as_ref().map_or(0, block_bytes) + receipts.sum::<usize>()
            };
            blocks.iter().map(bytes).sum()
        }
        CaseKind::Witness(case) => witness_bytes(case),
        CaseKind::Chain(case) => case.blocks.iter().map(|bytes| bytes.len()).sum(),
        CaseKind::Era1(case) => case
            .blocks
            .iter()
            .map(|block| block.header.len() + block.body.len() + block.receipts.len())
            .sum(),
        CaseKind::Fixture(case) => case.blocks.iter().map(|block| block.rlp.len()).sum(),
        CaseKind::PreState(case) => block_bytes(&case.block) + state_bytes(&case.state),
        CaseKind::Skipped(_) | CaseKind::Unreadable(_) => 1 << 10,
    }
}

#[cfg(test)]
mod tests;

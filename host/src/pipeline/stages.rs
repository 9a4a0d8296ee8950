//! What the scheduler runs.

use super::Mode;
use crate::{
    Engine,
    block::Transaction,
    verify::senders::{self, BlockRecovery},
};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

/// The stages of one kind of work. The scheduler calls them for each work in this order, each once, on any thread; those
/// of different works at the same time. `hash` may run at the same time as `recover`.
pub(crate) trait Stages: Send + Sync + 'static {
    /// A block with its evidence.
    type Work: Send + Sync + 'static;
    /// What `hash` gives.
    type Hashes: Send + 'static;
    /// What comes of a work.
    type Output: Send + 'static;

    /// Bytes that it holds.
    fn bytes(&self, work: &Self::Work) -> usize;
    /// The lane that it belongs to: works of one lane are executed one at a time, in the order of the source.
    fn lane(&self, work: &Self::Work) -> Option<LaneId>;
    /// The block's number, for traces; known from `decode` on.
    fn number(&self, work: &Self::Work) -> Option<u64>;
    /// Makes the block of its bytes.
    fn decode(&self, work: Self::Work) -> Self::Work;
    /// The transactions of a decoded block.
    fn transactions<'w>(&self, work: &'w Self::Work) -> &'w [Transaction];
    /// Hashes whatever needs nothing but the work.
    fn hash(&self, work: &Self::Work) -> Self::Hashes;
    /// Whom the threads work for.
    fn mode(&self) -> Mode;
    /// Recovers senders and authorities; results by block. A block that comes alone has its senders recovered while it is
    /// executed.
    fn recover(&self, engine: &Engine, blocks: &[&[Transaction]]) -> Vec<BlockRecovery> {
        match self.mode() {
            Mode::Latency => blocks.iter().map(|_| BlockRecovery::later()).collect(),
            Mode::Throughput => senders::recover(engine, blocks.iter().copied()),
        }
    }
    /// All the rest.
    fn execute(
        &self,
        work: &Self::Work,
        hashes: Self::Hashes,
        recovery: BlockRecovery,
    ) -> Self::Output;
}

/// Which lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LaneId(u64);

/// What works that follow one another hand from one to the next.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    id: LaneId,
    carried: Mutex<Option<T>>,
}

impl<T> Lane<T> {
    pub(crate) fn new(carried: T) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            id: LaneId(NEXT.fetch_add(1, Ordering::Relaxed)),
            carried: Mutex::new(Some(carried)),
        }
    }

    pub(crate) fn id(&self) -> LaneId {
        self.id
    }

    /// Lends what is carried to a work of this lane. No lock is held meanwhile; after a panic it is there as the work
    /// left it.
    pub(crate) fn lend<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let mut carried = self
            .take()
            .expect("works of one lane are executed one at a time");
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut carried)));
        *self.place() = Some(carried);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Takes out what is carried; `None` while a work has it, and ever after.
    pub(crate) fn take(&self) -> Option<T> {
        self.place().take()
    }

    fn place(&self) -> std::sync::MutexGuard<'_, Option<T>> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

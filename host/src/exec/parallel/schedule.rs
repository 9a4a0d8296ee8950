//! Who runs which transaction, and who commits.
//!
//! Invariants:
//! - Every transaction is claimed once, in block order, either to be tried ahead or to be executed at the head.
//! - Transactions are committed in block order, by whoever holds the ledger; the head is the number committed, and it
//!   moves only while the ledger is held.
//! - Nobody waits for a lock. A thread that finds the ledger taken tries a transaction ahead; one that finds nothing to
//!   do is told so and asks again.
//! - What is tried ahead lies less than a window behind the head, so that its view of the state is a fresh one; and
//!   behind a pause, where tries have come to nothing.
//! - Who commits goes on at the head as long as there is something to do, so that a chain of transactions stays on one
//!   thread.
//!
//! Nothing here knows of transactions, state or the EVM: the file is model-checked by itself (`host/loom`).

use super::sync::{
    AtomicBool, AtomicU8, AtomicUsize, Mutex, MutexGuard,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// Nobody has claimed the transaction, or its thread is at it.
const OPEN: u8 = 0;
/// It has been tried; what came of it lies in its place.
const TRIED: u8 = 1;

/// The places of a block's transactions. `L` is what a commit needs, `A` what comes of a try.
pub(super) struct Schedule<L, A> {
    places: Box<[Place<A>]>,
    /// The first transaction that nobody has claimed.
    next: AtomicUsize,
    /// The number of committed transactions.
    head: AtomicUsize,
    window: usize,
    /// Nothing before this place is tried ahead.
    tries_from: AtomicUsize,
    ledger: Mutex<L>,
    stopped: AtomicBool,
}

struct Place<A> {
    status: AtomicU8,
    tried: Mutex<Option<A>>,
}

/// What a thread is to do next.
#[must_use = "work that is dropped is done by nobody"]
pub(super) enum Turn<'s, L, A> {
    /// Judge a try of the transaction at the head, and commit it.
    Commit(Head<'s, L, A>, A),
    /// Execute the transaction at the head, which nobody has tried.
    Execute(Head<'s, L, A>),
    /// Try this transaction on the state as it is, and hand in what comes of it.
    Try(usize),
    /// Others are at all there is: ask again.
    Wait,
    /// All transactions are committed, or the schedule was stopped.
    Over,
}

/// The right to commit the next transaction.
pub(super) struct Head<'s, L, A> {
    schedule: &'s Schedule<L, A>,
    ledger: MutexGuard<'s, L>,
    index: usize,
}

impl<L, A> Schedule<L, A> {
    /// No transaction is claimed. The window is at least 1.
    pub(super) fn new(transactions: usize, window: usize, ledger: L) -> Self {
        let place = || Place {
            status: AtomicU8::new(OPEN),
            tried: Mutex::new(None),
        };
        Self {
            places: std::iter::repeat_with(place).take(transactions).collect(),
            next: AtomicUsize::new(0),
            head: AtomicUsize::new(0),
            window: window.max(1),
            tries_from: AtomicUsize::new(0),
            ledger: Mutex::new(ledger),
            stopped: AtomicBool::new(false),
        }
    }

    /// The calling thread's next piece of work.
    pub(super) fn turn(&self) -> Turn<'_, L, A> {
        loop {
            // Who misses what others hand in meanwhile, or finds the ledger taken by one who has missed it, asks again:
            // nobody relies on being the one who sees it.
            if self.is_over() {
                return Turn::Over;
            }
            if let Some(turn) = self.turn_at_the_head() {
                return turn;
            }
            let (next, head) = (self.next.load(Acquire), self.committed());
            let is_in_window = next.saturating_sub(head) < self.window;
            if next >= self.places.len() || !is_in_window || next < self.tries_from.load(Relaxed) {
                return Turn::Wait;
            }
            if self.claim(next) {
                return Turn::Try(next);
            }
        }
    }

    /// The head's turn, if nobody else has it and there is something to do at it.
    fn turn_at_the_head(&self) -> Option<Turn<'_, L, A>> {
        // A ledger that a panicking thread held is lost: that thread stops the schedule.
        let ledger = self.ledger.try_lock().ok()?;
        self.at_the_head(Head {
            index: self.head.load(Acquire),
            schedule: self,
            ledger,
        })
    }

    /// What there is to do at the head.
    fn at_the_head<'s>(&'s self, head: Head<'s, L, A>) -> Option<Turn<'s, L, A>> {
        let index = head.index;
        let place = self.places.get(index).filter(|_| !self.is_stopped())?;
        if place.status.load(Acquire) == TRIED {
            let tried = place.tried.lock().ok()?.take()?;
            return Some(Turn::Commit(head, tried));
        }
        let is_unclaimed = self.next.load(Acquire) == index && self.claim(index);
        is_unclaimed.then(|| Turn::Execute(head))
    }

    fn claim(&self, index: usize) -> bool {
        self.next
            .compare_exchange(index, index + 1, AcqRel, Relaxed)
            .is_ok()
    }

    /// Hands in what came of a try.
    pub(super) fn hand_in(&self, index: usize, tried: A) {
        if let Some(place) = self.places.get(index)
            && let Ok(mut slot) = place.tried.lock()
        {
            *slot = Some(tried);
            place.status.store(TRIED, Release);
        }
    }

    /// Ends the block: every thread's next turn is [`Turn::Over`].
    pub(super) fn stop(&self) {
        self.stopped.store(true, Release);
    }

    /// True once the schedule was stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Acquire)
    }

    /// The number of committed transactions.
    pub(super) fn committed(&self) -> usize {
        self.head.load(Acquire)
    }

    /// True if nobody will be given work any more.
    pub(super) fn is_over(&self) -> bool {
        self.is_stopped() || self.committed() >= self.places.len()
    }

    /// The ledger, outside of any turn: before threads begin and after they are done.
    pub(super) fn ledger(&self) -> Option<MutexGuard<'_, L>> {
        self.ledger.lock().ok()
    }
}

impl<'s, L, A> Head<'s, L, A> {
    /// The transaction at the head.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// What a commit needs.
    pub(super) fn ledger(&mut self) -> &mut L {
        &mut self.ledger
    }

    /// Nothing is tried ahead before so many further transactions are committed.
    pub(super) fn pause(&self, transactions: usize) {
        let from = self.index.saturating_add(transactions);
        self.schedule.tries_from.store(from, Relaxed);
    }

    /// The transaction is committed: this is the right to commit the next one.
    pub(super) fn advance(&mut self) {
        self.index += 1;
        self.schedule.head.store(self.index, Release);
    }

    /// What is next at the head, if there is anything to do yet; else another thread may have it.
    pub(super) fn go_on(self) -> Option<Turn<'s, L, A>> {
        self.schedule.at_the_head(self)
    }
}

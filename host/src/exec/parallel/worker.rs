//! What each thread does for a block: whatever is next, until all is committed.

use super::{
    super::{
        BlockJob, BlockOutput, Receipt, StateSource,
        frame::{At, Frame, Ledger},
    },
    Limits,
    committed::Committed,
    guide::Guide,
    idle::{AtWork, Idle},
    instructions,
    judge::{Tried, judge},
    luck::Luck,
    schedule::{Head, Schedule, Turn},
    view::View,
};
use std::{
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
    time::Duration,
};

/// Why a block can't be executed in parallel to its end. It is executed serially then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum GivenUp {
    /// A transaction was refused at the head, or the state could not be read there.
    #[error("transaction {}: {}", .0.0.map_or_else(|| "none".into(), |index| index.to_string()), .0.1)]
    Refused(At),
    /// An account that only the serial executor knows how to treat.
    #[error("an account has storage but neither nonce nor code")]
    Leftovers,
    /// A thread panicked.
    #[error("a worker panicked")]
    Panicked,
    /// No transaction was committed for too long.
    #[error("no transaction was committed for {0:?}")]
    Stalled(Duration),
}

/// The tries of a run, each `None` if it came to nothing.
type Tries = Vec<Option<Tried>>;

/// A block that threads execute together.
pub(super) struct Shared<'a, S> {
    pub(super) job: &'a BlockJob<'a>,
    pub(super) committed: Committed<'a, S>,
    pub(super) guide: Guide,
    pub(super) schedule: Schedule<Account, Tries>,
    /// The transactions of each place of the schedule.
    pub(super) runs: Vec<Range<usize>>,
    pub(super) limits: Limits,
    pub(super) given_up: OnceLock<GivenUp>,
}

/// What goes from committer to committer.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) ledger: Ledger,
    pub(super) counts: Counts,
    luck: Luck,
}

/// What is next at the head for the thread that has just committed.
type Next<'b> = Option<Turn<'b, Account, Tries>>;

/// How transactions came to be committed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tried ahead of their turn, and right.
    pub tried: usize,
    /// Tried ahead of their turn, and executed again.
    pub repeated: usize,
    /// Executed at their turn, without a try.
    pub at_the_head: usize,
}

impl<S: StateSource> Shared<'_, S> {
    /// The block from its first system call to its last. `call_helpers` is called when there are transactions to run.
    pub(super) fn run(
        &self,
        call_helpers: impl FnOnce(),
        blooms: impl FnOnce(&mut [Receipt]),
    ) -> Result<(BlockOutput, Counts), GivenUp> {
        let lost = || GivenUp::Panicked;
        let is_stopped = || self.schedule.is_stopped();
        let mut worker = Worker::new(self, &is_stopped);
        worker.frame.begin().map_err(GivenUp::Refused)?;
        let mut account = self.schedule.ledger().ok_or_else(lost)?;
        worker.frame.exchange(&mut account.ledger);
        drop(account);
        call_helpers();
        worker.work();
        if let Some(reason) = self.given_up.get() {
            return Err(reason.clone());
        }
        if self.schedule.committed() != self.runs.len() {
            return Err(lost());
        }
        let mut account = self.schedule.ledger().ok_or_else(lost)?;
        worker.frame.exchange(&mut account.ledger);
        let output = worker.frame.finish(blooms).map_err(GivenUp::Refused)?;
        if self.committed.has_leftovers() {
            return Err(GivenUp::Leftovers);
        }
        Ok((output, account.counts))
    }

    /// Takes part in the block until it is done.
    ///
    /// Not on a thread that is at work in a block already: a state that waits in the engine's pool while it is read could
    /// take up this, and then wait for what lies beneath on its own stack.
    pub(super) fn help(&self) {
        if self.schedule.is_over() || AtWork::is_here() {
            return;
        }
        let is_stopped = || self.schedule.is_stopped();
        let work = || Worker::new(self, &is_stopped).work();
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            self.give_up(GivenUp::Panicked);
        }
    }

    /// Ends the block for every thread.
    pub(super) fn give_up(&self, reason: GivenUp) {
        // The first reason is the one that counts.
        let _ = self.given_up.set(reason);
        self.schedule.stop();
    }
}

/// One thread at a block.
struct Worker<'b, 'a, S: StateSource> {
    shared: &'b Shared<'a, S>,
    frame: Frame<'b, View<'b, 'a, S>>,
}

impl<'b, 'a, S: StateSource> Worker<'b, 'a, S> {
    /// A thread that has done nothing yet. `is_stopped` says whether the block was given up.
    fn new(shared: &'b Shared<'a, S>, is_stopped: &'b (dyn Fn() -> bool + Sync)) -> Self {
        let view = View::new(&shared.committed, &shared.guide, is_stopped);
        let mut frame = Frame::new(shared.job, view);
        instructions::set(frame.evm().instructions());
        Self { shared, frame }
    }

    /// Works until the block is done or given up.
    fn work(&mut self) {
        let _at_work = AtWork::new();
        let mut idle = Idle::new(self.shared.limits.stall);
        let mut next = None;
        loop {
            let turn = next.take();
            match turn.unwrap_or_else(|| self.shared.schedule.turn()) {
                Turn::Commit(head, tries) => {
                    idle.reset();
                    next = self.commit(head, tries);
                }
                Turn::Execute(head) => {
                    idle.reset();
                    next = self.commit(head, Tries::new());
                }
                Turn::Try(run) => {
                    idle.reset();
                    let tries = self.attempt(run);
                    self.shared.schedule.hand_in(run, tries);
                }
                Turn::Wait => {
                    let committed = self.shared.schedule.committed();
                    if let Err(stall) = idle.wait(committed) {
                        self.shared.give_up(GivenUp::Stalled(stall));
                    }
                }
                Turn::Over => return,
            }
        }
    }

    fn attempt(&mut self, run: usize) -> Tries {
        self.frame.database().begin_run();
        let transactions = self.shared.runs.get(run).cloned().unwrap_or_default();
        let last = transactions.end;
        let tries = transactions.map(|index| self.attempt_one(index, index + 1 == last));
        tries.collect()
    }

    fn attempt_one(&mut self, index: usize, is_last: bool) -> Option<Tried> {
        let environment = self.frame.environment(index).ok()?;
        self.frame.database().begin_trial(index, &environment);
        let outcome = self.frame.attempt(environment);
        let trial = self.frame.database().end_trial()?;
        let outcome = outcome.ok()?;
        if !is_last {
            self.frame.database().foresee(&outcome.state);
        }
        Some(Tried { trial, outcome })
    }

    /// Commits the run at the head. Transactions that were not tried, or not rightly, are executed. Gives what is next at
    /// the head, if there is anything to do yet.
    fn commit(&mut self, mut head: Head<'b, Account, Tries>, tries: Tries) -> Next<'b> {
        let run = self.shared.runs.get(head.index()).cloned();
        let run = run.unwrap_or_default();
        let account = head.ledger();
        self.frame.exchange(&mut account.ledger);
        let mut tries = tries.into_iter();
        let result = run
            .into_iter()
            .try_for_each(|index| self.commit_one(index, tries.next(), account));
        self.frame.exchange(&mut account.ledger);
        let pause = account.luck.pause();
        match result {
            Ok(()) => {
                if let Some(transactions) = pause {
                    head.pause(transactions);
                }
                head.advance();
                head.go_on()
            }
            Err(reason) => {
                self.shared.give_up(reason);
                None
            }
        }
    }

    fn commit_one(
        &mut self,
        index: usize,
        tried: Option<Option<Tried>>,
        account: &mut Account,
    ) -> Result<(), GivenUp> {
        let committed = &self.shared.committed;
        let was_tried = tried.is_some();
        // A state that can't be read is judged where the transaction is executed.
        let outcome = tried
            .flatten()
            .and_then(|tried| judge(committed, tried).ok().flatten());
        let result = match outcome {
            Some(outcome) => {
                account.counts.tried += 1;
                account.luck.hit();
                self.frame.commit(index, outcome)
            }
            None => {
                if was_tried {
                    account.counts.repeated += 1;
                    account.luck.miss();
                } else {
                    account.counts.at_the_head += 1;
                }
                self.frame.execute(index)
            }
        };
        if committed.has_leftovers() {
            return Err(GivenUp::Leftovers);
        }
        result.map_err(GivenUp::Refused)?;
        if self.frame.database().has_failed() {
            let reason = "a read failed and the transaction went on";
            return Err(GivenUp::Refused((Some(index), reason.into())));
        }
        Ok(())
    }
}

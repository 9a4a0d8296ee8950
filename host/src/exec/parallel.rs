//! Optimistic execution: transactions are tried ahead of their turn and committed in block order.
//!
//! Each thread takes the next piece of work (`schedule`): judge and commit the transaction at the head, execute it
//! there if nobody has, or try one further on. A try runs on a `view` of the state as it is at that moment and records
//! what it was shown; when its turn comes, it is committed if all of that is what the state then holds, and the
//! transaction is executed again, at the head, if not (`judge`). So no transaction runs more than twice, the result is
//! the serial one by construction, and one thread alone does what the serial executor does.
//!
//! What keeps tries from failing for nothing:
//! - values are compared, not versions: what was written again with the same value is unchanged;
//! - balances are constraints (`balance`), so that fees, transfers and wrapped ether don't conflict;
//! - the sender's nonce and means are taken for granted, so that a sender's transactions can be tried together;
//! - the view is that of the latest commit, and tries keep close to the head;
//! - a block's access list, if there is one, tells the state before every transaction (`guide`).
//!
//! Gas admission, receipts and everything else that counts in order is done at commit, by the `frame`
//! that the serial executor uses. A block that is refused there, or can't be finished, is executed serially: its verdict
//! is the serial one.
//!
//! - Task decomposition: `schedule` and `worker`. Concurrency control: `view`, `judge`, `balance`.
//! - Load balancing: any free thread takes what is next; see [`Limits`] for how far ahead.

mod balance;
mod committed;
mod guide;
mod idle;
mod instructions;
mod judge;
mod luck;
mod runs;
mod schedule;
mod sync;
mod trial;
mod view;
mod worker;

pub use worker::Counts;

use super::{BlockJob, BlockOutput, ExecError, Executor, StateSource, receipts, serial};
use crate::Engine;
use alloy_hardforks::EthereumHardfork;
use committed::Committed;
use guide::Guide;
use schedule::Schedule;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
    time::Duration,
};
use worker::{GivenUp, Shared};

/// Executes the transactions of a block on the engine's threads.
///
/// Gives what [`Serial`](super::Serial) gives, for every block and state.
#[derive(Debug, Clone)]
pub struct Parallel {
    engine: Engine,
    limits: Limits,
    follows_list: bool,
}

/// How far parallel execution goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Transactions, counted from the head, that may be tried at the same time, for each thread. Few, and threads run out
    /// of work behind a long transaction; many, and tries see a state that is out of date.
    pub window_per_thread: usize,
    /// Gas that the transactions of a run may use: they are tried together, by one thread, since handing one over costs
    /// about as much as a plain transfer. What uses so much takes 20 to 50 µs.
    pub run_gas: u64,
    /// Time without any commit after which a block is given up and executed serially. Far more than the longest
    /// transaction takes.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            window_per_thread: 16,
            run_gas: 336_000,
            stall: Duration::from_secs(10),
        }
    }
}

impl Parallel {
    /// An executor on an engine's threads.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            limits: Limits::default(),
            follows_list: false,
        }
    }

    /// The same with other limits.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same, led by the access lists (EIP-7928) of blocks that have one.
    pub(super) fn following_lists(mut self) -> Self {
        self.follows_list = true;
        self
    }

    /// Executes serially, with what executors of this kind share.
    pub(super) fn serially<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError> {
        serial::execute(job, state, |receipts| {
            receipts::fill_blooms_in_batch(&self.engine, receipts);
        })
    }

    /// Executes a block, and says how its transactions came to be committed; `None` if it was executed serially.
    pub fn execute_counted<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> (Result<BlockOutput, ExecError>, Option<Counts>) {
        // Before EIP-161, empty accounts can exist: balances are more than numbers then. Those blocks are small.
        let is_early = !job.rules.is_active(EthereumHardfork::SpuriousDragon)
            || job.rules.dao_fork_block == Some(job.header.number);
        if is_early {
            return (self.serially(job, state), None);
        }
        match self.together(job, state) {
            Ok((output, counts)) => {
                tracing::debug!(
                    target: "phalanx::exec",
                    block = job.header.number,
                    tried = counts.tried,
                    repeated = counts.repeated,
                    at_the_head = counts.at_the_head,
                    "executed in parallel"
                );
                (Ok(output), Some(counts))
            }
            Err(reason) => {
                let block = job.header.number;
                match &reason {
                    GivenUp::Panicked | GivenUp::Stalled(_) => tracing::error!(
                        target: "phalanx::exec", block, %reason, "executing the block serially"
                    ),
                    GivenUp::Refused(_) | GivenUp::Leftovers => tracing::debug!(
                        target: "phalanx::exec", block, %reason, "executing the block serially"
                    ),
                }
                (self.serially(job, state), None)
            }
        }
    }

    fn together<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<(BlockOutput, Counts), GivenUp> {
        let threads = self.engine.threads();
        let list = job.access_list.filter(|_| self.follows_list);
        let window = match list {
            Some(_) => usize::MAX,
            None => self.limits.window_per_thread.saturating_mul(threads),
        };
        let runs = runs::cut(job.transactions, self.limits.run_gas);
        let helpers = threads.min(runs.len()).saturating_sub(1);
        let shared = Shared {
            job,
            committed: Committed::new(state),
            guide: list.map(Guide::new).unwrap_or_default(),
            schedule: Schedule::new(runs.len(), window, worker::Account::default()),
            runs,
            limits: self.limits,
            given_up: OnceLock::new(),
        };
        let run = || {
            self.engine.install(|| {
                rayon::scope(|scope| {
                    let _stop = StopOnDrop(&shared);
                    shared.run(
                        || (0..helpers).for_each(|_| scope.spawn(|_| shared.help())),
                        |receipts| receipts::fill_blooms_in_batch(&self.engine, receipts),
                    )
                })
            })
        };
        catch_unwind(AssertUnwindSafe(run)).unwrap_or(Err(GivenUp::Panicked))
    }
}

/// Lets the other threads of a block go when the one that finishes it is done, in whatever way.
struct StopOnDrop<'b, 'a, S>(&'b Shared<'a, S>);

impl<S> Drop for StopOnDrop<'_, '_, S> {
    fn drop(&mut self) {
        self.0.schedule.stop();
    }
}

impl Executor for Parallel {
    fn execute<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError> {
        self.execute_counted(job, state).0
    }
}

#[cfg(test)]
mod tests;

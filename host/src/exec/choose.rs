//! Which executor a block gets.

use super::{BlockJob, BlockOutput, ExecError, Executor, Parallel, StateSource};
use crate::{Engine, block::Transaction};
use alloy_consensus::Transaction as _;
use std::{fmt, str::FromStr};

/// Ways to execute blocks. All give the same output for every block; they differ in speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExecutorKind {
    /// By what the block is: led by its access list, in parallel, or serially where that is as fast.
    #[default]
    Auto,
    /// One transaction after the other.
    Serial,
    /// Transactions tried ahead of their turn.
    Parallel,
    /// The same, led by the block's access list (EIP-7928); a block that comes without one is executed serially.
    Bal,
}

impl ExecutorKind {
    /// Every value, in the order in which users are shown them.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Serial, Self::Parallel, Self::Bal];

    /// The name that [`FromStr`] takes and [`Display`](fmt::Display) gives.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Serial => "serial",
            Self::Parallel => "parallel",
            Self::Bal => "bal",
        }
    }
}

impl fmt::Display for ExecutorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ExecutorKind {
    type Err = UnknownExecutor;

    fn from_str(text: &str) -> Result<Self, UnknownExecutor> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownExecutor(text.to_owned()))
    }
}

/// Text that names no executor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no executor is called {0:?}; there are auto, serial, parallel and bal")]
pub struct UnknownExecutor(pub String);

/// Calls from which on a block is worth more than one thread: fewer leave it with the longest of them. Plain transfers
/// count for nothing: a block of hundreds takes 1 to 2 ms, and another thread that is not there at once makes it slower.
const CALLS: usize = 16;
/// Gas that they may use from which on it is: it takes 1 to 2 ms. Waking a thread takes some 50 to 100 µs.
const GAS: u64 = 3_000_000;

/// The executor of a kind, on an engine's threads.
///
/// `Auto` asks for more threads wherever a block is worth them. Only idle ones come: where several blocks are executed at
/// once, each has a thread, and the last ones have all.
#[derive(Debug, Clone)]
pub struct Chosen {
    kind: ExecutorKind,
    threads: usize,
    parallel: Parallel,
}

impl Chosen {
    /// An executor of a kind.
    pub fn new(engine: &Engine, kind: ExecutorKind) -> Self {
        Self {
            kind,
            threads: engine.threads(),
            parallel: Parallel::new(engine).following_lists(),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> ExecutorKind {
        self.kind
    }

    fn pays(&self, job: &BlockJob<'_>) -> bool {
        let calls = || job.transactions.iter().filter(|tx| is_call(tx));
        let gas = calls().map(|tx| tx.gas_limit());
        self.threads > 1 && calls().count() >= CALLS && gas.fold(0, u64::saturating_add) >= GAS
    }
}

/// True for anything but a plain transfer of ether, as far as the transaction tells.
fn is_call(transaction: &Transaction) -> bool {
    !transaction.input().is_empty() || transaction.to().is_none()
}

impl Executor for Chosen {
    fn execute<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError> {
        let has_list = job.access_list.is_some();
        let in_parallel = match self.kind {
            ExecutorKind::Auto => self.pays(job),
            ExecutorKind::Serial => false,
            ExecutorKind::Parallel => true,
            ExecutorKind::Bal => has_list,
        };
        if !in_parallel {
            return self.parallel.serially(job, state);
        }
        let list = job
            .access_list
            .filter(|_| self.kind != ExecutorKind::Parallel);
        let job = BlockJob {
            access_list: list,
            ..*job
        };
        self.parallel.execute(&job, state)
    }
}

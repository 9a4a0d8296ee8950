//! Which executor a block gets.

use super::{BlockJob, BlockOutput, ExecError, Executor, Parallel, StateSource};
use crate::{Engine, block::Transaction, config::ExecutorKind};
use alloy_consensus::Transaction as _;

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

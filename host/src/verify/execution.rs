//! Execution of a block and everything that follows from it: gas, logs bloom, receipts, requests, state.

use crate::{
    Engine,
    block::{Block, Transaction},
    chain::Rules,
    exec::{
        BlockHashes, BlockJob, BlockOutput, ExecError, Executor, Senders, StateSource,
        WithBlockHashes, receipts,
    },
    pipeline,
    trie::{ReadAhead, StateTrie},
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::Transaction as _;
use alloy_eips::Encodable2718;
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::{Address, map::AddressSet};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, Ordering},
    time::Instant,
};
use tracing::trace_span;

/// A block that has passed all that can be judged without its state.
#[derive(Debug, Clone, Copy)]
pub struct Ready<'a> {
    /// The block.
    pub block: &'a Block,
    /// Its rules.
    pub rules: &'a Rules,
    /// Its senders and authorities, known or on their way.
    pub senders: &'a dyn Senders,
}

/// Walking to fewer addresses takes less time than telling another thread to.
const WORTH_READING_AHEAD: usize = 16;

/// The checks that only an execution can answer.
pub const CHECKS: [Check; 6] = [
    Check::Execution,
    Check::GasUsed,
    Check::LogsBloom,
    Check::ReceiptsRoot,
    Check::RequestsHash,
    Check::StateRoot,
];

/// True if nothing is known to be wrong that an execution stands on. A wrong root or hash does not stop it, so that the
/// verdict names every fault.
pub fn is_possible(verdict: &BlockVerdict) -> bool {
    [
        Check::ParentLink,
        Check::HeaderRules,
        Check::Ommers,
        Check::Senders,
    ]
    .into_iter()
    .all(|check| !verdict.outcome(check).is_fault())
}

/// Notes for all of [`CHECKS`] that have no outcome yet why they have none.
pub fn skip(verdict: &mut BlockVerdict, reason: &str) {
    for check in CHECKS {
        verdict.skip(check, reason);
    }
}

/// Executes over a state without proof. The state root is not checkable.
pub fn over_source<E: Executor, S: StateSource>(
    engine: &Engine,
    executor: &E,
    ready: Ready<'_>,
    state: &S,
    verdict: &mut BlockVerdict,
) {
    skip(verdict, "execution failed");
    let Some(output) = execute(executor, ready, state, verdict) else {
        return;
    };
    if ready.rules.receipts_carry_state_root() {
        verdict.skip(
            Check::ReceiptsRoot,
            "receipts before Byzantium hold state roots and the state trie is not at hand",
        );
    } else {
        check_receipts_root(engine, ready, &output, verdict);
    }
    check_output(ready, &output, verdict);
    verdict.skip(Check::StateRoot, "the state trie is not at hand");
}

/// Executes over a state trie. Returns the state after the block if all is right; `world` stays as it is.
pub fn over_trie<E: Executor, W: StateTrie>(
    engine: &Engine,
    executor: &E,
    ready: Ready<'_>,
    world: &W,
    hashes: &dyn BlockHashes,
    verdict: &mut BlockVerdict,
) -> Option<W> {
    skip(verdict, "execution failed");
    if ready.block.ommers.headers().is_none() {
        skip(verdict, "the ommers, which are rewarded, are not at hand");
        return None;
    }
    let likely = likely_reads(ready);
    let reads = world.reads(engine, &likely);
    let state = WithBlockHashes {
        state: &reads,
        hashes,
    };
    let mut output = reading_ahead(engine, &reads, &likely, || {
        execute(executor, ready, &state, verdict)
    })?;

    let span = trace_span!(target: pipeline::TARGET, "state_root").entered();
    let start = Instant::now();
    let mut after = world.clone();
    for (index, step) in output.steps.iter().enumerate() {
        if let Err(error) = after.apply(engine, step) {
            verdict.not_covered(Check::StateRoot, None, error.to_string());
            return None;
        }
        // Before Byzantium each step but the last is a transaction, and its receipt holds the root after it.
        if let Some(receipt) = output.receipts.get_mut(index)
            && ready.rules.receipts_carry_state_root()
        {
            receipts::set_state_root(receipt, after.root());
        }
    }
    let root = after.root();
    verdict.times.state_root += start.elapsed();
    drop(span);

    check_output(ready, &output, verdict);
    check_receipts_root(engine, ready, &output, verdict);
    verdict.compare(Check::StateRoot, &ready.block.header.state_root, &root);
    verdict.is_verified().then_some(after)
}

/// The addresses that a block names, each once, in the order in which it names them.
fn likely_reads(ready: Ready<'_>) -> Vec<Address> {
    let block = ready.block;
    let listed = |tx: &Transaction| {
        let list = tx.access_list().into_iter().flat_map(|list| &list.0);
        list.map(|item| item.address).collect::<Vec<_>>()
    };
    let named = block
        .transactions
        .iter()
        .flat_map(|tx| tx.to().into_iter().chain(listed(tx)));
    let withdrawals = block.withdrawals.iter().flatten();
    let mut seen = AddressSet::default();
    named
        .chain([block.header.beneficiary])
        .chain(withdrawals.map(|withdrawal| withdrawal.address))
        .filter(|address| seen.insert(*address))
        .collect()
}

/// Executes, while another of the engine's threads, if one has nothing better to do, walks to what is likely to be read.
///
/// Nobody depends on that walk. A caller from outside would have to wait for a thread of the pool to take note that it is
/// over, so that it goes without.
pub(super) fn reading_ahead<T>(
    engine: &Engine,
    reads: &impl ReadAhead,
    likely: &[Address],
    execute: impl FnOnce() -> T,
) -> T {
    let alone = engine.threads() == 1 || !engine.is_own_thread();
    if alone || likely.len() < WORTH_READING_AHEAD {
        return execute();
    }
    let executed = AtomicBool::new(false);
    let walk = || {
        // A thread of the pool that has executed meets this work at the end, if no other has.
        let rest = likely
            .iter()
            .take_while(|_| !executed.load(Ordering::Relaxed));
        rest.for_each(|address| reads.read_ahead(*address));
    };
    engine.scope(|scope| {
        scope.spawn(|_| {
            if catch_unwind(AssertUnwindSafe(walk)).is_err() {
                tracing::error!(target: "phalanx::exec", "reading ahead panicked; the block is executed without it");
            }
        });
        let result = execute();
        executed.store(true, Ordering::Relaxed);
        result
    })
}

fn execute<E: Executor, S: StateSource>(
    executor: &E,
    ready: Ready<'_>,
    state: &S,
    verdict: &mut BlockVerdict,
) -> Option<BlockOutput> {
    let block = ready.block;
    let job = BlockJob {
        // Without a trie no reward can be checked, so that unknown ommers may go without theirs.
        ommers: block.ommers.headers().unwrap_or_default(),
        withdrawals: block.withdrawals.as_ref(),
        ..BlockJob::new(
            ready.rules,
            &block.header,
            &block.transactions,
            ready.senders,
        )
    };
    let start = Instant::now();
    let span = trace_span!(target: pipeline::TARGET, "evm", number = job.header.number);
    let result = span.in_scope(|| executor.execute(&job, state));
    verdict.times.execute += start.elapsed();
    match result {
        Ok(output) => {
            verdict.pass(Check::Execution);
            verdict.gas_executed = Some(output.gas_used);
            Some(output)
        }
        Err(ExecError::Invalid {
            transaction,
            reason,
        }) => {
            verdict.fail(
                Check::Execution,
                "a valid block",
                &*reason,
                transaction,
                &*reason,
            );
            None
        }
        Err(ExecError::State {
            transaction,
            reason,
        }) => {
            verdict.not_covered(Check::Execution, transaction, reason);
            None
        }
    }
}

fn check_output(ready: Ready<'_>, output: &BlockOutput, verdict: &mut BlockVerdict) {
    let header = &ready.block.header;
    verdict.compare(Check::GasUsed, &header.gas_used, &output.gas_used);
    let bloom = receipts::logs_bloom(&output.receipts);
    verdict.compare(Check::LogsBloom, &header.logs_bloom, &bloom);
    if ready.rules.is_active(EthereumHardfork::Prague) {
        let got = output.requests.requests_hash();
        match header.requests_hash {
            Some(expected) => {
                verdict.compare(Check::RequestsHash, &expected, &got);
            }
            None => verdict.fail(
                Check::RequestsHash,
                "none",
                got.to_string(),
                None,
                "the header lacks the requests hash",
            ),
        }
    } else {
        verdict.skip(Check::RequestsHash, "the block's fork has no requests");
    }
}

fn check_receipts_root(
    engine: &Engine,
    ready: Ready<'_>,
    output: &BlockOutput,
    verdict: &mut BlockVerdict,
) {
    let start = Instant::now();
    let span = trace_span!(target: pipeline::TARGET, "receipts_root");
    let root = span
        .in_scope(|| engine.ordered_root_with(&output.receipts, |item, out| item.encode_2718(out)));
    verdict.compare(
        Check::ReceiptsRoot,
        &ready.block.header.receipts_root,
        &root,
    );
    verdict.times.body += start.elapsed();
}

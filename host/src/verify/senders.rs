//! Senders and authorities: recovered for many blocks in one batch, judged block by block.

use super::execution;
use crate::{
    Engine,
    block::{Block, Transaction},
    chain::Rules,
    exec::{KnownSenders, Senders},
    senders::{Arriving, Recovered, recover_transactions},
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::Transaction as _;
use alloy_eips::Typed2718;
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::Address;
use std::time::{Duration, Instant};

/// The people of a block, each list as long as the block's transactions.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// Senders.
    pub senders: Vec<Address>,
    /// Authorities of EIP-7702 authorizations, `None` where a signature is not valid.
    pub authorities: Vec<Vec<Option<Address>>>,
}

/// What was recovered of a block's transactions, and the block's share of the batch's time.
#[derive(Debug, Clone, Default)]
pub struct BlockRecovery {
    /// By transaction.
    pub recovered: Vec<Recovered>,
    /// Share of the time.
    pub time: Duration,
    /// True if nothing is recovered yet, and is to be while the block is executed.
    pub later: bool,
}

impl BlockRecovery {
    /// Senders that are recovered while the block is executed: what a block wants that comes alone.
    pub fn later() -> Self {
        Self {
            later: true,
            ..Self::default()
        }
    }

    /// The same with what was left for later.
    pub fn now(self, engine: &Engine, transactions: &[Transaction]) -> Self {
        if !self.later {
            return self;
        }
        let recovered = recover(engine, std::iter::once(transactions));
        recovered.into_iter().next().unwrap_or_default()
    }
}

impl Senders for People {
    fn len(&self) -> usize {
        self.known().len()
    }

    fn sender(&self, index: usize) -> Option<Address> {
        self.known().sender(index)
    }

    fn authorities(&self, index: usize) -> &[Option<Address>] {
        self.authorities.get(index).map_or(&[], Vec::as_slice)
    }
}

impl People {
    fn known(&self) -> KnownSenders<'_> {
        KnownSenders {
            senders: &self.senders,
            authorities: &self.authorities,
        }
    }
}

/// Senders as they are recovered, held against the rules of the block's fork.
#[derive(Debug)]
struct Judged<'a> {
    block: &'a Block,
    rules: &'a Rules,
    arriving: Arriving<'a>,
}

impl Senders for Judged<'_> {
    fn len(&self) -> usize {
        self.block.transactions.len()
    }

    fn sender(&self, index: usize) -> Option<Address> {
        transaction_rules(self.block.transactions.get(index)?, self.rules).ok()?;
        self.arriving.recovered(index)?.sender.ok()
    }

    fn authorities(&self, index: usize) -> &[Option<Address>] {
        self.arriving.authorities(index)
    }
}

/// Executes a block with its senders, recovered before or on the way, if all that execution stands on holds. Notes what is
/// found of the senders either way; no result of an execution with a wrong one remains.
pub fn execute_with<R>(
    engine: &Engine,
    block: &Block,
    rules: &Rules,
    recovery: BlockRecovery,
    verdict: &mut BlockVerdict,
    execute: impl FnOnce(&dyn Senders, &mut BlockVerdict) -> Option<R>,
) -> Option<R> {
    if !recovery.later {
        let people = check(block, rules, recovery, verdict);
        if let Some(people) = people.filter(|_| execution::is_possible(verdict)) {
            return execute(&people, verdict);
        }
        execution::skip(verdict, AN_EARLIER_CHECK_FAILED);
        return None;
    }
    let judged = Judged {
        block,
        rules,
        arriving: Arriving::new(engine, &block.transactions),
    };
    let executed = execution::is_possible(verdict).then(|| {
        let mut executed = verdict.clone();
        let result = execute(&judged, &mut executed);
        (result, executed)
    });
    let start = Instant::now();
    let recovered = BlockRecovery {
        recovered: judged.arriving.into_recovered(),
        time: start.elapsed(),
        later: false,
    };
    let people = check(block, rules, recovered, verdict);
    match (people, executed) {
        (Some(_), Some((result, mut executed))) => {
            executed.pass(Check::Senders);
            executed.times.senders = verdict.times.senders;
            *verdict = executed;
            result
        }
        _ => {
            execution::skip(verdict, AN_EARLIER_CHECK_FAILED);
            None
        }
    }
}

/// Why a block was not executed that is refused without.
pub(super) const AN_EARLIER_CHECK_FAILED: &str = "an earlier check failed";

/// Recovers the senders and authorities of many blocks in one batch. Results by block.
///
/// Signatures are recovered whatever their s, since the fork of a block may not be known before its parent is judged;
/// [`check`] holds them against the fork's rule.
pub fn recover<'a>(
    engine: &Engine,
    blocks: impl Iterator<Item = &'a [Transaction]>,
) -> Vec<BlockRecovery> {
    let start = Instant::now();
    let blocks: Vec<&[Transaction]> = blocks.collect();
    let all: Vec<(&Transaction, bool)> = blocks
        .iter()
        .flat_map(|block| block.iter().map(|tx| (tx, false)))
        .collect();
    let mut results = recover_transactions(engine, &all).into_iter();
    let each = start.elapsed() / u32::try_from(all.len().max(1)).unwrap_or(u32::MAX);
    blocks
        .iter()
        .map(|block| BlockRecovery {
            recovered: results.by_ref().take(block.len()).collect(),
            time: each * u32::try_from(block.len()).unwrap_or(u32::MAX),
            later: false,
        })
        .collect()
}

/// Notes whether every signature is valid under the block's rules; `None` if one is not.
pub fn check(
    block: &Block,
    rules: &Rules,
    recovery: BlockRecovery,
    verdict: &mut BlockVerdict,
) -> Option<People> {
    verdict.times.senders += recovery.time;
    let (expected, got) = (block.transactions.len(), recovery.recovered.len());
    if expected != got {
        let reason = "not every transaction's sender was recovered";
        verdict.fail(
            Check::Senders,
            expected.to_string(),
            got.to_string(),
            None,
            reason,
        );
        return None;
    }
    let mut people = People::default();
    for (index, (transaction, recovered)) in block
        .transactions
        .iter()
        .zip(recovery.recovered)
        .enumerate()
    {
        let sender = transaction_rules(transaction, rules)
            .and_then(|()| recovered.sender.map_err(|error| error.to_string()));
        match sender {
            Ok(sender) => people.senders.push(sender),
            Err(reason) => {
                verdict.fail(
                    Check::Senders,
                    "a valid signature",
                    &*reason,
                    Some(index),
                    &*reason,
                );
                return None;
            }
        }
        people
            .authorities
            .push(recovered.authorities.into_iter().map(Result::ok).collect());
    }
    verdict.pass(Check::Senders);
    Some(people)
}

/// What chain and fork demand of a transaction, whatever the state: of its type, its chain id and its signature besides
/// that it recovers.
fn transaction_rules(transaction: &Transaction, rules: &Rules) -> Result<(), String> {
    let since = match transaction {
        Transaction::Legacy(_) => EthereumHardfork::Frontier,
        Transaction::Eip2930(_) => EthereumHardfork::Berlin,
        Transaction::Eip1559(_) => EthereumHardfork::London,
        Transaction::Eip4844(_) => EthereumHardfork::Cancun,
        Transaction::Eip7702(_) => EthereumHardfork::Prague,
    };
    if !rules.is_active(since) {
        let ty = transaction.ty();
        return Err(format!("type {ty} transactions begin with {since}"));
    }
    if let Some(id) = transaction.chain_id()
        && id != rules.chain_id
    {
        let own = rules.chain_id;
        return Err(format!(
            "signed for chain id {id}, the block's chain has {own}"
        ));
    }
    if rules.requires_low_s() && transaction.signature().normalize_s().is_some() {
        return Err("s is in the upper half (EIP-2)".into());
    }
    if !rules.is_active(EthereumHardfork::SpuriousDragon) && transaction.chain_id().is_some() {
        return Err("a signature with a chain id before Spurious Dragon (EIP-155)".into());
    }
    Ok(())
}

/// Notes whether the senders are those that the block's source names.
pub fn compare_claimed(people: &People, claimed: &[Address], verdict: &mut BlockVerdict) {
    if people.senders.len() != claimed.len() {
        let (expected, got) = (claimed.len().to_string(), people.senders.len().to_string());
        verdict.fail(
            Check::Senders,
            expected,
            got,
            None,
            "another number of senders is claimed",
        );
        return;
    }
    let differing = people
        .senders
        .iter()
        .zip(claimed)
        .position(|(ours, theirs)| ours != theirs);
    if let Some(index) = differing {
        verdict.fail(
            Check::Senders,
            claimed[index].to_string(),
            people.senders[index].to_string(),
            Some(index),
            "another sender is claimed",
        );
    }
}

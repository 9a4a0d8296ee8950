//! Blocks without state: hashes, header rules, roots and senders; receipts where they are given.

use super::{
    body, execution,
    groundwork::Groundwork,
    header::{self, Surroundings},
    senders,
};
use crate::{
    Engine,
    block::Block,
    chain::ChainSpec,
    exec::receipts::Receipt,
    input::ListedBlock,
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::Header;
use alloy_eips::{Decodable2718, Typed2718};
use alloy_primitives::{Bloom, Bytes, logs_bloom};
use std::time::Instant;

const NO_STATE: &str = "no state is given";

/// Verifies a block of a list. `parent` is the header of the readable block before it in the list, where that is its
/// parent.
pub fn judge(
    engine: &Engine,
    spec: &ChainSpec,
    listed: &ListedBlock,
    parent: Option<&Header>,
    groundwork: Groundwork,
) -> BlockVerdict {
    let block = match &listed.block {
        Ok(block) => block,
        Err(error) => return BlockVerdict::undecodable(error),
    };
    let surroundings = Surroundings {
        parent,
        ..Surroundings::alone(spec)
    };
    let (mut verdict, rules) = header::check(&surroundings, block);
    body::check(block, &groundwork.roots, &mut verdict);
    let recovery = groundwork.recovery.now(engine, &block.transactions);
    let people = senders::check(block, &rules, recovery, &mut verdict);
    if let (Some(people), Some(claimed)) = (&people, &listed.senders) {
        senders::compare_claimed(people, claimed, &mut verdict);
    }
    execution::skip(&mut verdict, NO_STATE);
    if let Some(given) = &listed.receipts {
        given_receipts(engine, block, given, &mut verdict);
    }
    verdict
}

/// Holds receipts that come with the block against its header: root, logs bloom and gas used.
pub fn given_receipts(engine: &Engine, block: &Block, given: &[Bytes], verdict: &mut BlockVerdict) {
    let start = Instant::now();
    let root = engine.ordered_root(given);
    verdict.compare(Check::ReceiptsRoot, &block.header.receipts_root, &root);
    let decoded: Result<Vec<Receipt>, _> = given
        .iter()
        .map(|bytes| Receipt::decode_2718_exact(bytes))
        .collect();
    match decoded {
        Ok(receipts) => compare_receipts(block, &receipts, verdict),
        Err(error) => verdict.fail(
            Check::ReceiptsRoot,
            "receipts",
            "other bytes",
            None,
            format!("a receipt can't be decoded: {error}"),
        ),
    }
    verdict.times.body += start.elapsed();
}

/// That the header commits to receipts does not make them receipts of this block's transactions.
fn compare_receipts(block: &Block, receipts: &[Receipt], verdict: &mut BlockVerdict) {
    let types = |ty: u8| format!("type {ty}");
    let (transactions, count) = (block.transactions.len(), receipts.len());
    if transactions != count {
        let (expected, got) = (transactions.to_string(), count.to_string());
        let reason = "another number of receipts than of transactions";
        verdict.fail(Check::ReceiptsRoot, expected, got, None, reason);
    }
    let mut bloom = Bloom::ZERO;
    let mut gas = 0;
    for (index, receipt) in receipts.iter().enumerate() {
        if let Some(transaction) = block.transactions.get(index)
            && transaction.ty() != receipt.ty()
        {
            let (expected, got) = (types(transaction.ty()), types(receipt.ty()));
            let reason = "the receipt is of another type than its transaction";
            verdict.fail(Check::ReceiptsRoot, expected, got, Some(index), reason);
        }
        let own = logs_bloom(receipt.logs());
        if own != *receipt.logs_bloom() {
            let (expected, got) = (own.to_string(), receipt.logs_bloom().to_string());
            let reason = "the receipt's bloom filter is not that of its logs";
            verdict.fail(Check::LogsBloom, expected, got, Some(index), reason);
        }
        bloom |= own;
        let after = receipt.cumulative_gas_used();
        if after <= gas {
            let (expected, got) = (format!("more than {gas}"), after.to_string());
            let reason = "cumulative gas does not rise";
            verdict.fail(Check::GasUsed, expected, got, Some(index), reason);
        }
        gas = after;
    }
    verdict.compare(Check::LogsBloom, &block.header.logs_bloom, &bloom);
    verdict.compare(Check::GasUsed, &block.header.gas_used, &gas);
}

//! Blocks without state: hashes, header rules, roots and senders; receipts where they are given.

use super::{
    body, execution,
    header::{self, Surroundings},
    senders,
};
use crate::{
    Engine,
    chain::ChainSpec,
    exec::receipts::Receipt,
    input::ListedBlock,
    verdict::{BlockVerdict, Check},
};
use alloy_eips::Decodable2718;
use alloy_primitives::{Bloom, Bytes};
use std::time::Instant;

const NO_STATE: &str = "no state is given";

/// Verifies a list of blocks; verdicts in list order. Where one block follows another in the list, it is held
/// against its parent.
pub fn verify(engine: &Engine, spec: &ChainSpec, blocks: &[ListedBlock]) -> Vec<BlockVerdict> {
    let transactions = blocks
        .iter()
        .map(|listed| listed.block.as_ref().map_or(&[][..], |b| &b.transactions));
    let recoveries = senders::recover(engine, transactions);
    let mut previous = None;
    let mut verdicts = Vec::with_capacity(blocks.len());
    for (listed, recovery) in blocks.iter().zip(recoveries) {
        let block = match &listed.block {
            Ok(block) => block,
            Err(error) => {
                verdicts.push(BlockVerdict::undecodable(error));
                continue;
            }
        };
        let parent = previous.filter(|(hash, _)| *hash == block.header.parent_hash);
        let surroundings = Surroundings {
            parent: parent.map(|(_, header)| header),
            ..Surroundings::alone(spec)
        };
        let (mut verdict, rules) = header::check(&surroundings, block);
        body::check(engine, block, &mut verdict);
        let people = senders::check(block, &rules, recovery, &mut verdict);
        if let (Some(people), Some(claimed)) = (&people, &listed.senders) {
            senders::compare_claimed(people, claimed, &mut verdict);
        }
        execution::skip(&mut verdict, NO_STATE);
        if let Some(given) = &listed.receipts {
            given_receipts(engine, block, given, &mut verdict);
        }
        previous = Some((block.hash, &block.header));
        verdicts.push(verdict);
    }
    verdicts
}

/// Holds receipts that come with the block against its header: root, logs bloom and gas used.
pub fn given_receipts(
    engine: &Engine,
    block: &crate::block::Block,
    given: &[Bytes],
    verdict: &mut BlockVerdict,
) {
    let start = Instant::now();
    let root = engine.ordered_root(given);
    verdict.compare(Check::ReceiptsRoot, &block.header.receipts_root, &root);
    let decoded: Result<Vec<Receipt>, _> = given
        .iter()
        .map(|bytes| Receipt::decode_2718_exact(bytes))
        .collect();
    match decoded {
        Ok(receipts) => {
            let bloom = receipts
                .iter()
                .fold(Bloom::ZERO, |all, r| all | *r.logs_bloom());
            verdict.compare(Check::LogsBloom, &block.header.logs_bloom, &bloom);
            let gas = receipts.last().map_or(0, Receipt::cumulative_gas_used);
            verdict.compare(Check::GasUsed, &block.header.gas_used, &gas);
        }
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

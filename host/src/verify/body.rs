//! What the header says of the block's body: roots of transactions and withdrawals, hash of the ommers.

use crate::{
    Engine,
    block::Block,
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::constants::EMPTY_OMMER_ROOT_HASH;
use alloy_eips::Encodable2718;
use alloy_primitives::{B256, keccak256};
use alloy_rlp::Encodable;
use std::time::Instant;

/// Why what needs the ommers' headers can't be checked.
pub(super) const OMMERS_UNKNOWN: &str = "the ommers' headers are not at hand";

/// Notes the transactions root, the withdrawals root and the ommers hash.
pub fn check(engine: &Engine, block: &Block, verdict: &mut BlockVerdict) {
    let start = Instant::now();
    let root = engine.ordered_root_with(&block.transactions, |tx, out| tx.encode_2718(out));
    verdict.compare(
        Check::TransactionsRoot,
        &block.header.transactions_root,
        &root,
    );

    match (&block.header.withdrawals_root, &block.withdrawals) {
        (None, None) => {
            verdict.skip(
                Check::WithdrawalsRoot,
                "the block's fork has no withdrawals",
            );
        }
        (Some(expected), Some(withdrawals)) => {
            let root = engine.ordered_root_with(withdrawals, |item, out| item.encode(out));
            verdict.compare(Check::WithdrawalsRoot, expected, &root);
        }
        (expected, withdrawals) => verdict.fail(
            Check::WithdrawalsRoot,
            expected.map_or_else(|| "none".into(), |root| root.to_string()),
            withdrawals
                .as_ref()
                .map_or("none".into(), |list| format!("{} withdrawals", list.len())),
            None,
            "header and body disagree on whether there are withdrawals",
        ),
    }

    match ommers_hash(block) {
        Some(hash) => {
            verdict.compare(Check::OmmersHash, &block.header.ommers_hash, &hash);
        }
        None if block.header.ommers_hash == EMPTY_OMMER_ROOT_HASH => verdict.fail(
            Check::OmmersHash,
            "no ommers",
            "some",
            None,
            "the source names ommers of a block that has none",
        ),
        None => verdict.skip(Check::OmmersHash, OMMERS_UNKNOWN),
    }
    verdict.times.body += start.elapsed();
}

/// Keccak-256 of the RLP list of ommers; `None` where their headers are not at hand.
fn ommers_hash(block: &Block) -> Option<B256> {
    match block.ommers.headers()? {
        [] => Some(EMPTY_OMMER_ROOT_HASH),
        headers => {
            let mut list = Vec::new();
            alloy_rlp::encode_list(headers, &mut list);
            Some(keccak256(list))
        }
    }
}

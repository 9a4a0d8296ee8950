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
use std::time::{Duration, Instant};

/// Why what needs the ommers' headers can't be checked.
pub(super) const OMMERS_UNKNOWN: &str = "the ommers' headers are not at hand";

/// What a block's body hashes to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Roots {
    /// Root of the transactions trie.
    pub transactions: B256,
    /// Root of the withdrawals trie; `None` where the body has no list of them.
    pub withdrawals: Option<B256>,
    /// Keccak-256 of the RLP list of ommers; `None` where their headers are not at hand.
    pub ommers: Option<B256>,
    /// Time that this took.
    pub time: Duration,
}

impl Roots {
    /// Hashes a body. Needs nothing but the block, so that it may be done long before the block's turn.
    pub fn of(engine: &Engine, block: &Block) -> Self {
        let start = Instant::now();
        let transactions =
            engine.ordered_root_with(&block.transactions, |tx, out| tx.encode_2718(out));
        let withdrawals = block
            .withdrawals
            .as_ref()
            .map(|list| engine.ordered_root_with(list, |item, out| item.encode(out)));
        let ommers = ommers_hash(block);
        Self {
            transactions,
            withdrawals,
            ommers,
            time: start.elapsed(),
        }
    }
}

/// Notes the transactions root, the withdrawals root and the ommers hash. The roots are those of this block.
pub fn check(block: &Block, roots: &Roots, verdict: &mut BlockVerdict) {
    verdict.compare(
        Check::TransactionsRoot,
        &block.header.transactions_root,
        &roots.transactions,
    );

    match (&block.header.withdrawals_root, &roots.withdrawals) {
        (None, None) => {
            verdict.skip(
                Check::WithdrawalsRoot,
                "the block's fork has no withdrawals",
            );
        }
        (Some(expected), Some(root)) => {
            verdict.compare(Check::WithdrawalsRoot, expected, root);
        }
        (expected, _) => verdict.fail(
            Check::WithdrawalsRoot,
            expected.map_or_else(|| "none".into(), |root| root.to_string()),
            block
                .withdrawals
                .as_ref()
                .map_or("none".into(), |list| format!("{} withdrawals", list.len())),
            None,
            "header and body disagree on whether there are withdrawals",
        ),
    }

    match roots.ommers {
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
    verdict.times.body += roots.time;
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

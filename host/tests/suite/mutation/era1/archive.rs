//! Archives: the beginning of mainnet's first, and one made of a generated chain.

use super::super::{ENGINE, chain::Generated};
use super::refit;
use alloy_primitives::{B256, U256};
use alloy_rlp::{Encodable, Header as RlpHeader, PayloadView};
use phalanx::{
    block::Block,
    exec::{BlockHashes, BlockJob, Executor, KnownSenders, Receipt, Serial, WithBlockHashes},
    input::{CaseKind, Era1Block, Era1Case},
    senders::recover_transactions,
};
use std::sync::Arc;

/// The same archive.
pub(super) fn copy(case: &Era1Case) -> Era1Case {
    let blocks = case.blocks.iter().map(|entry| Era1Block {
        header: entry.header.clone(),
        body: entry.body.clone(),
        receipts: entry.receipts.clone(),
        total_difficulty: entry.total_difficulty,
    });
    Era1Case {
        genesis: case.genesis.clone(),
        start: case.start,
        blocks: blocks.collect(),
        ancestors: case.ancestors,
        accumulator: case.accumulator,
    }
}

/// The first blocks of mainnet as an archive of their own, with their genesis.
pub(crate) fn first_era(test: &str, count: usize) -> Option<Era1Case> {
    let era = crate::data::path(test, "full-state/mainnet-00000-5ec1ffb8.era1")?;
    let genesis = crate::data::path(test, "full-state/mainnet-genesis.json.zst")?;
    let mut found = None;
    let _ = phalanx::input::read(
        &[era, genesis],
        &Default::default(),
        &Default::default(),
        &mut |case| {
            if let CaseKind::Era1(case) = case.kind {
                found = Some(*case);
            }
            std::ops::ControlFlow::Continue(())
        },
    );
    let mut case = found.expect("an archive");
    assert!(case.genesis.is_some());
    case.blocks.truncate(count);
    refit(&mut case);
    Some(case)
}

/// A generated chain from its genesis on.
pub(super) fn generated(chain: &Generated) -> Era1Case {
    let genesis = phalanx::block::Block {
        header: chain.genesis_header.clone(),
        hash: B256::ZERO,
        claimed_hash: None,
        transactions: Vec::new(),
        ommers: phalanx::block::Ommers::Headers(Vec::new()),
        withdrawals: Some(Default::default()),
        encoded_length: None,
    };
    let mut blocks = vec![entry(&genesis, &[])];
    for (block, receipts) in chain.blocks.iter().zip(receipts(chain)) {
        blocks.push(entry(block, &receipts));
    }
    let mut case = Era1Case {
        genesis: Some(Arc::new(chain.genesis.clone())),
        start: 0,
        blocks,
        ancestors: 0,
        accumulator: None,
    };
    refit(&mut case);
    case
}

/// The archive from block 1 on, for which no state is at hand.
pub(super) fn without_state(mut case: Era1Case) -> Era1Case {
    case.genesis = None;
    case.start = 1;
    case.blocks.remove(0);
    refit(&mut case);
    case
}

/// Header and rest of a block, apart.
fn entry(block: &Block, receipts: &[Receipt]) -> Era1Block {
    let encoded = block.encode().expect("ommers are at hand");
    let PayloadView::List(parts) = RlpHeader::decode_raw(&mut encoded.as_slice()).expect("RLP")
    else {
        panic!("a block is a list");
    };
    let (header, rest) = (parts[0], parts[1..].concat());
    let mut body = Vec::new();
    let list = RlpHeader {
        list: true,
        payload_length: rest.len(),
    };
    list.encode(&mut body);
    body.extend(rest);
    let mut list = Vec::new();
    receipts.to_vec().encode(&mut list);
    Era1Block {
        header: header.to_vec(),
        body,
        receipts: list,
        total_difficulty: U256::ZERO,
    }
}

struct Hashes<'a>(&'a Generated);

impl BlockHashes for Hashes<'_> {
    fn block_hash(&self, number: u64) -> Option<B256> {
        self.0
            .blocks
            .get(number as usize)
            .map(|child| child.header.parent_hash)
    }
}

/// The receipts of each block, by executing it over the state that the chain's verifier has of its parent.
fn receipts(chain: &Generated) -> Vec<Vec<Receipt>> {
    let verifier = chain.verifier(chain.blocks.len());
    let mut all = Vec::new();
    for block in &chain.blocks {
        let rules = super::super::rules_of(&chain.spec, block);
        let asked: Vec<_> = block.transactions.iter().map(|t| (t, true)).collect();
        let recovered = recover_transactions(&ENGINE, &asked);
        let senders: Vec<_> = recovered
            .iter()
            .map(|one| one.sender.expect("valid"))
            .collect();
        let authorities: Vec<Vec<_>> = recovered
            .into_iter()
            .map(|one| one.authorities.into_iter().map(Result::ok).collect())
            .collect();
        let senders = KnownSenders {
            senders: &senders,
            authorities: &authorities,
        };
        let job = BlockJob {
            withdrawals: block.withdrawals.as_ref(),
            ..BlockJob::new(&rules, &block.header, &block.transactions, &senders)
        };
        let source = WithBlockHashes {
            state: verifier.state(block.header.parent_hash).expect("a state"),
            hashes: &Hashes(chain),
        };
        all.push(
            Serial
                .execute(&job, &source)
                .expect("a valid block")
                .receipts,
        );
    }
    all
}

//! Ommers, in the first blocks of mainnet that have some.

use super::{
    Expect::{self, By, Unseen},
    Subject, Tally,
    chain::import,
    era1, faults, flipped, rules_of,
};
use alloy_consensus::Header;
use alloy_primitives::{B64, U256};
use alloy_rlp::Header as RlpHeader;
use phalanx::{
    block::{Block, Ommers},
    chain::ChainSpec,
    exec::Serial,
    input::Era1Case,
    verdict::Check,
    verify::{chain::ChainVerifier, export::genesis_block},
};
use std::cell::RefCell;

const RULES: Expect = By(&[Check::Ommers]);
/// Ommers are rewarded.
const PAID: Expect = By(&[Check::StateRoot]);

fn block(case: &Era1Case, index: usize) -> Block {
    let entry = &case.blocks[index];
    let mut body = entry.body.as_slice();
    RlpHeader::decode(&mut body).expect("a list");
    let mut rlp = Vec::new();
    let payload_length = entry.header.len() + body.len();
    RlpHeader {
        list: true,
        payload_length,
    }
    .encode(&mut rlp);
    rlp.extend_from_slice(&entry.header);
    rlp.extend_from_slice(body);
    Block::decode(&rlp).expect("a block")
}

/// The block at an index, judged as the successor of those before it.
fn subject(case: &Era1Case, index: usize) -> Subject {
    let spec = ChainSpec::mainnet();
    let genesis = case.genesis.as_ref().expect("mainnet's genesis");
    let (header, state) = genesis_block(&super::ENGINE, genesis, &spec);
    let mut verifier =
        ChainVerifier::from_genesis(&super::ENGINE, Serial, spec.clone(), header, Some(state));
    for before in 1..index {
        let verdict = import(&mut verifier, &block(case, before));
        assert!(verdict.is_verified(), "{before}: {:#?}", faults(&verdict));
    }
    let original = block(case, index);
    let parent = verifier.header(original.header.parent_hash).cloned();
    let verifier = RefCell::new(verifier);
    Subject {
        name: format!("block {index} of mainnet"),
        rules: rules_of(&spec, &original),
        block: original,
        parent,
        next: Some(block(case, index + 1)),
        judge: Box::new(move |block| import(&mut verifier.borrow_mut(), block)),
    }
}

fn run(subject: &Subject, tally: &mut Tally) {
    let Ommers::Headers(ommers) = &subject.block.ommers else {
        panic!("whole headers");
    };
    let mut put = |what: &str, expect, change: &dyn Fn(&mut Vec<Header>)| {
        let mut list = ommers.clone();
        change(&mut list);
        let mut mutant = subject.block.clone();
        mutant.ommers = Ommers::Headers(list);
        subject.expect_both(tally, what, mutant, Check::OmmersHash, expect);
    };
    put("ommer dropped", PAID, &|list| drop(list.pop()));
    put("ommer repeated", RULES, &|list| list.push(list[0].clone()));
    let parent = subject.parent.clone().expect("a parent");
    put("ancestor for an ommer", RULES, &|list| {
        list[0] = parent.clone()
    });
    put("the block's sibling for an ommer", RULES, &|list| {
        list[0] = subject.block.header.clone()
    });
    let mut field = |what: &str, expect, change: &dyn Fn(&mut Header)| {
        put(&format!("ommer's {what}"), expect, &|list| {
            change(&mut list[0])
        });
    };
    field("parent hash", RULES, &|h| {
        h.parent_hash = flipped(h.parent_hash)
    });
    field("ommers hash", Unseen, &|h| {
        h.ommers_hash = flipped(h.ommers_hash)
    });
    field("beneficiary", PAID, &|h| h.beneficiary.0[0] ^= 1);
    field("state root", Unseen, &|h| {
        h.state_root = flipped(h.state_root)
    });
    field("transactions root", Unseen, &|h| {
        h.transactions_root = flipped(h.transactions_root)
    });
    field("receipts root", Unseen, &|h| {
        h.receipts_root = flipped(h.receipts_root)
    });
    field("logs bloom", Unseen, &|h| h.logs_bloom.0[3] ^= 1);
    field("difficulty", RULES, &|h| h.difficulty += U256::ONE);
    field("number", RULES, &|h| h.number -= 1);
    field("gas limit", RULES, &|h| h.gas_limit *= 2);
    field("gas used", RULES, &|h| h.gas_used = h.gas_limit + 1);
    field("timestamp", RULES, &|h| h.timestamp = 0);
    field("extra data", Unseen, &|h| h.extra_data = vec![0xee].into());
    field("extra data too long", RULES, &|h| {
        h.extra_data = vec![0xee; 33].into()
    });
    field("mix hash", Unseen, &|h| h.mix_hash = flipped(h.mix_hash));
    field("nonce", Unseen, &|h| {
        h.nonce = B64::from(u64::from(h.nonce) ^ 1)
    });
    field("base fee", RULES, &|h| h.base_fee_per_gas = Some(7));
}

#[test]
fn of_the_first_era() {
    let test = "ommers of mainnet";
    let Some(case) = era1::first_blocks(test, 120) else {
        return;
    };
    let mut tally = Tally::new(test);
    let with_ommers = |index: &usize| !block(&case, *index).ommers.is_empty();
    let indices: Vec<usize> = (1..case.blocks.len() - 1)
        .filter(with_ommers)
        .take(4)
        .collect();
    assert!(!indices.is_empty());
    for index in indices {
        run(&subject(&case, index), &mut tally);
    }
    tally.print();
}

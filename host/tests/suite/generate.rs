//! Generated chains.

mod replay;

use alloy_consensus::{Transaction as _, TxReceipt};
use alloy_eips::{eip7685::EMPTY_REQUESTS_HASH, eip7825::MAX_TX_GAS_LIMIT_OSAKA};
use alloy_primitives::{B256, b256};
use phalanx::{
    Backend, Engine,
    block::{Block, Transaction},
    chain::ChainSpec,
    generate::{self, GenerateError, Plan},
};
use replay::{Replayed, replay};
use std::collections::BTreeSet;

/// Hash of the last block of the default plan. It changes with whatever the generator does differently: on purpose, as
/// everything that was measured or shown with the default chain then no longer compares.
const LAST_OF_DEFAULT: B256 =
    b256!("10e9fe41d53aaa1bd23ded22a19b0ca3ace2d65097d1ec9e52ede482078a59be");

fn engine(threads: usize) -> Engine {
    let builder = Engine::builder().backend(Backend::Portable);
    builder.threads(threads).build().unwrap()
}

fn verified(plan: Plan) -> Vec<Replayed> {
    let engine = engine(2);
    let (genesis, blocks) = plan.build(&engine).unwrap();
    let replayed = replay(&engine, &serde_json::to_string(&genesis).unwrap(), &blocks);
    assert_eq!(replayed.len() as u64, plan.blocks);
    for one in &replayed {
        assert_eq!(one.block.transactions.len() as u64, plan.transactions);
    }
    replayed
}

#[test]
fn same_plan_same_bytes() {
    let plan = Plan::default();
    let build = |plan: Plan, threads| {
        let (genesis, blocks) = plan.build(&engine(threads)).unwrap();
        (serde_json::to_string(&genesis).unwrap(), blocks)
    };
    let (genesis, blocks) = build(plan, 1);
    assert!(build(plan, 2) == (genesis.clone(), blocks.clone()));
    let last = Block::decode(blocks.last().unwrap()).unwrap();
    assert_eq!(last.hash, LAST_OF_DEFAULT);

    let (other_genesis, other_blocks) = build(Plan { seed: 2, ..plan }, 2);
    assert!(other_genesis != genesis);
    for (one, other) in blocks.iter().zip(&other_blocks) {
        assert_ne!(one, other);
    }
}

#[test]
fn default_chain_has_everything() {
    let replayed = verified(Plan::default());
    let transactions = || replayed.iter().flat_map(|one| &one.block.transactions);
    let receipts = || replayed.iter().flat_map(|one| &one.output.receipts);

    let mut types = BTreeSet::new();
    for transaction in transactions() {
        let with_chain_id = transaction.chain_id().is_some();
        types.insert((u8::from(transaction.tx_type()), with_chain_id));
        assert!(transaction.gas_limit() <= MAX_TX_GAS_LIMIT_OSAKA);
        if let Transaction::Eip4844(signed) = transaction {
            assert!((1..=6).contains(&signed.tx().blob_versioned_hashes.len()));
        }
    }
    let expected = [
        (0, false),
        (0, true),
        (1, true),
        (2, true),
        (3, true),
        (4, true),
    ];
    assert_eq!(types, BTreeSet::from(expected));

    let topics: BTreeSet<usize> = receipts()
        .flat_map(TxReceipt::logs)
        .map(|log| log.topics().len())
        .collect();
    assert_eq!(topics, (0..=4).collect());
    let failed = receipts().filter(|receipt| !receipt.status()).count();
    assert!((50..500).contains(&failed), "{failed}");
    assert!(replayed.iter().any(|one| one.removed > 0));

    let mut requests = BTreeSet::new();
    for one in &replayed {
        requests.extend(one.output.requests.iter().map(|request| request[0]));
    }
    assert_eq!(requests, BTreeSet::from([0, 1, 2]));
    let headers = || replayed.iter().map(|one| &one.block.header);
    assert!(headers().any(|header| header.requests_hash != Some(EMPTY_REQUESTS_HASH)));
    let withdrawals = replayed.iter().flat_map(|one| &one.block.withdrawals);
    let withdrawals: Vec<_> = withdrawals.flat_map(|list| list.iter()).collect();
    assert!(withdrawals.len() > 5);
    assert!(
        withdrawals
            .iter()
            .zip(0..)
            .all(|(one, index)| one.index == index)
    );
    let coinbases: BTreeSet<_> = headers().map(|header| header.beneficiary).collect();
    assert!(coinbases.len() >= 4, "{coinbases:?}");
    assert!(headers().any(|header| header.excess_blob_gas > Some(0)));
    let fees: Vec<_> = headers().map(|header| header.base_fee_per_gas).collect();
    assert!(fees.windows(2).any(|pair| pair[1] > pair[0]), "{fees:?}");
}

#[test]
fn other_sizes_are_valid_too() {
    for (seed, blocks, transactions) in [(3, 0, 300), (4, 3, 0), (5, 300, 1), (6, 2, 2500)] {
        verified(Plan {
            seed,
            blocks,
            transactions,
        });
    }
}

#[test]
fn genesis_is_that_of_the_development_chain() {
    let plan = Plan {
        blocks: 0,
        ..Plan::default()
    };
    let (genesis, _) = plan.build(&engine(1)).unwrap();
    let written = serde_json::to_string(&genesis).unwrap();
    let read = serde_json::from_str(&written).unwrap();
    let chain = ChainSpec::from_genesis(&read).unwrap();
    assert_eq!(chain, ChainSpec::from_genesis(&genesis).unwrap());
    for timestamp in [0, genesis.timestamp, u64::MAX] {
        let rules = chain.rules_at(1, timestamp, None);
        assert_eq!(rules, ChainSpec::dev().rules_at(1, timestamp, None));
    }
}

#[test]
fn blocks_beyond_the_longest_are_refused() {
    let build = |transactions| {
        let plan = Plan {
            seed: 1,
            blocks: 1,
            transactions,
        };
        plan.build(&engine(2)).map(|_| ())
    };
    let asked = u64::MAX;
    assert!(matches!(
        build(asked),
        Err(GenerateError::TooManyTransactions { asked: named }) if named == asked
    ));
    let error = build(80_000).unwrap_err();
    assert!(
        matches!(error, GenerateError::BlockTooLong { number: 1, .. }),
        "{error}"
    );
}

#[test]
fn files_hold_what_was_built() {
    let plan = Plan {
        seed: 7,
        blocks: 3,
        transactions: 20,
    };
    let engine = engine(1);
    let (genesis, blocks) = plan.build(&engine).unwrap();
    let path = std::env::temp_dir().join(format!("phalanx-generate-{}.rlp", std::process::id()));
    let mut seen = 0;
    generate::write(&plan, &engine, &path, || seen += 1).unwrap();
    let genesis_path = generate::genesis_path(&path);
    assert!(std::fs::read(&path).unwrap() == blocks.concat());
    let json = std::fs::read(&genesis_path).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert!(json == serde_json::to_value(&genesis).unwrap());
    assert_eq!(seen, plan.blocks);
    std::fs::remove_file(&path).unwrap();
    std::fs::remove_file(&genesis_path).unwrap();

    let nowhere = path.join("missing").join("chain.rlp");
    let error = generate::write(&plan, &engine, &nowhere, || ()).unwrap_err();
    assert!(matches!(error, GenerateError::Write { .. }), "{error}");
}

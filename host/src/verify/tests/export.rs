//! Whole chains, with a genesis and without.

use super::*;
use crate::{
    input::{Case, CaseKind, ChainCase},
    verify::{
        case::{self, Options},
        report::CaseReport,
    },
};
use std::sync::Arc;

fn run(maker: &Maker, genesis: Option<Genesis>, blocks: Vec<Bytes>) -> CaseReport {
    let case = ChainCase {
        genesis: genesis.map(Arc::new),
        blocks,
    };
    let options = Options {
        chain: Some(maker.spec.clone()),
        ..Options::default()
    };
    let case = Case {
        input: "chain".into(),
        kind: CaseKind::Chain(Box::new(case)),
    };
    case::run(&maker.engine, &Serial, &options, case)
}

fn verdicts(report: &CaseReport) -> Vec<&BlockVerdict> {
    report.blocks.iter().map(|block| &block.verdict).collect()
}

fn three(maker: &Maker) -> Vec<Made> {
    let mut chain = vec![maker.root.clone()];
    for seed in 1..4 {
        let made = maker.child(&chain[chain.len() - 1], 15, seed);
        chain.push(made);
    }
    chain
}

#[test]
fn the_genesis_block_is_compared() {
    let genesis = genesis(&[(Address::ZERO, GenesisAccount::default())]);
    let maker = Maker::new("Homestead", &genesis);
    let chain: Vec<Bytes> = three(&maker).iter().map(Made::rlp).collect();
    let report = run(&maker, Some(genesis.clone()), chain.clone());
    for verdict in verdicts(&report) {
        assert_eq!(failed(verdict), []);
        assert!(passed(verdict, Check::StateRoot));
    }
    let first = verdicts(&report)[0];
    assert!(passed(first, Check::BlockHash) && !passed(first, Check::Execution));

    let mut other = genesis.clone();
    other.extra_data = Bytes::from_static(b"other");
    let report = run(&maker, Some(other), chain.clone());
    let verdicts_of = verdicts(&report);
    assert_eq!(failed(verdicts_of[0]), [Check::BlockHash]);
    assert_eq!(failed(verdicts_of[1]), [Check::ParentLink]);

    let mut richer = genesis;
    let rich = GenesisAccount::default().with_balance(U256::ONE);
    richer.alloc.insert(Address::ZERO, rich);
    let report = run(&maker, Some(richer), chain);
    let faults = failed(verdicts(&report)[0]);
    assert_eq!(faults, [Check::BlockHash, Check::StateRoot]);
}

#[test]
fn without_a_genesis_headers_alone_are_linked() {
    let maker = Maker::new("Homestead", &genesis(&[]));
    let chain: Vec<Bytes> = three(&maker)[1..].iter().map(Made::rlp).collect();
    let report = run(&maker, None, chain);
    let verdicts = verdicts(&report);
    let links: Vec<bool> = verdicts
        .iter()
        .map(|verdict| passed(verdict, Check::ParentLink))
        .collect();
    assert_eq!(links, [false, true, true]);
    for verdict in verdicts {
        assert_eq!(failed(verdict), []);
        assert_eq!(reason(verdict, Check::StateRoot), "no state is given");
        assert_eq!(reason(verdict, Check::Execution), "no state is given");
    }
}

#[test]
fn bytes_that_are_no_block_keep_their_place() {
    let genesis = genesis(&[]);
    let maker = Maker::new("Homestead", &genesis);
    let mut chain: Vec<Bytes> = three(&maker)[1..].iter().map(Made::rlp).collect();
    chain.insert(1, Bytes::from_static(&[0xc0]));
    let report = run(&maker, Some(genesis), chain);
    let failures: Vec<_> = verdicts(&report).into_iter().map(failed).collect();
    assert_eq!(failures, [vec![], vec![Check::Decoding], vec![], vec![]]);
    assert_eq!(verdicts(&report)[1].number, None);
}

//! Chains with branches.

use super::*;
use crate::verify::chain::ChainVerifier;

type Verifier = ChainVerifier<Serial>;

fn start(maker: &Maker) -> Verifier {
    ChainVerifier::from_genesis(
        &maker.engine,
        Serial,
        maker.spec.clone(),
        maker.root.header().clone(),
        Some(maker.root.state.clone()),
    )
}

fn groundwork(maker: &Maker, made: &Made) -> Groundwork {
    Groundwork::of(&maker.engine, &made.block)
}

fn import(maker: &Maker, verifier: &mut Verifier, block: &Block) -> BlockVerdict {
    verifier.import(block, Groundwork::of(&maker.engine, block), None, None)
}

/// Imports a block that must be right, state root and all.
fn accept(maker: &Maker, verifier: &mut Verifier, made: &Made) {
    let verdict = import(maker, verifier, &made.block);
    assert_eq!(failed(&verdict), [], "{verdict:?}");
    assert!(passed(&verdict, Check::StateRoot), "{verdict:?}");
    assert_eq!(verifier.header(made.block.hash), Some(made.header()));
}

#[test]
fn before_the_merge_the_heaviest_branch_leads() {
    let maker = Maker::new("Homestead", &genesis(&[]));
    let mut verifier = start(&maker);
    assert_eq!(verifier.head(), Some(maker.root.block.hash));
    // Quick blocks are harder.
    let slow = maker.child(&maker.root, 100, 1);
    let quick = maker.child(&maker.root, 5, 2);
    accept(&maker, &mut verifier, &slow);
    assert_eq!(verifier.head(), Some(slow.block.hash));
    accept(&maker, &mut verifier, &quick);
    assert_eq!(
        verifier.head(),
        Some(quick.block.hash),
        "heavier at the same height"
    );
    let rival = maker.child(&maker.root, 5, 3);
    accept(&maker, &mut verifier, &rival);
    assert_eq!(
        verifier.head(),
        Some(quick.block.hash),
        "the first of two that weigh the same"
    );
    let second = maker.child(&slow, 100, 4);
    accept(&maker, &mut verifier, &second);
    assert_eq!(
        verifier.head(),
        Some(second.block.hash),
        "the longer side chain weighs more"
    );
    let expected = [maker.root.header(), slow.header(), second.header()]
        .into_iter()
        .map(|header| header.difficulty)
        .sum::<U256>();
    assert_eq!(verifier.total_difficulty(second.block.hash), Some(expected));
    let state = verifier.state(second.block.hash).unwrap();
    assert_eq!(state.root(), second.header().state_root);
}

#[test]
fn after_the_merge_the_last_block_leads() {
    let maker = Maker::new("Paris", &genesis(&[]));
    let mut verifier = start(&maker);
    let first = maker.child(&maker.root, 12, 1);
    let second = maker.child(&first, 12, 2);
    let side = maker.child(&maker.root, 12, 3);
    for made in [&first, &second, &side] {
        accept(&maker, &mut verifier, made);
        assert_eq!(verifier.head(), Some(made.block.hash));
    }
}

#[test]
fn nothing_stands_on_a_refused_block() {
    let maker = Maker::new("Homestead", &genesis(&[]));
    let mut verifier = start(&maker);
    let good = maker.child(&maker.root, 15, 1);
    let bad = changed(&good.block, |header| header.state_root = B256::ZERO);
    let verdict = import(&maker, &mut verifier, &bad);
    assert_eq!(failed(&verdict), [Check::StateRoot]);
    assert_eq!(verifier.head(), Some(maker.root.block.hash));
    assert_eq!(verifier.header(bad.hash), None);

    let on_bad = Made {
        block: bad,
        ..good.clone()
    };
    let orphan = maker.child(&on_bad, 15, 2);
    let verdict = import(&maker, &mut verifier, &orphan.block);
    assert_eq!(failed(&verdict), [Check::ParentLink]);
    assert_eq!(
        reason(&verdict, Check::StateRoot),
        "an earlier check failed"
    );

    accept(&maker, &mut verifier, &good);
    accept(&maker, &mut verifier, &maker.child(&good, 15, 3));
}

#[test]
fn a_block_may_come_twice() {
    let maker = Maker::new("Homestead", &genesis(&[]));
    let mut verifier = start(&maker);
    let first = maker.child(&maker.root, 15, 1);
    let second = maker.child(&first, 15, 2);
    for made in [&first, &second, &first, &first] {
        accept(&maker, &mut verifier, made);
    }
    assert_eq!(verifier.head(), Some(second.block.hash));
}

#[test]
fn ommers_are_held_against_their_branch() {
    let maker = Maker::new("Homestead", &genesis(&[]));
    let mut verifier = start(&maker);
    let first = maker.child(&maker.root, 15, 1);
    let ommer = maker.child(&maker.root, 16, 2).block.header;
    accept(&maker, &mut verifier, &first);
    let with = maker.child_with(&first, 15, 3, vec![ommer.clone()]);
    accept(&maker, &mut verifier, &with);
    let again = maker.child_with(&with, 15, 4, vec![ommer.clone()]);
    let verdict = import(&maker, &mut verifier, &again.block);
    assert_eq!(failed(&verdict), [Check::Ommers], "once is enough");
    // The same on a branch of its own, which has not got it yet.
    let other = maker.child(&first, 15, 5);
    accept(&maker, &mut verifier, &other);
    let there = maker.child_with(&other, 15, 6, vec![ommer]);
    accept(&maker, &mut verifier, &there);
}

#[test]
fn states_are_kept_for_a_while_and_headers_longer() {
    let maker = Maker::new("Paris", &genesis(&[]));
    let mut verifier = start(&maker);
    let mut chain = vec![maker.root.clone()];
    for seed in 0..1030u64 {
        let made = maker.child(chain.last().unwrap(), 12, seed as u8);
        accept(&maker, &mut verifier, &made);
        chain.push(made);
    }
    let last = chain.len() - 1;
    let has_state = |made: &Made| verifier.state(made.block.hash).is_some();
    assert_eq!(chain.iter().filter(|made| has_state(made)).count(), 256);
    assert!(chain[last - 255..].iter().all(has_state));
    let known = chain
        .iter()
        .filter(|made| verifier.header(made.block.hash).is_some());
    assert_eq!(known.count(), 1024);

    // A branch off an older block can't be executed, and is not accepted for that.
    let late = maker.child(&chain[last - 256], 13, 200);
    let verdict = import(&maker, &mut verifier, &late.block);
    assert_eq!(failed(&verdict), [Check::Execution]);
    assert!(!verdict.is_verified());
    assert!(passed(&verdict, Check::HeaderRules));
    assert!(verifier.header(late.block.hash).is_none());
    // One off a forgotten block has no parent.
    let lost = maker.child(&chain[2], 13, 201);
    let verdict = import(&maker, &mut verifier, &lost.block);
    assert_eq!(failed(&verdict), [Check::ParentLink]);
}

#[test]
fn an_unanchored_chain_takes_its_first_block() {
    let maker = Maker::new("Homestead", &genesis(&[]));
    let first = maker.child(&maker.root, 15, 1);
    let second = maker.child(&first, 15, 2);
    let mut verifier = ChainVerifier::unanchored(&maker.engine, Serial, maker.spec.clone());
    assert_eq!(verifier.head(), None);
    let told = Some(U256::from(1000));
    let verdict = verifier.import(&first.block, groundwork(&maker, &first), None, told);
    assert_eq!(failed(&verdict), []);
    assert!(!passed(&verdict, Check::ParentLink) && !passed(&verdict, Check::StateRoot));
    assert_eq!(verifier.total_difficulty(first.block.hash), told);

    let verdict = verifier.import(&second.block, groundwork(&maker, &second), None, None);
    assert!(passed(&verdict, Check::ParentLink) && passed(&verdict, Check::HeaderRules));
    assert!(!passed(&verdict, Check::StateRoot));
    let total = U256::from(1000) + second.header().difficulty;
    assert_eq!(verifier.total_difficulty(second.block.hash), Some(total));

    // Only the first: a block from elsewhere has no parent here.
    let verdict = import(
        &maker,
        &mut verifier,
        &maker.child(&maker.root, 16, 3).block,
    );
    assert_eq!(failed(&verdict), [Check::ParentLink]);
}

#[test]
fn given_receipts_are_compared() {
    let maker = Maker::new("Homestead", &genesis(&[]));
    let mut verifier = start(&maker);
    let first = maker.child(&maker.root, 15, 1);
    let wrong = [Bytes::from_static(&[0x01])];
    let groundwork = groundwork(&maker, &first);
    let verdict = verifier.import(&first.block, groundwork.clone(), Some(&wrong), None);
    assert_eq!(failed(&verdict), [Check::ReceiptsRoot]);
    assert_eq!(verifier.header(first.block.hash), None);
    let verdict = verifier.import(&first.block, groundwork, Some(&[]), None);
    assert_eq!(failed(&verdict), []);
}

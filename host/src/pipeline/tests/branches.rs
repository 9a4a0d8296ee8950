//! Chains with branches.

use super::{
    blocks::{CHAIN, changed, next},
    *,
};
use crate::{block::Block, exec::Serial, verdict::Check};
use alloy_primitives::{B256, Bytes};

/// States that a chain keeps.
const KEPT: u16 = 256;

fn hash_of(rlp: &[u8]) -> B256 {
    Block::decode(rlp).unwrap().hash
}

/// So many children of the anchor that its state is kept no longer. A further one can't be executed, and is refused for
/// that as is what stands on it; the others are as good as before.
#[test]
fn siblings_that_push_out_the_state_of_their_parent() {
    let sibling = |number: u16| {
        let extra = Bytes::copy_from_slice(&number.to_be_bytes());
        changed(&CHAIN.blocks[0], |header| header.extra_data = extra)
    };
    let mut blocks: Vec<Bytes> = (1..KEPT).map(sibling).collect();
    blocks.insert(100, CHAIN.blocks[0].clone());
    let one_too_many = sibling(KEPT);
    let lost = hash_of(&one_too_many);
    let on_it = changed(&CHAIN.blocks[1], |header| header.parent_hash = lost);
    let goes_on = CHAIN.blocks[1].clone();
    blocks.extend([one_too_many, on_it, goes_on]);
    for (threads, mode) in [
        (1, Mode::Throughput),
        (3, Mode::Throughput),
        (2, Mode::Latency),
    ] {
        let pipeline = CHAIN.pipeline(threads, mode, Serial);
        let mut verdicts = pipeline.run(blocks.clone().into_iter().map(next));
        for (index, verdict) in verdicts.by_ref().enumerate() {
            let verdict = verdict.unwrap();
            let faults = verdict.outcomes().filter(|(_, outcome)| outcome.is_fault());
            let faults: Vec<Check> = faults.map(|(check, _)| check).collect();
            let expected = match index.checked_sub(blocks.len() - 3) {
                Some(0) => vec![Check::Execution],
                Some(1) => vec![Check::ParentLink],
                _ => Vec::new(),
            };
            assert_eq!(faults, expected, "{index}: {verdict:?}");
            assert_eq!(verdict.is_verified(), expected.is_empty(), "{index}");
        }
        let chain = verdicts.stop().chain;
        assert_eq!(chain.head(), blocks.last().map(|rlp| hash_of(rlp)));
        assert!(chain.header(lost).is_none());
    }
}

/// A chain that knows no block takes the first as it is. If that is false, nothing is taken in its place.
#[test]
fn a_false_anchor_is_none() {
    let false_one = changed(&CHAIN.blocks[4], |header| {
        header.transactions_root.0[0] ^= 1
    });
    let child = changed(&CHAIN.blocks[5], |header| {
        header.parent_hash = hash_of(&false_one)
    });
    let blocks = [false_one, child, CHAIN.blocks[4].clone()];
    for (threads, mode) in [
        (1, Mode::Throughput),
        (3, Mode::Throughput),
        (2, Mode::Latency),
    ] {
        let engine = engine(threads);
        let options = Options::new(mode, &engine);
        let pipeline = crate::pipeline::Pipeline::new(&engine, Serial, CHAIN.spec.clone(), options);
        let mut verdicts = pipeline.run(blocks.clone().into_iter().map(next));
        for (index, verdict) in verdicts.by_ref().enumerate() {
            let verdict = verdict.unwrap();
            let check = [
                Check::TransactionsRoot,
                Check::ParentLink,
                Check::ParentLink,
            ][index];
            assert!(verdict.outcome(check).is_fault(), "{index}: {verdict:?}");
        }
        assert_eq!(verdicts.stop().chain.head(), None);
    }
}

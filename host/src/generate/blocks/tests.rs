use super::*;
use crate::{
    Backend,
    generate::{
        contracts::{address, mapping_slot},
        genesis::TOKENS,
        mix::{Deck, Kind, WEIGHTS},
    },
};
use alloy_primitives::U256;

const BLOCKS: usize = 5;
const TRANSACTIONS: u64 = 40;

fn engine() -> Engine {
    let builder = Engine::builder().backend(Backend::Portable);
    builder.threads(1).build().unwrap()
}

/// Blocks whose transactions all are of one kind.
fn of_kind(kind: Kind) -> (Blocks, Vec<(Block, BlockOutput)>) {
    let plan = Plan {
        seed: 9,
        blocks: BLOCKS as u64,
        transactions: TRANSACTIONS,
    };
    let mut blocks = Blocks::new(&plan, &engine()).unwrap().1;
    blocks.workload.deck = Deck::of(kind, BLOCKS * TRANSACTIONS as usize);
    let made = (0..BLOCKS)
        .map(|_| {
            let (encoded, output) = blocks.make().unwrap();
            (Block::decode(&encoded).unwrap(), output)
        })
        .collect();
    (blocks, made)
}

fn successes(made: &[(Block, BlockOutput)]) -> usize {
    let receipts = made.iter().flat_map(|(_, output)| &output.receipts);
    receipts.filter(|receipt| receipt.is_success()).count()
}

#[test]
fn each_kind_fails_where_it_is_meant_to() {
    let all = BLOCKS * TRANSACTIONS as usize;
    for (kind, _) in WEIGHTS {
        let expected = match kind {
            Kind::Revert | Kind::OutOfGas | Kind::Burn => 0..=0,
            Kind::Token => all * 7 / 10..=all - 1,
            Kind::Create => all / 2..=all - 1,
            Kind::Factory => all * 7 / 10..=all - 1,
            // By direct calls of precompiles that refuse their input, and of the contract of EIP-2935.
            Kind::Probe => all * 7 / 10..=all,
            // Requests beyond what a block takes are dearer than what is paid for some.
            Kind::Withdrawal | Kind::Consolidation => 1..=all,
            _ => all..=all,
        };
        let successes = successes(&of_kind(kind).1);
        println!("{kind:?} {successes} of {all}");
        assert!(expected.contains(&successes), "{kind:?}: {successes}");
    }
}

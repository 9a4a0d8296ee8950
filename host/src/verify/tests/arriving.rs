//! Senders that are recovered while the block is executed: the verdict is that of senders recovered before.

use crate::{
    Engine,
    block::{Block, Transaction},
    chain::ChainSpec,
    exec::{Chosen, ExecutorKind},
    generate::Plan,
    verdict::{BlockVerdict, Check},
    verify::{
        chain::ChainVerifier, export::genesis_block, groundwork::Groundwork, senders::BlockRecovery,
    },
};
use alloy_consensus::{Signed, TxLegacy};
use alloy_primitives::{B256, Signature, U256};

/// A verdict without its times.
fn judge(
    engine: &Engine,
    kind: ExecutorKind,
    change: impl Fn(&mut Block),
    later: bool,
) -> BlockVerdict {
    let plan = Plan {
        blocks: 1,
        ..Plan::default()
    };
    let (genesis, blocks) = plan.build(engine).unwrap();
    let spec = ChainSpec::from_genesis(&genesis).unwrap();
    let (header, state) = genesis_block(engine, &genesis, &spec);
    let executor = Chosen::new(engine, kind);
    let mut chain = ChainVerifier::from_genesis(engine, executor, spec, header, Some(state));
    let mut block = Block::decode(&blocks[0]).unwrap();
    change(&mut block);
    let mut groundwork = Groundwork::of(engine, &block);
    if later {
        groundwork.recovery = BlockRecovery::later();
    }
    let mut verdict = chain.import(&block, groundwork, None, None);
    verdict.times = Default::default();
    verdict
}

fn unsigned(index: usize) -> impl Fn(&mut Block) {
    move |block| {
        let signature = Signature::new(U256::ZERO, U256::from(1), false);
        let signed = Signed::new_unchecked(TxLegacy::default(), signature, B256::ZERO);
        block.transactions[index] = Transaction::Legacy(signed);
    }
}

fn of_another_chain(block: &mut Block) {
    let transaction = TxLegacy {
        chain_id: Some(77),
        ..TxLegacy::default()
    };
    let signature = Signature::test_signature();
    let signed = Signed::new_unchecked(transaction, signature, B256::ZERO);
    block.transactions[5] = Transaction::Legacy(signed);
}

#[test]
fn verdicts_are_those_of_senders_known_before() {
    let engine = Engine::builder().threads(2).build().unwrap();
    for kind in ExecutorKind::ALL {
        let same = |name: &str, change: &dyn Fn(&mut Block), fails: bool| {
            let before = judge(&engine, kind, change, false);
            let after = judge(&engine, kind, change, true);
            assert_eq!(before, after, "{kind}: {name}");
            assert_eq!(after.outcome(Check::Senders).is_fault(), fails, "{name}");
            assert_eq!(after.is_verified(), name == "valid");
        };
        same("valid", &|_| (), false);
        same("first unsigned", &unsigned(0), true);
        same("last unsigned", &unsigned(299), true);
        same("of another chain", &of_another_chain, true);
        // The senders are right, and execution says what is wrong.
        same(
            "too little gas",
            &|block| block.header.gas_limit = 1_000_000,
            false,
        );
    }
}

//! Rivals on real blocks.

use super::{
    best_practice::{self, witness},
    keccak_asm, two_threads,
};
use crate::workloads::whole::{PreStateBlock, pre_states, witnesses};
use alloy_primitives::{B256, Bloom};
use revm::database_interface::WrapDatabaseRef;

fn verify_as(block: &PreStateBlock, raw: &[u8]) -> Result<u64, String> {
    let state = WrapDatabaseRef(&block.state);
    let pool = two_threads();
    best_practice::verify(&pool, &block.chain(), raw, block.ommers.as_ref(), state)
}

#[test]
fn mainnet_blocks_are_right() {
    for block in pre_states().unwrap_or_default() {
        let gas = verify_as(&block, &block.raw);
        assert_eq!(gas, Ok(block.block.header.gas_used), "{}", block.name());
    }
}

/// A rival that looks at less would be faster.
#[test]
fn everything_false_is_seen() {
    let blocks = pre_states().unwrap_or_default();
    let withdrawing = |block: &&PreStateBlock| block.block.withdrawals.is_some();
    if let Some(block) = blocks.iter().find(withdrawing) {
        let falsified = |change: fn(&mut best_practice::WireBlock)| {
            let mut wire = best_practice::decode(&block.raw).expect("a mainnet block");
            change(&mut wire);
            let fault = verify_as(block, &alloy_rlp::encode(wire));
            fault.expect_err("something is false")
        };
        let faults = [
            falsified(|wire| wire.header.transactions_root.0[0] ^= 1),
            falsified(|wire| drop(wire.body.transactions.pop())),
            falsified(|wire| wire.header.withdrawals_root = Some(B256::ZERO)),
            falsified(|wire| wire.header.ommers_hash = B256::ZERO),
            falsified(|wire| wire.header.gas_used += 1),
            falsified(|wire| wire.header.receipts_root.0[0] ^= 1),
            falsified(|wire| wire.header.logs_bloom = Bloom::ZERO),
        ];
        let names = [
            "trans", "trans", "withd", "ommer", "gas u", "recei", "logs ",
        ];
        assert_eq!(faults.each_ref().map(|fault| &fault[..5]), names);
    }
}

#[test]
fn witnesses_lead_to_the_headers_roots_and_nowhere_else() {
    let pool = two_threads();
    let chains = witnesses().unwrap_or_default().into_iter();
    for mut block in chains.flat_map(|(_, blocks)| blocks) {
        let header = block.case.block.header.clone();
        let root = witness::verify(&pool, &block.chain, &block.raw, &block.case);
        assert_eq!(root, Ok(header.state_root), "block {}", header.number);
        // Some node is read and changed at the least: the root's.
        block.case.nodes.retain(|node| {
            let root = block.case.pre_state_root;
            root != Some(keccak_asm::hash(node))
        });
        let root = witness::verify(&pool, &block.chain, &block.raw, &block.case);
        assert!(root.is_err(), "block {} without its root", header.number);
    }
}

//! Witnesses made of any bytes.
#![no_main]

use alloy_primitives::{Address, Bytes, U256, keccak256};
use phalanx::{
    Engine,
    exec::{AccountChange, StateChanges},
    trie::{Preimages, WorldState},
};
use revm::state::AccountInfo;
use std::sync::{Arc, LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let engine = Engine::builder().threads(1).build();
    engine.expect("an engine")
});

/// The bytes as nodes, each behind its length. Where a node has 32 zeros, they give way to the hash of the one before, so
/// that nodes can lead to each other.
fn nodes(mut bytes: &[u8]) -> Vec<Bytes> {
    let mut nodes: Vec<Bytes> = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length)) % 600;
        let (node, rest) = rest.split_at(length.min(rest.len()));
        let mut node = node.to_vec();
        if let Some(last) = nodes.last() {
            let hash = keccak256(last);
            let zeros = node.windows(32).position(|window| window == [0; 32]);
            if let Some(start) = zeros {
                node[start..start + 32].copy_from_slice(hash.as_slice());
            }
        }
        nodes.push(node.into());
        bytes = rest;
    }
    nodes
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let nodes = nodes(bytes);
    let Some(root) = nodes.last().map(keccak256) else {
        return;
    };
    let preimages = Arc::new(Preimages::new(&ENGINE, nodes));
    let mut state = WorldState::from_witness(root, preimages);
    for who in 0..16 {
        let address = Address::repeat_byte(who);
        let _ = state.account(address);
        let _ = state.slot(address, U256::from(who));
        let _ = state.proof(address, &[U256::from(who)]);
        let change = AccountChange {
            info: (who % 3 > 0).then(|| AccountInfo {
                balance: U256::from(who),
                ..AccountInfo::default()
            }),
            storage_wiped: who % 5 == 0,
            storage: [(U256::from(who), U256::from(who / 2))].into(),
        };
        let before = state.root();
        let changes = StateChanges {
            accounts: [(address, change.clone())].into_iter().collect(),
        };
        match state.apply(&ENGINE, &changes) {
            Err(_) => assert_eq!(state.root(), before),
            Ok(()) => {
                let account = state.account(address).expect("it was just written");
                let balance = account.map(|account| account.balance);
                assert_eq!(balance, change.info.map(|info| info.balance));
            }
        }
    }
});

//! Proofs that were altered, and nodes made of any bytes.
#![no_main]

use alloy_primitives::{B256, Bytes, U256, keccak256};
use alloy_rpc_types_eth::EIP1186AccountProofResponse;
use phalanx::trie::{Account, Preimages, WorldState, verify_proof};
use phalanx_host_fuzz::{Input, Plain, engine};
use std::sync::Arc;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    match input.below(4) {
        0 => any_nodes(&mut input),
        _ => altered_proof(&mut input),
    }
});

/// A proof of a state in memory, altered: whatever is accepted is true.
fn altered_proof(input: &mut Input<'_>) {
    let (mut state, mut plain) = (WorldState::default(), Plain::default());
    for _ in 0..=input.below(3) {
        let changes = input.changes();
        plain.apply(&changes);
        state.apply(engine(), &changes).expect("a state in memory");
    }
    let root = state.root();
    assert_eq!(root, plain.root());
    let slots = [input.slot(), input.slot(), input.slot()];
    let address = input.address();
    let slots = &slots[..input.below(4)];
    let mut proof = state.proof(address, slots).expect("a state in memory");
    assert_eq!(verify_proof(engine(), root, &proof), Ok(()));
    let mut altered = false;
    while !input.is_empty() {
        altered = true;
        alter(input, &mut proof);
    }
    let Ok(()) = verify_proof(engine(), root, &proof) else {
        assert!(altered);
        return;
    };
    match plain.account(proof.address) {
        Some(account) => assert_eq!(said(&proof), account),
        None => assert!(proof.nonce == 0 && proof.balance.is_zero()),
    }
    for slot in &proof.storage_proof {
        let number = U256::from_be_bytes(slot.key.as_b256().0);
        assert_eq!(slot.value, plain.slot(proof.address, number));
    }
}

fn said(proof: &EIP1186AccountProofResponse) -> Account {
    Account {
        nonce: proof.nonce,
        balance: proof.balance,
        storage_root: proof.storage_hash,
        code_hash: proof.code_hash,
    }
}

/// Alters a claim or a node.
fn alter(input: &mut Input<'_>, proof: &mut EIP1186AccountProofResponse) {
    let (kind, byte) = (input.below(12), input.byte());
    match kind {
        0 => proof.nonce ^= u64::from(byte),
        1 => proof.balance ^= U256::from(byte),
        2 => proof.storage_hash.0[usize::from(byte % 32)] ^= 1,
        3 => proof.code_hash.0[usize::from(byte % 32)] ^= 1,
        4 => proof.address = input.address(),
        5 => (proof.code_hash, proof.storage_hash) = (B256::ZERO, B256::ZERO),
        6 | 7 => {
            let count = proof.storage_proof.len().max(1);
            let at = usize::from(byte) % count;
            if let Some(slot) = proof.storage_proof.get_mut(at) {
                match kind {
                    6 => slot.value = input.value(),
                    _ => slot.key = B256::from(input.slot()).into(),
                }
            }
        }
        _ => {
            let storage = proof.storage_proof.iter_mut().map(|slot| &mut slot.proof);
            let mut lists: Vec<&mut Vec<Bytes>> = storage.collect();
            lists.push(&mut proof.account_proof);
            let count = lists.len();
            let nodes = &mut *lists[usize::from(byte) % count];
            if nodes.is_empty() {
                return;
            }
            let at = input.below(nodes.len());
            match kind {
                8 => drop(nodes.remove(at)),
                9 => nodes.swap(0, at),
                10 => nodes.push(nodes[at].clone()),
                _ => {
                    let mut node = nodes[at].to_vec();
                    let place = input.below(256) * node.len() / 256;
                    node[place] ^= input.byte().max(1);
                    nodes[at] = node.into();
                }
            }
        }
    }
}

/// Nodes of any bytes, and a proof that says what a state read from them says.
fn any_nodes(input: &mut Input<'_>) {
    let nodes = nodes(input);
    let Some(root) = nodes.last().map(keccak256) else {
        return;
    };
    let preimages = Arc::new(Preimages::new(engine(), nodes));
    let state = WorldState::from_witness(root, preimages);
    for number in 0..64 {
        let address = phalanx_host_fuzz::address(number);
        let slot = phalanx_host_fuzz::slot(number);
        let account = state.account(address);
        let value = state.slot(address, slot);
        let proof = state.proof(address, &[slot]);
        assert_eq!(proof.is_ok(), account.is_ok() && value.is_ok());
        if let Ok(proof) = proof {
            assert_eq!(verify_proof(engine(), root, &proof), Ok(()));
        }
    }
}

/// The bytes as nodes, each behind its length. Where a node has 32 zeros, they give way to the hash of the one before, so
/// that nodes can lead to each other.
fn nodes(input: &mut Input<'_>) -> Vec<Bytes> {
    let mut nodes: Vec<Bytes> = Vec::new();
    while !input.is_empty() {
        let length = usize::from(input.byte()) * 3;
        let mut node = input.bytes(length).to_vec();
        if let Some(last) = nodes.last() {
            let hash = keccak256(last);
            let zeros = node.windows(32).position(|window| window == [0; 32]);
            if let Some(start) = zeros {
                node[start..start + 32].copy_from_slice(hash.as_slice());
            }
        }
        nodes.push(node.into());
    }
    nodes
}

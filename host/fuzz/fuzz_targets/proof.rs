//! Proofs that were altered, and proofs from nodes that nobody took from a trie.
#![no_main]

use alloy_primitives::{B256, Bytes, U256, keccak256};
use alloy_rpc_types_eth::EIP1186AccountProofResponse;
use alloy_trie::Nibbles;
use phalanx::trie::{Account, Preimages, WorldState, verify_proof};
use phalanx_host_fuzz::{Input, Plain, engine, hex_prefix, list, nibbles, string};
use std::sync::Arc;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    match input.below(4) {
        0 => tower(&mut input),
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

/// Nodes that lead to an account by design, sometimes to a wrong end: a proof that a state read from them makes is one,
/// for alloy-trie as well.
fn tower(input: &mut Input<'_>) {
    let address = input.address();
    let nodes = tower_nodes(input, &nibbles(keccak256(address).as_slice()));
    let root = nodes.last().map(keccak256).unwrap_or_default();
    let preimages = Arc::new(Preimages::new(engine(), nodes));
    let state = WorldState::from_witness(root, preimages);
    for address in [address, input.address(), input.address()] {
        let slot = input.slot();
        let account = state.account(address);
        let value = state.slot(address, slot);
        let proof = state.proof(address, &[slot]);
        assert_eq!(proof.is_ok(), account.is_ok() && value.is_ok());
        if let (Ok(proof), Ok(account)) = (proof, account) {
            assert_eq!(verify_proof(engine(), root, &proof), Ok(()));
            let agrees = alloy_trie::proof::verify_proof(
                root,
                Nibbles::unpack(keccak256(address)),
                account.map(alloy_rlp::encode),
                &proof.account_proof,
            );
            assert_eq!(agrees, Ok(()));
        }
    }
}

/// A leaf, and above it branches and extensions up to the root, which comes last.
fn tower_nodes(input: &mut Input<'_>, key: &[u8]) -> Vec<Bytes> {
    let mut depth = input.below(16);
    let account = Account {
        nonce: input.byte().into(),
        ..Account::default()
    };
    let value = string(&alloy_rlp::encode(account));
    let mut node = list(&[hex_prefix(&key[depth..], 2), value]);
    let mut nodes = Vec::new();
    while depth > 0 {
        let step = input.below(12);
        if step == 11 {
            let at = input.below(256) * node.len() / 256;
            node[at] ^= input.byte().max(1);
            continue;
        }
        let below = match node.len() {
            ..32 => node.clone(),
            _ => string(keccak256(&node).as_slice()),
        };
        nodes.push(Bytes::from(node));
        node = match step {
            10 => {
                let shared = 1 + input.below(depth);
                depth -= shared;
                list(&[hex_prefix(&key[depth..depth + shared], 0), below])
            }
            9 => {
                depth -= 1;
                let mut items = vec![below; 16];
                items.push(string(&[]));
                list(&items)
            }
            _ => {
                depth -= 1;
                let mut items = vec![string(&[]); 17];
                items[input.below(16)] = string(&[7; 32]);
                items[usize::from(key[depth])] = below;
                list(&items)
            }
        };
    }
    nodes.push(node.into());
    nodes
}

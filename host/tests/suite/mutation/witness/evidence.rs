//! Witnesses made here: copies, and one of all that a generated genesis holds.

use super::super::chain::Generated;
use alloy_primitives::{B256, Bytes, keccak256};
use alloy_trie::{
    EMPTY_ROOT_HASH, HashBuilder, KECCAK_EMPTY, Nibbles, TrieAccount, proof::ProofRetainer,
};
use phalanx::input::WitnessCase;
use std::collections::{BTreeMap, BTreeSet};

/// The same witness.
pub(super) fn copy(case: &WitnessCase) -> WitnessCase {
    WitnessCase {
        chain_id: case.chain_id,
        block: case.block.clone(),
        nodes: case.nodes.clone(),
        codes: case.codes.clone(),
        headers: case.headers.clone(),
        block_hashes: case.block_hashes.clone(),
        pre_state_root: case.pre_state_root,
        post_state_root: case.post_state_root,
    }
}

/// Root and every node of a trie by alloy-trie, without those that stand inside others.
fn trie(pairs: &BTreeMap<B256, Vec<u8>>, nodes: &mut BTreeSet<Bytes>) -> B256 {
    let shown = pairs.keys().map(Nibbles::unpack).collect();
    let mut builder = HashBuilder::default().with_proof_retainer(ProofRetainer::new(shown));
    for (key, value) in pairs {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    let root = builder.root();
    let all = builder.take_proof_nodes().into_nodes_sorted();
    nodes.extend(
        all.into_iter()
            .map(|(_, node)| node)
            .filter(|node| node.len() >= 32),
    );
    root
}

/// The first block of a chain, with all of the genesis state for a witness.
pub(super) fn generated(chain: &Generated) -> WitnessCase {
    let mut nodes = BTreeSet::new();
    let mut codes = BTreeSet::new();
    let mut accounts = BTreeMap::new();
    for (address, account) in &chain.genesis.alloc {
        let slots: BTreeMap<B256, Vec<u8>> = account
            .storage_slots()
            .map(|(slot, value)| (keccak256(slot), alloy_rlp::encode(value)))
            .collect();
        let storage_root = match slots.is_empty() {
            true => EMPTY_ROOT_HASH,
            false => trie(&slots, &mut nodes),
        };
        codes.extend(account.code.clone());
        let account = TrieAccount {
            nonce: account.nonce.unwrap_or(0),
            balance: account.balance,
            storage_root,
            code_hash: account.code.as_ref().map_or(KECCAK_EMPTY, keccak256),
        };
        accounts.insert(keccak256(address), alloy_rlp::encode(account));
    }
    let root = trie(&accounts, &mut nodes);
    assert_eq!(root, chain.genesis_header.state_root);
    WitnessCase {
        chain_id: None,
        block: chain.blocks[0].clone(),
        nodes: nodes.into_iter().collect(),
        codes: codes.into_iter().collect(),
        headers: vec![alloy_rlp::encode(&chain.genesis_header).into()],
        block_hashes: Vec::new(),
        pre_state_root: None,
        post_state_root: None,
    }
}

//! Tests of the trie against a slow oracle written straight from the definition.

mod decode;
mod partial;
mod updates;

use super::{
    Preimages,
    build::from_sorted,
    nibbles,
    node::{Node, Reference},
    tree::{Name, Trie},
};
use crate::Engine;
use alloy_primitives::{B256, Bytes, keccak256};
use alloy_rlp::Header;
use proptest::{collection::vec, prelude::*};
use std::{collections::BTreeMap, sync::Arc};

/// Pairs by key.
pub(super) type Model = BTreeMap<Vec<u8>, Vec<u8>>;

pub(super) fn engine() -> Engine {
    Engine::builder().build().expect("an engine")
}

/// The root of a trie by the definition: the function c of the Yellow Paper, appendix D, over keys in nibbles.
pub(super) fn oracle_root(model: &Model) -> B256 {
    let pairs: Vec<(Vec<u8>, &[u8])> = model
        .iter()
        .map(|(key, value)| (nibbles::unpack(key).to_vec(), &value[..]))
        .collect();
    keccak256(match pairs.as_slice() {
        [] => vec![0x80],
        pairs => compose(pairs, 0),
    })
}

fn compose(pairs: &[(Vec<u8>, &[u8])], depth: usize) -> Vec<u8> {
    let first = &pairs[0].0;
    if let [(key, value)] = pairs {
        return list(&[hex_prefix(&key[depth..], 2), string(value)]);
    }
    let shared = (depth..first.len())
        .take_while(|i| pairs.iter().all(|(key, _)| key.get(*i) == first.get(*i)))
        .count();
    if shared > 0 {
        let path = hex_prefix(&first[depth..depth + shared], 0);
        return list(&[path, reference(pairs, depth + shared)]);
    }
    let mut items: Vec<Vec<u8>> = (0u8..16)
        .map(|nibble| {
            let below: Vec<_> = pairs
                .iter()
                .filter(|(key, _)| key.get(depth) == Some(&nibble))
                .cloned()
                .collect();
            match below.as_slice() {
                [] => string(&[]),
                below => reference(below, depth + 1),
            }
        })
        .collect();
    let own = pairs.iter().find(|(key, _)| key.len() == depth);
    items.push(string(own.map_or(&[], |(_, value)| value)));
    list(&items)
}

fn reference(pairs: &[(Vec<u8>, &[u8])], depth: usize) -> Vec<u8> {
    let rlp = compose(pairs, depth);
    match rlp.len() {
        ..32 => rlp,
        _ => string(keccak256(rlp).as_slice()),
    }
}

fn hex_prefix(path: &[u8], flag: u8) -> Vec<u8> {
    let mut whole = vec![flag + (path.len() % 2) as u8];
    if path.len().is_multiple_of(2) {
        whole.push(0);
    }
    whole.extend(path);
    let bytes: Vec<u8> = whole.chunks(2).map(|two| two[0] * 16 + two[1]).collect();
    string(&bytes)
}

pub(super) fn string(bytes: &[u8]) -> Vec<u8> {
    alloy_rlp::encode(bytes)
}

pub(super) fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let payload_length = items.iter().map(Vec::len).sum();
    let list = true;
    Header {
        list,
        payload_length,
    }
    .encode(&mut out);
    out.extend(items.concat());
    out
}

/// A trie built from its pairs at once.
pub(super) fn built(model: &Model) -> Trie {
    let pairs = model
        .iter()
        .map(|(key, value)| (nibbles::unpack(key), Bytes::copy_from_slice(value)));
    Trie::new(from_sorted(pairs), Name::Plain, Arc::default())
}

/// A trie of which nothing but its root is in memory.
pub(super) fn unread(root: B256, nodes: Vec<Bytes>) -> Trie {
    let source = Arc::new(Preimages::new(&engine(), nodes));
    Trie::new(Some(Node::unread(root)), Name::Plain, source)
}

/// The RLP of all nodes of a trie in memory that have a hash, the root first.
pub(super) fn all_nodes(trie: &Trie) -> Vec<Bytes> {
    trie.root_hash(&engine());
    let mut found = Vec::new();
    let mut left: Vec<&Arc<Node>> = trie.root.iter().collect();
    while let Some(node) = left.pop() {
        let body = node.body.get().expect("a node in memory");
        let mut rlp = Vec::new();
        body.encode(&mut rlp);
        let hashed = matches!(node.reference.get(), Some(Reference::Hash(_)));
        if hashed || found.is_empty() {
            found.push(rlp.into());
        }
        left.extend(body.children());
    }
    found
}

/// Keys that share much, many of which are the start of others; and some of a fixed length.
pub(super) fn keys() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::sample::select(vec![0x00, 0x01, 0x10, 0x11, 0xab, 0xff]);
    prop_oneof![vec(bytes, 0..4), vec(any::<u8>(), 2), vec(any::<u8>(), 32)]
}

/// Values short enough for nodes that are held by their parents, and longer ones.
pub(super) fn values() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 1..4), vec(any::<u8>(), 1..41)]
}

pub(super) fn models() -> impl Strategy<Value = Model> {
    prop::collection::btree_map(keys(), values(), 0..40)
}

proptest! {
    #[test]
    fn a_built_trie_has_the_root_of_the_definition(model in models()) {
        prop_assert_eq!(built(&model).root_hash(&engine()), oracle_root(&model));
    }

    #[test]
    fn the_last_pair_of_a_key_counts(
        pairs in vec((keys(), prop_oneof![values(), Just(Vec::new())]), 0..40)
    ) {
        let mut model = Model::new();
        for (key, value) in &pairs {
            model.insert(key.clone(), value.clone());
        }
        model.retain(|_, value| !value.is_empty());
        prop_assert_eq!(engine().trie_root(&pairs), oracle_root(&model));
    }
}

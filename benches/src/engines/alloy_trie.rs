//! alloy-trie: its index roots, and secure roots through its `HashBuilder` with keys hashed and sorted first.

use alloy_primitives::{B256, keccak256};
use alloy_trie::{HashBuilder, Nibbles, root::ordered_trie_root_encoded};

/// Root of an index trie.
pub fn ordered_root(items: &[Vec<u8>]) -> B256 {
    ordered_trie_root_encoded(items)
}

/// Root of a secure trie of distinct keys and values that are not empty.
pub fn secure_root(pairs: &[(Vec<u8>, Vec<u8>)]) -> B256 {
    let mut leaves: Vec<(B256, &[u8])> = pairs
        .iter()
        .map(|(key, value)| (keccak256(key), value.as_slice()))
        .collect();
    leaves.sort_unstable();
    sorted_root(leaves)
}

/// Root of a trie of pairs in ascending order of their keys.
pub fn sorted_root<'a>(pairs: impl IntoIterator<Item = (B256, &'a [u8])>) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in pairs {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root()
}

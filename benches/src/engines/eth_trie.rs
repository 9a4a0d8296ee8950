//! eth_trie over its database in memory, which holds every node by its hash.

use alloy_primitives::B256;
use eth_trie::{EthTrie, MemoryDB, Trie};
use std::sync::Arc;

/// A trie that is updated key by key.
pub struct Kept(EthTrie<MemoryDB>);

impl Kept {
    /// The trie of these pairs.
    pub fn new(pairs: &[(B256, Vec<u8>)]) -> Self {
        let mut kept = Self(EthTrie::new(Arc::new(MemoryDB::new(true))));
        kept.update(pairs);
        kept
    }

    /// Applies changes, of which empty values delete, and gives the root.
    pub fn update(&mut self, changes: &[(B256, Vec<u8>)]) -> B256 {
        for (key, value) in changes {
            match value.is_empty() {
                true => drop(self.0.remove(key.as_slice()).expect("in memory")),
                false => self.0.insert(key.as_slice(), value).expect("in memory"),
            }
        }
        let root = self.0.root_hash().expect("in memory");
        B256::new(root.0)
    }
}

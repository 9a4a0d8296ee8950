//! ethrex-trie with all nodes in memory, hashed without a commit to its database: the case that is kindest to it.

use alloy_primitives::B256;
use ethrex_crypto::NativeCrypto;
use ethrex_trie::Trie;

/// A trie that is updated key by key.
pub struct Kept(Trie);

impl Kept {
    /// The trie of these pairs.
    pub fn new(pairs: &[(B256, Vec<u8>)]) -> Self {
        let mut kept = Self(Trie::empty_in_memory());
        kept.update(pairs);
        kept
    }

    /// Applies changes, of which empty values delete, and gives the root.
    pub fn update(&mut self, changes: &[(B256, Vec<u8>)]) -> B256 {
        for (key, value) in changes {
            match value.is_empty() {
                true => drop(self.0.remove(key.as_slice()).expect("in memory")),
                false => self
                    .0
                    .insert(key.to_vec(), value.clone())
                    .expect("in memory"),
            }
        }
        B256::new(self.0.hash_no_commit(&NativeCrypto).0)
    }
}

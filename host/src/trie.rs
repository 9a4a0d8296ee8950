//! Merkle-Patricia tries.

use crate::{Engine, exec::StateChanges};
use alloy_primitives::{Address, B256, Bytes, U256, map::HashMap};
use std::sync::Arc;

/// Root of an empty trie: Keccak-256 of the RLP of the empty string.
pub use alloy_consensus::constants::EMPTY_ROOT_HASH;

/// See [`Engine::ordered_root`].
pub fn ordered_root<T: AsRef<[u8]>>(engine: &Engine, items: &[T]) -> B256 {
    let _ = (engine, items);
    todo!()
}
/// See [`Engine::secure_root`].
pub fn secure_root<K: AsRef<[u8]> + Sync, V: AsRef<[u8]>>(
    engine: &Engine,
    pairs: &[(K, V)],
) -> B256 {
    let _ = (engine, pairs);
    todo!()
}
/// See [`Engine::trie_root`].
pub fn trie_root<K: AsRef<[u8]>, V: AsRef<[u8]>>(engine: &Engine, pairs: &[(K, V)]) -> B256 {
    let _ = (engine, pairs);
    todo!()
}

/// What a trie or the state over it can't give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// A node is needed and not at hand.
    #[error("missing node {hash} of the {trie} trie at path {path}")]
    MissingNode {
        /// Which trie: `account`, or `storage of <hashed address>`.
        trie: String,
        /// Nibbles from the root, in hex digits.
        path: String,
        /// The node's hash.
        hash: B256,
    },
}

/// Nodes and codes of a witness, each known by its Keccak-256, computed here.
#[derive(Debug, Default)]
pub struct Preimages {
    /// Bytes by Keccak-256.
    pub by_hash: HashMap<B256, Bytes>,
}

/// The whole state: accounts, their storage and code.
#[derive(Debug, Clone, Default)]
pub struct WorldState {}

impl WorldState {
    /// A state known by its root alone, whose nodes and codes are among `preimages`.
    pub fn from_witness(root: B256, preimages: Arc<Preimages>) -> Self {
        let _ = (root, preimages);
        todo!()
    }
    /// Applies the changes of a transaction or a block: all upserts, then all deletes.
    pub fn apply(&mut self, engine: &Engine, changes: &StateChanges) -> Result<(), TrieError> {
        let _ = (engine, changes);
        todo!()
    }
    /// The state root.
    pub fn root(&mut self, engine: &Engine) -> B256 {
        let _ = engine;
        todo!()
    }
    /// Storage slot.
    pub fn slot(&self, address: Address, slot: U256) -> Result<U256, TrieError> {
        let _ = (address, slot);
        todo!()
    }
}

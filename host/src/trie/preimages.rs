//! What is proven by its hash.

use crate::Engine;
use alloy_primitives::{B256, Bytes, map::B256Map};

/// Nodes and codes of a witness, each known by its Keccak-256, computed here.
#[derive(Debug, Default)]
pub struct Preimages {
    by_hash: B256Map<Bytes>,
}

impl Preimages {
    /// Hashes all `items` in one batch. Their order and repetitions don't matter.
    pub fn new(engine: &Engine, items: impl IntoIterator<Item = Bytes>) -> Self {
        let items: Vec<Bytes> = items.into_iter().collect();
        let hashes = engine.keccak256(&items);
        Self {
            by_hash: hashes.into_iter().zip(items).collect(),
        }
    }

    /// The bytes that have the hash.
    pub fn get(&self, hash: &B256) -> Option<&Bytes> {
        self.by_hash.get(hash)
    }

    /// How many different items there are.
    pub fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }
}

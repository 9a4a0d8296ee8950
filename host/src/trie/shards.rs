//! A map that is cheap to clone.

use alloy_primitives::{B256, map::B256Map};
use std::sync::Arc;

/// How many parts a map has: one for each first byte of a key.
const SHARDS: usize = 256;

/// A map by hash in parts that clones share until one of them changes the part.
#[derive(Debug, Clone)]
pub(super) struct Shards<V>(Box<[Arc<B256Map<V>>]>);

impl<V> Default for Shards<V> {
    fn default() -> Self {
        Self(vec![Arc::default(); SHARDS].into())
    }
}

impl<V: Clone> Shards<V> {
    pub(super) fn get(&self, key: &B256) -> Option<&V> {
        self.0[usize::from(key[0])].get(key)
    }

    pub(super) fn insert(&mut self, key: B256, value: V) {
        self.part(&key).insert(key, value);
    }

    fn part(&mut self, key: &B256) -> &mut B256Map<V> {
        Arc::make_mut(&mut self.0[usize::from(key[0])])
    }
}

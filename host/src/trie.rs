//! Merkle-Patricia tries (Yellow Paper, appendix D) in memory: roots of index and secure tries, and the state.
//!
//! A node is known by its hash, by its content, or by both. One that is known by its hash alone is looked up among
//! [`Preimages`] when a key's path leads through it: so one kind of trie serves a state built from genesis and one of
//! which a witness shows parts. What a witness does not show is an error, never an empty place.

mod apply;
mod build;
mod database;
mod decode;
mod error;
mod hash;
mod nibbles;
mod node;
mod preimages;
mod shards;
mod state;
#[cfg(test)]
mod tests;
mod tree;
mod update;

pub use error::{StateError, TrieError};
pub use preimages::Preimages;
pub use state::{Account, WorldState};

use crate::{
    Engine,
    exec::{StateChanges, StateSource},
};
use alloy_primitives::{B256, Bytes};

/// Root of an empty trie: Keccak-256 of the RLP of the empty string.
pub use alloy_consensus::constants::EMPTY_ROOT_HASH;

impl Engine {
    /// Root of the index trie (transactions, receipts, withdrawals): key RLP(index), value the item.
    pub fn ordered_root<T: AsRef<[u8]> + Sync>(&self, items: &[T]) -> B256 {
        let keys: Vec<Vec<u8>> = (0..items.len()).map(alloy_rlp::encode).collect();
        let pairs = keys.iter().zip(items);
        root_of(self, pairs.map(|(key, item)| (&**key, item.as_ref())))
    }

    /// Root of a secure trie: keys are hashed, an empty value is absent.
    pub fn secure_root<K: AsRef<[u8]> + Sync, V: AsRef<[u8]>>(&self, pairs: &[(K, V)]) -> B256 {
        let keys: Vec<&[u8]> = pairs.iter().map(|(key, _)| key.as_ref()).collect();
        let hashed = self.keccak256(&keys);
        let pairs = hashed.iter().zip(pairs);
        root_of(
            self,
            pairs.map(|(key, (_, value))| (key.as_slice(), value.as_ref())),
        )
    }

    /// Root of a trie whose keys are taken as they are. Of pairs with the same key the last one counts; an empty value
    /// is absent.
    pub fn trie_root<K: AsRef<[u8]>, V: AsRef<[u8]>>(&self, pairs: &[(K, V)]) -> B256 {
        root_of(self, pairs.iter().map(|(k, v)| (k.as_ref(), v.as_ref())))
    }
}

/// A state that is proved by its root and moves on by changes: what blocks are verified over.
///
/// Implementations differ in speed, never in roots or in what they find missing. A clone is a snapshot, and is to be
/// cheap.
pub trait StateTrie: StateSource + Clone {
    /// Applies the changes of a transaction or a block. On an error, nothing is changed.
    fn apply(&mut self, engine: &Engine, changes: &StateChanges) -> Result<(), StateError>;

    /// The state root.
    fn root(&self, engine: &Engine) -> B256;
}

/// The root of pairs in any order. Of pairs with the same key the last one counts; if its value is empty, the key is
/// absent.
fn root_of<'a>(engine: &Engine, pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> B256 {
    let mut sorted: Vec<_> = pairs.collect();
    sorted.sort_by_key(|(key, _)| *key);
    let pairs = sorted
        .chunk_by(|(a, _), (b, _)| a == b)
        .filter_map(|same| same.last())
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| (nibbles::unpack(key), Bytes::copy_from_slice(value)));
    let root = build::from_sorted(pairs);
    tree::Trie::new(root, tree::Name::Plain, Default::default()).root_hash(engine)
}

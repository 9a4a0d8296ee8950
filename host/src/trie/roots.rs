//! Roots of whole tries from their pairs.

use crate::Engine;
use alloy_primitives::B256;

/// Longest key in bytes for which a root is to be asked of pairs that come from anywhere: the depth of the trie grows with
/// keys. Those in use have 32 bytes or a few.
pub const MAX_KEY_BYTES: usize = 1024;

impl Engine {
    /// Root of a secure trie: keys are hashed. Of pairs with the same key the last one counts; an empty value is absent.
    pub fn secure_root<K: AsRef<[u8]> + Sync, V: AsRef<[u8]>>(&self, pairs: &[(K, V)]) -> B256 {
        let keys: Vec<&[u8]> = pairs.iter().map(|(key, _)| key.as_ref()).collect();
        let keys = self.keccak256(&keys);
        let pairs = keys.iter().zip(pairs);
        root_of(
            self,
            pairs.map(|(key, (_, value))| (&key[..], value.as_ref())),
        )
    }

    /// Root of a trie whose keys are taken as they are. Of pairs with the same key the last one counts; an empty value
    /// is absent.
    pub fn trie_root<K: AsRef<[u8]>, V: AsRef<[u8]>>(&self, pairs: &[(K, V)]) -> B256 {
        root_of(self, pairs.iter().map(|(k, v)| (k.as_ref(), v.as_ref())))
    }
}

/// The root of pairs in any order.
fn root_of<'a>(engine: &Engine, pairs: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> B256 {
    let mut sorted: Vec<_> = pairs.collect();
    sorted.sort_by_key(|(key, _)| *key);
    let last = sorted.chunk_by(|a, b| a.0 == b.0).filter_map(<[_]>::last);
    let root = engine.sorted_root(last.filter(|(_, value)| !value.is_empty()).copied());
    root.expect("keys ascend")
}

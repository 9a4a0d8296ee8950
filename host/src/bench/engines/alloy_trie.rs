//! alloy-trie: its index roots, secure roots through its `HashBuilder` with keys hashed and sorted first, and changes of
//! a large trie whose untouched parts are known by their hashes.

use alloy_primitives::{B256, keccak256, map::HashMap};
use alloy_trie::{BranchNodeCompact, HashBuilder, Nibbles, root::ordered_trie_root_encoded};
use std::{collections::BTreeMap, ops::Bound};

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

/// A trie of keys of 32 bytes as databases keep it: all leaves in order, and of every branch with branches below the
/// hashes of those. A change rebuilds the touched paths from both, as reth's `StateRoot` does.
pub struct Kept {
    leaves: BTreeMap<B256, Vec<u8>>,
    branches: HashMap<Nibbles, BranchNodeCompact>,
}

impl Kept {
    /// The trie of these pairs.
    pub fn new(pairs: &[(B256, Vec<u8>)]) -> Self {
        let mut kept = Self {
            leaves: BTreeMap::new(),
            branches: HashMap::default(),
        };
        kept.update(pairs);
        kept
    }

    /// Applies changes in order of their keys, of which empty values delete, and gives the root.
    pub fn update(&mut self, changes: &[(B256, Vec<u8>)]) -> B256 {
        for (key, value) in changes {
            match value.is_empty() {
                true => drop(self.leaves.remove(key)),
                false => drop(self.leaves.insert(*key, value.clone())),
            }
        }
        let mut rebuild = Rebuild {
            leaves: &self.leaves,
            branches: &mut self.branches,
            builder: HashBuilder::default().with_updates(true),
        };
        match changes.is_empty() {
            true => rebuild.leaves(Nibbles::default(), None),
            false => rebuild.below(Nibbles::default(), changes, true),
        }
        let mut builder = rebuild.builder;
        let root = builder.root();
        let (_, branches) = builder.split();
        self.branches.extend(branches);
        root
    }
}

/// A walk along changed keys that hands the builder leaves where something changed and hashes where nothing did.
struct Rebuild<'t> {
    leaves: &'t BTreeMap<B256, Vec<u8>>,
    branches: &'t mut HashMap<Nibbles, BranchNodeCompact>,
    builder: HashBuilder,
}

impl Rebuild<'_> {
    /// Everything below a place where something changed. `stored` tells that branches from before are known there.
    fn below(&mut self, path: Nibbles, changes: &[(B256, Vec<u8>)], stored: bool) {
        let depth = path.len();
        let Some(branch) = self.branches.remove(&path) else {
            if stored {
                self.forget(path);
            }
            return self.leaves(path, path.next_without_prefix());
        };
        let mut changes = changes;
        // Where leaves begin that the builder has not got yet.
        let mut from = None;
        for nibble in 0..16 {
            let mut child = path;
            child.push(nibble);
            let count = changes.partition_point(|(key, _)| nibble_of(key, depth) <= nibble);
            let (changed, rest) = changes.split_at(count);
            changes = rest;
            let known = branch.tree_mask.is_bit_set(nibble);
            if changed.is_empty() && branch.hash_mask.is_bit_set(nibble) {
                self.leaves_between(from.take(), child);
                let hash = branch.hash_for_nibble(nibble);
                self.builder.add_branch(child, hash, known);
            } else if !changed.is_empty() && known {
                self.leaves_between(from.take(), child);
                self.below(child, changed, true);
            } else {
                from.get_or_insert(child);
            }
        }
        if let Some(from) = from {
            self.leaves(from, path.next_without_prefix());
        }
    }

    fn leaves_between(&mut self, from: Option<Nibbles>, to: Nibbles) {
        if let Some(from) = from {
            self.leaves(from, Some(to));
        }
    }

    /// All leaves from a path to another one, or to the end.
    fn leaves(&mut self, from: Nibbles, to: Option<Nibbles>) {
        let end = to.map_or(Bound::Unbounded, |to| Bound::Excluded(first_key(&to)));
        let range = (Bound::Included(first_key(&from)), end);
        for (key, value) in self.leaves.range(range) {
            self.builder.add_leaf_unchecked(Nibbles::unpack(key), value);
        }
    }

    /// Forgets branches below an extension, which random keys have hardly any of: what is below is built from leaves.
    fn forget(&mut self, path: Nibbles) {
        self.branches.retain(|key, _| !key.starts_with(&path));
    }
}

fn nibble_of(key: &B256, depth: usize) -> u8 {
    match depth % 2 {
        0 => key[depth / 2] >> 4,
        _ => key[depth / 2] & 15,
    }
}

/// The least key that begins with these nibbles.
fn first_key(path: &Nibbles) -> B256 {
    let mut key = B256::ZERO;
    let packed = path.pack();
    key[..packed.len()].copy_from_slice(&packed);
    key
}

//! Tests of tries against a slow oracle written straight from the definition.

mod build;
mod compact;
mod decode;
mod merge;
mod official;
mod oracle;
mod ordered;
mod partial;
mod proof;
mod state;

use super::{
    Preimages, StateError, TrieError,
    forest::{Forest, Key, Name, Root},
    heap::{Id, Writer},
    merge::{Change, Merge},
    plan::{Link, Plan, Value},
};
use crate::Engine;
use alloy_primitives::{Address, B256, Bytes, U256};
use proptest::{collection::vec, prelude::*};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// Pairs by key.
type Model = BTreeMap<Vec<u8>, Vec<u8>>;
/// Changes by key; an empty value deletes.
type Batch = BTreeMap<Key, Vec<u8>>;

const NAME: Name = Name::Storage(B256::ZERO);

fn engine() -> Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
        let engine = Engine::builder().threads(3).build();
        engine.expect("an engine")
    });
    ENGINE.clone()
}

/// A trie of hashes, whose values are any bytes.
#[derive(Debug, Clone)]
struct Trie {
    forest: Forest,
    root: Root,
    worth_threads: usize,
}

/// A change of a [`Trie`].
struct Write {
    key: Key,
    value: Vec<u8>,
}

impl Change for Write {
    fn key(&self) -> &Key {
        &self.key
    }

    fn deletes(&self) -> bool {
        self.value.is_empty()
    }

    fn settle<'a>(
        &'a self,
        before: Option<Value<'a>>,
        _: &mut Merge<'a>,
    ) -> Result<Option<Value<'a>>, StateError> {
        let same = before.is_some_and(|before| before.bytes == self.value);
        Ok((!same && !self.deletes()).then_some(Value {
            bytes: &self.value,
            link: Link::None,
        }))
    }

    fn explain(&self, error: TrieError) -> StateError {
        StateError::slot(Address::ZERO, U256::ZERO)(error)
    }
}

impl Trie {
    fn empty() -> Self {
        Self {
            forest: Forest::default(),
            root: Root::EMPTY,
            worth_threads: usize::MAX,
        }
    }

    /// A trie of which nothing but its root is in memory.
    fn unread(hash: B256, nodes: Vec<Bytes>) -> Self {
        Self {
            forest: Forest {
                source: Arc::new(Preimages::new(&engine(), nodes)),
                ..Forest::default()
            },
            root: Root { hash, id: Id::NONE },
            worth_threads: usize::MAX,
        }
    }

    /// Tells whether anything changed.
    fn apply(&mut self, batch: &Batch) -> Result<bool, TrieError> {
        let writes: Vec<Write> = batch
            .iter()
            .map(|(key, value)| Write {
                key: *key,
                value: value.clone(),
            })
            .collect();
        let plan = Plan::new(&engine(), Writer::after(&self.forest.heap), true);
        let mut merge = Merge::new(&self.forest, plan);
        merge.worth_threads = self.worth_threads;
        let changed = merge.trie(NAME, self.root, &writes).map_err(|error| {
            let StateError::Slot { source, .. } = error else {
                panic!("{error}");
            };
            *source
        })?;
        let Some(root) = changed else {
            return Ok(false);
        };
        let mut plan = merge.plan;
        plan.hash();
        let hash = plan.hash_of(root).expect("all nodes are hashed").into();
        self.root = Root { hash, id: root.id };
        self.forest.heap.seal(plan.into_writer().into_chunks());
        Ok(true)
    }

    fn set(&mut self, key: Key, value: &[u8]) -> Result<bool, TrieError> {
        self.apply(&Batch::from([(key, value.to_vec())]))
    }

    fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, TrieError> {
        let found = self.forest.find(NAME, self.root, key)?;
        Ok(found.map(|found| found.value.to_vec()))
    }

    /// The encodings of all nodes in memory that have a hash, the root first.
    fn all_nodes(&self) -> Vec<Bytes> {
        let mut found = Vec::new();
        let mut left = vec![self.root.id];
        while let Some(id) = left.pop() {
            if id != Id::NONE {
                let node = self.forest.heap.node(id);
                found.push(Bytes::copy_from_slice(node.rlp));
                left.extend((0..node.shape.ids()).map(|rank| node.id(rank)));
            }
        }
        found
    }

    fn holds(&self, model: &Model) -> bool {
        model.iter().all(|(key, value)| {
            let key = key[..].try_into().expect("32 bytes");
            self.get(&key).expect("a trie in memory").as_ref() == Some(value)
        })
    }
}

/// A trie that comes of its pairs in one batch.
fn grown(model: &Model) -> Trie {
    let mut trie = Trie::empty();
    let batch = model
        .iter()
        .map(|(key, value)| (key[..].try_into().expect("32 bytes"), value.clone()));
    trie.apply(&batch.collect()).expect("a trie in memory");
    trie
}

/// Writes the batch into the model as well.
fn write(model: &mut Model, batch: &Batch) {
    for (key, value) in batch {
        match value.is_empty() {
            true => drop(model.remove(&key[..])),
            false => drop(model.insert(key.to_vec(), value.clone())),
        }
    }
}

/// A key of zeros but for its beginning.
fn key(start: &[u8]) -> Key {
    let mut key = [0; 32];
    key[..start.len()].copy_from_slice(start);
    key
}

/// Keys that share much: zeros but for some bytes, of which the last nibble may be the only one. And random ones.
fn keys() -> impl Strategy<Value = Key> {
    let byte = prop::sample::select(vec![0x00, 0x01, 0x10, 0x11, 0xab]);
    let place = prop::sample::select(vec![0usize, 1, 16, 30, 31]);
    prop_oneof![
        4 => vec((place, byte), 1..4).prop_map(|bytes| {
            let mut key = [0; 32];
            for (place, byte) in bytes {
                key[place] = byte;
            }
            key
        }),
        1 => any::<Key>(),
    ]
}

/// Values short enough for nodes that are held by their parents, and longer ones.
fn values() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![vec(any::<u8>(), 1..4), vec(any::<u8>(), 1..41)]
}

fn models() -> impl Strategy<Value = Model> {
    let keys = keys().prop_map(|key| key.to_vec());
    prop::collection::btree_map(keys, values(), 0..40)
}

fn batches(size: std::ops::Range<usize>) -> impl Strategy<Value = Batch> {
    let values = prop_oneof![3 => values(), 2 => Just(Vec::new())];
    prop::collection::btree_map(keys(), values, size)
}

//! The official trie tests, by every way that there is to a root.

#[path = "../../../tests/suite/data.rs"]
mod data;

use super::{Batch, Model, Trie, engine, oracle};
use crate::trie::{EMPTY_ROOT_HASH, RootBuilder};
use alloy_primitives::{B256, hex, keccak256};
use serde_json::Value;
use std::{fs::File, io::Read};

/// Keys and values in the order of the test; an empty value deletes.
type Writes = Vec<(Vec<u8>, Vec<u8>)>;

/// Bytes of a key or a value: hex if it starts with `0x`, else text; none for `null`.
fn bytes(json: &Value) -> Vec<u8> {
    match json.as_str().unwrap_or_default() {
        text if text.starts_with("0x") => hex::decode(text).expect("hex"),
        text => text.as_bytes().to_vec(),
    }
}

fn writes(test: &Value) -> Writes {
    match &test["in"] {
        Value::Object(pairs) => {
            let pairs = pairs.iter();
            pairs
                .map(|(key, value)| (bytes(&key.as_str().into()), bytes(value)))
                .collect()
        }
        Value::Array(pairs) => {
            let pairs = pairs.iter();
            pairs
                .map(|pair| (bytes(&pair[0]), bytes(&pair[1])))
                .collect()
        }
        other => panic!("no pairs: {other}"),
    }
}

/// What is there after all writes.
fn model(writes: &Writes) -> Model {
    let mut model: Model = writes.iter().cloned().collect();
    model.retain(|_, value| !value.is_empty());
    model
}

fn built(model: &Model) -> B256 {
    let mut builder = RootBuilder::new(&engine());
    for (key, value) in model {
        builder.push(key, value).expect("in order");
    }
    builder.finish()
}

/// Writes hashed keys one after the other, in both orders if any will do; then in one batch; then takes all away.
fn in_a_forest(writes: &Writes, any_order: bool, root: B256) {
    let hashed = |(key, value): &(Vec<u8>, Vec<u8>)| (keccak256(key).0, value.clone());
    let mut orders = vec![writes.clone()];
    if any_order {
        orders.push(writes.iter().rev().cloned().collect());
    }
    for writes in orders {
        let mut trie = Trie::empty();
        for write in &writes {
            let batch = Batch::from([hashed(write)]);
            trie.apply(&batch).expect("a trie in memory");
        }
        assert_eq!(trie.root.hash, root);
    }
    let batch: Batch = writes.iter().map(hashed).collect();
    let nothing: Batch = batch.keys().map(|key| (*key, Vec::new())).collect();
    for worth_threads in [usize::MAX, 2] {
        let mut trie = Trie {
            worth_threads,
            ..Trie::empty()
        };
        for (batch, root) in [(&batch, root), (&nothing, EMPTY_ROOT_HASH), (&batch, root)] {
            trie.apply(batch).expect("a trie in memory");
            assert_eq!(trie.root.hash, root);
        }
    }
}

#[test]
fn official_trie_tests() {
    let name = "official/ethereum-tests.tar.zst";
    let Some(path) = data::path("official_trie_tests", name) else {
        return;
    };
    let mut run = 0;
    let zstd = zstd::Decoder::new(File::open(path).expect("readable")).expect("zstd");
    for entry in tar::Archive::new(zstd).entries().expect("tar") {
        let mut entry = entry.expect("tar");
        let path = entry.path().expect("a path").display().to_string();
        // Tests of neighbours of a key, which a root does not tell, aside.
        if !path.contains("TrieTests/") || !path.ends_with(".json") || path.contains("nextprev") {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        let tests: Value = serde_json::from_str(&text).expect("JSON");
        for (name, test) in tests.as_object().expect("tests by name") {
            let (writes, root) = (writes(test), bytes(&test["root"]));
            let root = B256::from_slice(&root);
            if path.to_lowercase().contains("secure") {
                let hashed = writes
                    .iter()
                    .map(|(k, v)| (keccak256(k).to_vec(), v.clone()));
                assert_eq!(built(&model(&hashed.collect())), root, "{path} {name}");
                assert_eq!(engine().secure_root(&writes), root, "{path} {name}");
                in_a_forest(&writes, test["in"].is_object(), root);
            } else {
                assert_eq!(built(&model(&writes)), root, "{path} {name}");
                assert_eq!(engine().trie_root(&writes), root, "{path} {name}");
                assert_eq!(oracle::root(&model(&writes)), root, "{path} {name}");
            }
            run += 1;
        }
    }
    assert!(run >= 20, "only {run} tests in the archive");
}

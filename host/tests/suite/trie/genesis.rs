//! Official vectors, and the genesis of Ethereum's main network.

use super::engine;
use crate::data;
use alloy_genesis::Genesis;
use alloy_primitives::b256;
use phalanx::trie::WorldState;
use std::{fs::File, io::Read};

#[test]
fn genesis_of_the_main_network() {
    let name = "full-state/mainnet-genesis.json.zst";
    let Some(path) = data::path("genesis_of_the_main_network", name) else {
        return;
    };
    let json = zstd::decode_all(File::open(path).expect("readable")).expect("zstd");
    let genesis: Genesis = serde_json::from_slice(&json).expect("a genesis");
    let state = WorldState::from_genesis_alloc(&engine(), &genesis.alloc);
    let root = b256!("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544");
    assert_eq!(state.root(), root);
}

/// Bytes of a key or a value of an official trie test: hex if it starts with `0x`, else text; none for `null`.
fn official_bytes(json: &serde_json::Value) -> Vec<u8> {
    match json.as_str().unwrap_or_default() {
        hex if hex.starts_with("0x") => alloy_primitives::hex::decode(hex).expect("hex"),
        text => text.as_bytes().to_vec(),
    }
}

#[test]
fn official_trie_tests() {
    let name = "official/ethereum-tests.tar.zst";
    let Some(path) = data::path("official_trie_tests", name) else {
        return;
    };
    let engine = engine();
    let mut run = 0;
    let zstd = zstd::Decoder::new(File::open(path).expect("readable")).expect("zstd");
    for entry in tar::Archive::new(zstd).entries().expect("tar") {
        let mut entry = entry.expect("tar");
        let path = entry.path().expect("a path").display().to_string();
        if !path.contains("TrieTests/") || !path.ends_with(".json") || path.contains("nextprev") {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        let tests: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let secure = path.to_lowercase().contains("secure");
        for (test, content) in tests.as_object().expect("tests by name") {
            let pairs: Vec<(Vec<u8>, Vec<u8>)> = match &content["in"] {
                serde_json::Value::Object(pairs) => pairs
                    .iter()
                    .map(|(key, value)| {
                        (official_bytes(&key.as_str().into()), official_bytes(value))
                    })
                    .collect(),
                pairs => pairs
                    .as_array()
                    .expect("pairs")
                    .iter()
                    .map(|pair| (official_bytes(&pair[0]), official_bytes(&pair[1])))
                    .collect(),
            };
            let root = match secure {
                true => engine.secure_root(&pairs),
                false => engine.trie_root(&pairs),
            };
            assert_eq!(root.to_string(), content["root"], "{path} {test}");
            run += 1;
        }
    }
    assert!(run >= 20, "only {run} tests in the archive");
}

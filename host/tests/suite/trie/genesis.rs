//! The genesis of Ethereum's main network.

use super::engine;
use crate::data;
use alloy_genesis::Genesis;
use alloy_primitives::b256;
use phalanx::trie::WorldState;
use std::fs::File;

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

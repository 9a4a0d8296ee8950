//! Whole chains from their genesis.

use super::ancestry::Known;
use crate::data;
use alloy_genesis::{Genesis, GenesisAccount};
use alloy_primitives::{Address, B256, U256};
use alloy_trie::{TrieAccount, root::state_root_unhashed};
use phalanx::{
    block::{Block, header_hash},
    chain::{ChainSpec, genesis_header},
    rules::{OmmersCheck, check_ommers, check_standalone, check_with_parent},
};
use std::{collections::BTreeMap, fs::File, io::Read, path::Path};

fn genesis(path: &Path) -> Genesis {
    serde_json::from_reader(File::open(path).unwrap()).unwrap()
}

/// The state root of a genesis, by alloy's trie.
fn state_root(alloc: &BTreeMap<Address, GenesisAccount>) -> B256 {
    state_root_unhashed(
        alloc
            .iter()
            .map(|(address, account)| (*address, TrieAccount::from(account.clone()))),
    )
}

#[test]
fn exported_chains_follow_their_genesis() {
    use alloy_hardforks::EthereumHardfork as F;
    for name in ["geth-ethtest", "hive-sync-chain"] {
        let Some(folder) = data::path(
            "exported_chains_follow_their_genesis",
            &format!("full-state/{name}"),
        ) else {
            return;
        };
        let genesis = genesis(&folder.join("genesis.json"));
        let chain = ChainSpec::from_genesis(&genesis).unwrap();
        if name == "geth-ethtest" {
            let fork = |time| chain.rules_at(1, time, Some(U256::from(131_072))).fork;
            assert_eq!(
                [0, 59, 60, 119, 120].map(fork),
                [F::Shanghai, F::Shanghai, F::Cancun, F::Cancun, F::Prague]
            );
            assert_eq!(
                chain.rules_at(1, 60, Some(U256::from(131_071))).fork,
                F::GrayGlacier
            );
        }
        let mut parent = genesis_header(&genesis, &chain, state_root(&genesis.alloc));
        let mut total_difficulty = parent.difficulty;
        let bytes = std::fs::read(folder.join("chain.rlp")).unwrap();
        let mut rest = bytes.as_slice();
        let mut count = 0;
        while !rest.is_empty() {
            let mut after = rest;
            let list = alloy_rlp::Header::decode(&mut after).unwrap();
            let (block, next) = rest.split_at(rest.len() - after.len() + list.payload_length);
            rest = next;
            let block = Block::decode(block).unwrap();
            let header = &block.header;
            assert_eq!(
                header.parent_hash,
                header_hash(&parent),
                "{name} {}",
                header.number
            );
            let rules = chain.rules_at(header.number, header.timestamp, Some(total_difficulty));
            assert_eq!(
                check_standalone(&rules, header, block.encoded_length),
                Ok(())
            );
            assert_eq!(
                check_with_parent(&rules, header, &parent),
                Ok(()),
                "{name} {}",
                header.number
            );
            total_difficulty += header.difficulty;
            parent = block.header;
            count += 1;
        }
        println!("{name}: {count} headers");
        assert!(count >= 600);
    }
}

#[test]
fn mainnet_genesis_without_config_is_mainnet() {
    let Some(path) = data::path(
        "mainnet_genesis_without_config_is_mainnet",
        "full-state/mainnet-genesis.json.zst",
    ) else {
        return;
    };
    let reader = zstd::Decoder::new(File::open(path).unwrap()).unwrap();
    let genesis: Genesis = serde_json::from_reader(reader).unwrap();
    let chain = ChainSpec::from_genesis(&genesis).unwrap();
    assert_eq!(chain, ChainSpec::mainnet());
    let header = genesis_header(&genesis, &chain, state_root(&genesis.alloc));
    let expected = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";
    assert_eq!(header_hash(&header).to_string(), expected);
}

/// The compressed headers and bodies of an era1 file, in order: entries of type (2 bytes), length (4 bytes, both little
/// endian), two zero bytes, and data; headers are of type 3, bodies of type 4.
fn era1_entries(bytes: &[u8], wanted: u16) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while let [t0, t1, l0, l1, l2, l3, _, _, after @ ..] = rest {
        let length = u32::from_le_bytes([*l0, *l1, *l2, *l3]) as usize;
        let (data, next) = after.split_at(length);
        if u16::from_le_bytes([*t0, *t1]) == wanted {
            let mut plain = Vec::new();
            snap::read::FrameDecoder::new(data)
                .read_to_end(&mut plain)
                .unwrap();
            entries.push(plain);
        }
        rest = next;
    }
    entries
}

#[test]
fn the_first_8192_blocks_and_their_ommers_pass() {
    use alloy_rlp::Decodable;
    let name = "full-state/mainnet-00000-5ec1ffb8.era1";
    let Some(path) = data::path("the_first_8192_blocks_and_their_ommers_pass", name) else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let mut known = Known::new(ChainSpec::mainnet());
    let mut parent = None;
    let mut ommer_count = 0;
    let headers = era1_entries(&bytes, 3);
    assert_eq!(headers.len(), 8192);
    for (header, body) in headers.iter().zip(era1_entries(&bytes, 4)) {
        let header = alloy_consensus::Header::decode(&mut header.as_slice()).unwrap();
        let body: alloy_consensus::BlockBody<phalanx::block::Transaction> =
            Decodable::decode(&mut body.as_slice()).unwrap();
        if let Some(parent) = &parent {
            let rules = known.chain.rules_at(header.number, header.timestamp, None);
            assert_eq!(header.parent_hash, header_hash(parent));
            assert_eq!(check_standalone(&rules, &header, None), Ok(()));
            assert_eq!(check_with_parent(&rules, &header, parent), Ok(()));
            let ommers = check_ommers(&rules, &header, &body.ommers, &known);
            assert_eq!(ommers, OmmersCheck::Valid, "{}", header.number);
        }
        ommer_count += body.ommers.len();
        known.add(&header, &body.ommers);
        parent = Some(header);
    }
    println!("{ommer_count} ommers");
    assert!(ommer_count > 500);
}

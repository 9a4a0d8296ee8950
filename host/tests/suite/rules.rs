//! Header rules on official difficulty tests and on real consecutive headers.

use crate::data;
use alloy_consensus::Header;
use alloy_genesis::{Genesis, GenesisAccount};
use alloy_primitives::{Address, B64, B256, Bytes, U256};
use alloy_rlp::Decodable;
use alloy_trie::{TrieAccount, root::state_root_unhashed};
use phalanx::{
    block::{Block, header_hash},
    chain::{ChainSpec, Rules, genesis_header},
    rules::{
        HeaderRule, ParentDifficulty, check_blob_gas_used, check_standalone, check_with_parent,
        difficulty,
    },
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read,
    path::Path,
};

fn number(value: &Value) -> U256 {
    value.as_str().unwrap().parse().unwrap()
}

/// Runs the tests of one JSON object, all of which must pass; says how many there were.
fn difficulty_cases(
    file: &str,
    chain_of: &dyn Fn(&str) -> Option<ChainSpec>,
    tests: &Value,
) -> usize {
    let mut count = 0;
    for (name, test) in tests.as_object().unwrap() {
        let chain = chain_of(name).unwrap_or_else(|| panic!("{file}: no chain for {name}"));
        let block: u64 = number(&test["currentBlockNumber"]).to();
        let has_ommers = match test.get("parentUncles").and_then(Value::as_str) {
            None
            | Some("0x00" | "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347") => {
                false
            }
            Some(_) => true,
        };
        let parent = ParentDifficulty {
            difficulty: number(&test["parentDifficulty"]),
            timestamp: number(&test["parentTimestamp"]).to(),
            has_ommers,
        };
        // Some old tests begin below the minimum, which no block does, and expect it not to be kept.
        if parent.difficulty < U256::from(131_072) {
            continue;
        }
        let rules = chain.rules_at(block, 0, None);
        let got = difficulty(
            &rules,
            block,
            number(&test["currentTimestamp"]).to(),
            parent,
        );
        assert_eq!(
            got,
            Some(number(&test["currentDifficulty"])),
            "{file}: {name}"
        );
        count += 1;
    }
    count
}

#[test]
fn official_difficulty_tests() {
    let Some(path) = data::path(
        "official_difficulty_tests",
        "official/ethereum-tests.tar.zst",
    ) else {
        return;
    };
    let mut archive = tar::Archive::new(zstd::Decoder::new(File::open(path).unwrap()).unwrap());
    let fixture = |name: &str| ChainSpec::from_fixture_network(name, &BTreeMap::new(), 1).ok();
    let mut counts = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let by_fork = name.contains("/DifficultyTests/") && name.ends_with(".json");
        let basic = name.contains("/BasicTests/difficulty");
        if !by_fork && !basic {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let count = if by_fork {
            let groups = json.as_object().unwrap().values();
            groups
                .flat_map(|group| group.as_object().unwrap())
                .filter(|(fork, _)| *fork != "_info")
                .map(|(fork, tests)| difficulty_cases(&name, &|_| fixture(fork), tests))
                .sum()
        } else {
            let chain = match name.rsplit('/').next().unwrap() {
                "difficultyCustomHomestead.json" => fixture("Homestead"),
                "difficultyRopsten.json" => Some(ropsten()),
                _ => Some(ChainSpec::mainnet()),
            };
            difficulty_cases(&name, &|_| chain.clone(), &json)
        };
        counts.insert(name, count);
    }
    println!("{counts:#?}");
    assert_eq!(counts.len(), 21);
    assert!(counts.values().all(|count| *count > 0));
}

fn ropsten() -> ChainSpec {
    let config = r#"{"chainId": 3, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 10, "eip158Block": 10,
        "byzantiumBlock": 1700000, "constantinopleBlock": 4230000, "petersburgBlock": 4939394}"#;
    ChainSpec::from_genesis(&Genesis {
        config: serde_json::from_str(config).unwrap(),
        ..Genesis::default()
    })
    .unwrap()
}

/// A real block, its chain's rules, and its parent where the witness has it.
struct Sample {
    label: String,
    rules: Rules,
    block: Block,
    parent: Option<Header>,
}

fn samples(folder: &Path) -> Vec<Sample> {
    let mut samples = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let reader = zstd::Decoder::new(File::open(&path).unwrap()).unwrap();
        let json: Value = serde_json::from_reader(reader).unwrap();
        let bytes = |value: &Value| value.as_str().unwrap().parse::<Bytes>().unwrap();
        let chain = ChainSpec::from_chain_id(json["chain_id"].as_u64().unwrap()).unwrap();
        let block = Block::decode(&bytes(&json["block"])).unwrap();
        let parent = json["headers"]
            .as_array()
            .and_then(|headers| headers.first())
            .map(|header| Header::decode(&mut bytes(header).as_ref()).unwrap());
        samples.push(Sample {
            label: path.file_name().unwrap().display().to_string(),
            rules: chain.rules_at(block.header.number, block.header.timestamp, None),
            block,
            parent,
        });
    }
    samples
}

fn verdict(sample: &Sample, header: &Header) -> Result<(), HeaderRule> {
    let blobs = sample
        .block
        .transactions
        .iter()
        .filter_map(|tx| tx.as_eip4844())
        .map(|tx| tx.tx().blob_versioned_hashes.len() as u64)
        .sum();
    check_standalone(&sample.rules, header, sample.block.encoded_length)
        .and_then(|()| check_blob_gas_used(&sample.rules, header, blobs))
        .and_then(|()| match &sample.parent {
            Some(parent) => check_with_parent(&sample.rules, header, parent),
            None => Ok(()),
        })
        .map_err(|error| error.rule)
}

#[test]
fn real_headers_pass() {
    let Some(folder) = data::path("real_headers_pass", "witness") else {
        return;
    };
    let samples = samples(&folder);
    let forks: BTreeSet<_> = samples.iter().map(|sample| sample.rules.fork).collect();
    let linked = samples
        .iter()
        .filter(|sample| sample.parent.is_some())
        .count();
    println!(
        "{} headers, {linked} with their parents, forks {forks:?}",
        samples.len()
    );
    assert_eq!((samples.len(), linked), (67, 62));
    for sample in &samples {
        if let Some(parent) = &sample.parent {
            assert_eq!(
                header_hash(parent),
                sample.block.header.parent_hash,
                "{}",
                sample.label
            );
        }
        assert_eq!(
            verdict(sample, &sample.block.header),
            Ok(()),
            "{}",
            sample.label
        );
    }
}

/// One change of a header field, and the rules of which one must notice it where it applies.
type Mutation = (&'static str, fn(&mut Header), &'static [HeaderRule]);

/// Fields that the header rules bind to the parent or to constants: a change of each breaks a rule.
const BOUND: [Mutation; 20] = [
    (
        "number up",
        |h| h.number += 1,
        &[HeaderRule::Number, HeaderRule::DaoExtraData],
    ),
    (
        "number down",
        |h| h.number -= 1,
        &[HeaderRule::Number, HeaderRule::DaoExtraData],
    ),
    (
        "timestamp zero",
        |h| h.timestamp = 0,
        &[HeaderRule::Timestamp],
    ),
    (
        "gas limit double",
        |h| h.gas_limit *= 2,
        &[HeaderRule::GasLimitStep, HeaderRule::GasUsed],
    ),
    (
        "gas limit half",
        |h| h.gas_limit /= 2,
        &[
            HeaderRule::GasLimitStep,
            HeaderRule::GasUsed,
            HeaderRule::GasLimitBounds,
        ],
    ),
    (
        "gas used",
        |h| h.gas_used = h.gas_limit + 1,
        &[HeaderRule::GasUsed],
    ),
    (
        "difficulty",
        |h| h.difficulty += U256::ONE,
        &[HeaderRule::Difficulty],
    ),
    (
        "extra data",
        |h| h.extra_data = vec![1; 33].into(),
        &[HeaderRule::ExtraDataLength],
    ),
    (
        "base fee up",
        |h| h.base_fee_per_gas = h.base_fee_per_gas.map_or(Some(7), |fee| Some(fee + 1)),
        &[HeaderRule::BaseFee],
    ),
    (
        "base fee gone",
        |h| h.base_fee_per_gas = h.base_fee_per_gas.xor(Some(7)),
        &[HeaderRule::BaseFee],
    ),
    (
        "withdrawals root",
        |h| h.withdrawals_root = flip(h.withdrawals_root),
        &[HeaderRule::WithdrawalsRoot],
    ),
    (
        "blob gas used",
        |h| h.blob_gas_used = h.blob_gas_used.map_or(Some(0), |gas| Some(gas + 131_072)),
        &[HeaderRule::BlobGasUsed],
    ),
    (
        "blob gas used odd",
        |h| h.blob_gas_used = h.blob_gas_used.map_or(Some(0), |gas| Some(gas + 1)),
        &[HeaderRule::BlobGasUsed],
    ),
    (
        "excess blob gas",
        |h| h.excess_blob_gas = h.excess_blob_gas.map_or(Some(0), |gas| Some(gas + 1)),
        &[HeaderRule::ExcessBlobGas],
    ),
    (
        "beacon root",
        |h| h.parent_beacon_block_root = flip(h.parent_beacon_block_root),
        &[HeaderRule::ParentBeaconBlockRoot],
    ),
    (
        "requests hash",
        |h| h.requests_hash = flip(h.requests_hash),
        &[HeaderRule::RequestsHash],
    ),
    (
        "access list hash",
        |h| h.block_access_list_hash = flip(h.block_access_list_hash),
        &[HeaderRule::BlockAccessListHash],
    ),
    (
        "slot number",
        |h| h.slot_number = Some(1),
        &[HeaderRule::SlotNumber],
    ),
    (
        "excess gone",
        |h| h.excess_blob_gas = h.excess_blob_gas.xor(Some(0)),
        &[HeaderRule::ExcessBlobGas],
    ),
    (
        "blob gas gone",
        |h| h.blob_gas_used = h.blob_gas_used.xor(Some(0)),
        &[HeaderRule::BlobGasUsed],
    ),
];

/// Fields that the header rules leave free: a change of each shows in the hash only.
const FREE: [fn(&mut Header); 8] = [
    |h| h.parent_hash.0[0] ^= 1,
    |h| h.beneficiary.0[0] ^= 1,
    |h| h.state_root.0[0] ^= 1,
    |h| h.transactions_root.0[0] ^= 1,
    |h| h.receipts_root.0[0] ^= 1,
    |h| h.logs_bloom.0[0] ^= 1,
    |h| h.mix_hash.0[0] ^= 1,
    |h| h.gas_used ^= 1,
];

/// There if it was not, gone if it was.
fn flip(field: Option<B256>) -> Option<B256> {
    field.is_none().then_some(B256::ZERO)
}

#[test]
fn changed_headers_break_a_rule_or_the_hash() {
    let Some(folder) = data::path("changed_headers_break_a_rule_or_the_hash", "witness") else {
        return;
    };
    let mut refused = 0;
    for sample in samples(&folder) {
        let original = &sample.block.header;
        let changed = |edit: fn(&mut Header)| {
            let mut header = original.clone();
            edit(&mut header);
            assert_ne!(header_hash(&header), sample.block.hash, "{}", sample.label);
            header
        };
        for (name, edit, rules) in BOUND {
            let header = changed(edit);
            match verdict(&sample, &header) {
                Err(rule) => {
                    assert!(rules.contains(&rule), "{}: {name}: {rule}", sample.label);
                    refused += 1;
                }
                Ok(()) => assert!(sample.parent.is_none(), "{}: {name} passes", sample.label),
            }
        }
        for edit in FREE {
            changed(edit);
        }
        let stake: [(fn(&mut Header), HeaderRule); 2] = [
            (|h| h.nonce = B64::from(1_u64), HeaderRule::Nonce),
            (|h| h.ommers_hash.0[0] ^= 1, HeaderRule::OmmersHash),
        ];
        for (edit, rule) in stake {
            let got = verdict(&sample, &changed(edit));
            let expected = if sample.rules.is_post_merge() {
                Err(rule)
            } else {
                Ok(())
            };
            assert_eq!(got, expected, "{}", sample.label);
        }
    }
    println!("{refused} changed headers refused by a rule");
}

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

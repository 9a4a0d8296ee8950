//! Headers and ommers of the official blockchain tests.

use super::ancestry::Known;
use crate::data;
use alloy_consensus::{Header, proofs::calculate_ommers_root};
use alloy_eips::eip7840::BlobParams;
use alloy_genesis::Genesis;
use alloy_primitives::{Bytes, U64};
use phalanx::{
    block::{Block, Ommers, header_hash},
    chain::{ChainSpec, genesis_header},
    rules::{
        Ancestry, OmmersCheck, check_blob_gas_used, check_ommers, check_standalone,
        check_with_parent, check_withdrawals_presence,
    },
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::Read,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fixture {
    network: String,
    #[serde(default)]
    config: Config,
    #[serde(rename = "genesisRLP")]
    genesis_rlp: Bytes,
    blocks: Vec<FixtureBlock>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    blob_schedule: BTreeMap<String, Schedule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schedule {
    target: U64,
    max: U64,
    base_fee_update_fraction: U64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FixtureBlock {
    rlp: String,
    /// Valid blocks have it.
    block_header: Option<serde::de::IgnoredAny>,
    expect_exception: Option<String>,
}

/// Why a block is refused, if it is.
fn refusal(known: &Known, block: &Block) -> Option<String> {
    let header = &block.header;
    let rules = known.rules(header);
    let blobs = block
        .transactions
        .iter()
        .filter_map(|tx| tx.as_eip4844())
        .map(|tx| tx.tx().blob_versioned_hashes.len() as u64)
        .sum();
    let Some(parent) = known.header(header.parent_hash) else {
        return Some("unknown parent".into());
    };
    let checked = check_standalone(&rules, header, block.encoded_length)
        .and_then(|()| check_with_parent(&rules, header, parent))
        .and_then(|()| check_blob_gas_used(&rules, header, blobs))
        .and_then(|()| check_withdrawals_presence(&rules, block.withdrawals.is_some()));
    if let Err(error) = checked {
        return Some(error.to_string());
    }
    let Ommers::Headers(ommers) = &block.ommers else {
        unreachable!("decoded from RLP")
    };
    if calculate_ommers_root(ommers) != header.ommers_hash {
        return Some("ommers hash".into());
    }
    match check_ommers(&rules, header, ommers, known) {
        OmmersCheck::Valid => None,
        other => Some(format!("{other:?}")),
    }
}

/// The genesis of which `header` is the header.
fn genesis_of(header: &Header) -> Genesis {
    Genesis {
        nonce: header.nonce.into(),
        timestamp: header.timestamp,
        extra_data: header.extra_data.clone(),
        gas_limit: header.gas_limit,
        difficulty: header.difficulty,
        mix_hash: header.mix_hash,
        coinbase: header.beneficiary,
        base_fee_per_gas: header.base_fee_per_gas.map(Into::into),
        excess_blob_gas: header.excess_blob_gas,
        blob_gas_used: header.blob_gas_used,
        slot_number: header.slot_number,
        ..Genesis::default()
    }
}

/// Counts of blocks: valid ones, and refused and passed ones of those that are not, by the exception expected.
#[derive(Default)]
struct Counts {
    valid: usize,
    refused: HashMap<String, usize>,
    passed: BTreeMap<String, Vec<String>>,
}

fn run(name: &str, fixture: &Fixture, counts: &mut Counts) {
    let schedule = fixture
        .config
        .blob_schedule
        .iter()
        .map(|(fork, entry)| {
            let params = BlobParams {
                target_blob_count: entry.target.to(),
                max_blob_count: entry.max.to(),
                update_fraction: entry.base_fee_update_fraction.to(),
                ..BlobParams::cancun()
            };
            (fork.clone(), params)
        })
        .collect();
    let chain = ChainSpec::from_fixture_network(&fixture.network, &schedule, 1)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let genesis = Block::decode(&fixture.genesis_rlp).unwrap_or_else(|e| panic!("{name}: {e}"));
    let built = genesis_header(
        &genesis_of(&genesis.header),
        &chain,
        genesis.header.state_root,
    );
    assert_eq!(header_hash(&built), genesis.hash, "{name}: genesis");

    let mut known = Known::new(chain);
    known.add(&genesis.header, &[]);
    for (index, fixture_block) in fixture.blocks.iter().enumerate() {
        let block = fixture_block.rlp.parse::<Bytes>().ok();
        let block = block.and_then(|rlp| Block::decode(&rlp).ok());
        let valid =
            fixture_block.block_header.is_some() && fixture_block.expect_exception.is_none();
        if valid {
            let block = block.unwrap_or_else(|| panic!("{name}: block {index} can't be decoded"));
            let refusal = refusal(&known, &block);
            assert_eq!(refusal, None, "{name}: block {index}");
            let Ommers::Headers(ommers) = &block.ommers else {
                unreachable!("decoded from RLP")
            };
            known.add(&block.header, ommers);
            counts.valid += 1;
        } else {
            let exception = fixture_block
                .expect_exception
                .clone()
                .unwrap_or_else(|| NOT_NAMED.into());
            match block.map(|block| refusal(&known, &block)) {
                None | Some(Some(_)) => *counts.refused.entry(exception).or_default() += 1,
                Some(None) => counts
                    .passed
                    .entry(exception)
                    .or_default()
                    .push(format!("{name} {index}")),
            }
        }
    }
}

/// Old tests name no exception.
const NOT_NAMED: &str = "none named";

/// Old tests with blocks whose fault shows in execution, in a root, or in the seal only.
const EXECUTION_FAULTS: [&str; 13] = [
    "futureUncleTimestamp3_",
    "incorrectUncleTimestamp2_",
    "wrongTransactionsTrie_",
    "wrongReceiptTrie_",
    "wrongStateRoot_",
    "wrongGasUsed_",
    "wrongCoinbase_",
    "log1_wrongBloom_",
    "wrongMixHash_",
    "nonceWrong_",
    "GasUsedHigherThanBlockGasLimitButNotWithRefundsSuicideLast_",
    "BlockWrong",
    "SimpleTxCosts20000",
];

/// Exceptions that the rules of headers and ommers and the decoder must raise by themselves.
fn is_ours(exception: &str) -> bool {
    const OURS: [&str; 17] = [
        "INCORRECT_EXCESS_BLOB_GAS",
        "INCORRECT_BLOB_GAS_USED",
        "INCORRECT_BLOCK_FORMAT",
        "BLOB_GAS_USED_ABOVE_LIMIT",
        "IMPORT_IMPOSSIBLE",
        "EXTRA_DATA",
        "INVALID_GASLIMIT",
        "GASLIMIT_TOO_BIG",
        "INVALID_BLOCK_TIMESTAMP",
        "INVALID_BLOCK_NUMBER",
        "INVALID_BASEFEE_PER_GAS",
        "INVALID_DIFFICULTY",
        "UNCLE",
        "UNKNOWN_PARENT",
        "RLP_STRUCTURES_ENCODING",
        "RLP_INVALID",
        "RLP_BLOCK_LIMIT_EXCEEDED",
    ];
    OURS.iter().any(|name| exception.contains(name))
}

fn run_archive(test: &str, archive: &str) {
    let Some(path) = data::path(test, archive) else {
        return;
    };
    let mut archive = tar::Archive::new(zstd::Decoder::new(File::open(path).unwrap()).unwrap());
    let mut counts = Counts::default();
    let mut tests = 0;
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let blockchain = name
            .to_lowercase()
            .replace('_', "")
            .contains("blockchaintests");
        if !blockchain || !name.ends_with(".json") {
            continue;
        }
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let fixtures: BTreeMap<String, Fixture> = match serde_json::from_str(&text) {
            Ok(fixtures) => fixtures,
            Err(error) => {
                println!("{name}: {error}");
                continue;
            }
        };
        for (test, fixture) in &fixtures {
            run(test, fixture, &mut counts);
            tests += 1;
        }
    }
    println!(
        "{tests} tests, {} valid blocks, {} refused",
        counts.valid,
        counts.refused.values().sum::<usize>()
    );
    for (exception, passed) in &counts.passed {
        println!("{exception}: {} pass, as {}", passed.len(), passed[0]);
        let unexplained = passed
            .iter()
            .filter(|name| match exception.as_str() {
                NOT_NAMED => !EXECUTION_FAULTS.iter().any(|test| name.starts_with(test)),
                named => is_ours(named),
            })
            .collect::<Vec<_>>();
        assert!(unexplained.is_empty(), "{exception}: {unexplained:#?}");
    }
    assert!(tests > 100);
}

#[test]
fn ethereum_tests() {
    run_archive(
        "rules::fixtures::ethereum_tests",
        "official/ethereum-tests.tar.zst",
    );
}

#[test]
fn legacy_tests() {
    run_archive(
        "rules::fixtures::legacy_tests",
        "official/legacy-Constantinople-BlockchainTests.tar.zst",
    );
}

#[test]
fn execution_spec_tests() {
    run_archive(
        "rules::fixtures::execution_spec_tests",
        "official/eest-v5.4.0-part.tar.zst",
    );
}

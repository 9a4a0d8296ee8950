//! Real headers and their parents, as they are and changed.

use crate::data;
use alloy_consensus::Header;
use alloy_primitives::{B64, B256, Bytes, U256};
use alloy_rlp::Decodable;
use phalanx::{
    block::{Block, header_hash},
    chain::{ChainSpec, Rules},
    rules::{HeaderRule, check_blob_gas_used, check_standalone, check_with_parent},
};
use serde_json::Value;
use std::{collections::BTreeSet, fs::File, path::Path};

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

type Edit = fn(&mut Header);

/// One change of a header field, and the rules of which one must notice it where it applies.
type Mutation = (&'static str, Edit, &'static [HeaderRule]);

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
const FREE: [Edit; 8] = [
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
        let changed = |edit: Edit| {
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
        let stake: [(Edit, HeaderRule); 2] = [
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

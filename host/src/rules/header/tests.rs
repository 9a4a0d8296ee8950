use super::*;
use crate::chain::ChainSpec;
use alloy_primitives::{B256, Bytes};
use std::collections::BTreeMap;

fn rules(network: &str) -> Rules {
    ChainSpec::from_fixture_network(network, &BTreeMap::new(), 1)
        .unwrap()
        .rules_at(1, 0, None)
}

/// A header that passes alone, after a parent like it.
fn header(rules: &Rules) -> Header {
    use EthereumHardfork as F;
    let since = |fork| rules.is_active(fork);
    Header {
        number: 1,
        timestamp: 1000,
        gas_limit: 1_024_000,
        gas_used: 512_000,
        difficulty: if rules.is_post_merge() {
            U256::ZERO
        } else {
            U256::from(131_072)
        },
        base_fee_per_gas: since(F::London).then_some(7),
        withdrawals_root: since(F::Shanghai).then_some(B256::ZERO),
        blob_gas_used: since(F::Cancun).then_some(0),
        excess_blob_gas: since(F::Cancun).then_some(0),
        parent_beacon_block_root: since(F::Cancun).then_some(B256::ZERO),
        requests_hash: since(F::Prague).then_some(B256::ZERO),
        block_access_list_hash: since(F::Amsterdam).then_some(B256::ZERO),
        slot_number: since(F::Amsterdam).then_some(0),
        ..Header::default()
    }
}

fn parent(child: &Header) -> Header {
    Header {
        number: 0,
        timestamp: 980,
        ..child.clone()
    }
}

/// The rule that the edited header breaks alone.
fn alone(network: &str, edit: impl FnOnce(&mut Header)) -> Option<HeaderRule> {
    let rules = rules(network);
    let mut header = header(&rules);
    assert_eq!(check_standalone(&rules, &header, Some(0)), Ok(()));
    edit(&mut header);
    check_standalone(&rules, &header, Some(0))
        .err()
        .map(|error| error.rule)
}

/// The rule that the edited header breaks after its parent.
fn linked(network: &str, edit: impl FnOnce(&mut Header)) -> Option<HeaderRule> {
    let rules = rules(network);
    let mut header = header(&rules);
    let parent = parent(&header);
    assert_eq!(check_with_parent(&rules, &header, &parent), Ok(()));
    edit(&mut header);
    check_with_parent(&rules, &header, &parent)
        .err()
        .map(|error| error.rule)
}

#[test]
fn extra_data_ends_at_32_bytes() {
    let extra = |length| alone("Prague", |h| h.extra_data = Bytes::from(vec![0; length]));
    assert_eq!(extra(32), None);
    assert_eq!(extra(33), Some(R::ExtraDataLength));
}

#[test]
fn gas_limit_is_bounded() {
    let limit = |limit| {
        alone("Frontier", |h| {
            h.gas_limit = limit;
            h.gas_used = 0;
        })
    };
    assert_eq!(limit(4999), Some(R::GasLimitBounds));
    assert_eq!(limit(5000), None);
    assert_eq!(limit((1 << 63) - 1), None);
    assert_eq!(limit(1 << 63), Some(R::GasLimitBounds));
}

#[test]
fn gas_used_is_at_most_the_limit() {
    assert_eq!(alone("Osaka", |h| h.gas_used = h.gas_limit), None);
    assert_eq!(
        alone("Osaka", |h| h.gas_used = h.gas_limit + 1),
        Some(R::GasUsed)
    );
}

#[test]
fn fields_are_there_from_their_fork_on() {
    type Field = (
        R,
        &'static str,
        &'static str,
        fn(&mut Header),
        fn(&mut Header),
    );
    let fields: [Field; 8] = [
        (
            R::BaseFee,
            "Berlin",
            "London",
            |h| h.base_fee_per_gas = Some(7),
            |h| h.base_fee_per_gas = None,
        ),
        (
            R::WithdrawalsRoot,
            "Paris",
            "Shanghai",
            |h| h.withdrawals_root = Some(B256::ZERO),
            |h| h.withdrawals_root = None,
        ),
        (
            R::BlobGasUsed,
            "Shanghai",
            "Cancun",
            |h| h.blob_gas_used = Some(0),
            |h| h.blob_gas_used = None,
        ),
        (
            R::ExcessBlobGas,
            "Shanghai",
            "Cancun",
            |h| h.excess_blob_gas = Some(0),
            |h| h.excess_blob_gas = None,
        ),
        (
            R::ParentBeaconBlockRoot,
            "Shanghai",
            "Cancun",
            |h| h.parent_beacon_block_root = Some(B256::ZERO),
            |h| h.parent_beacon_block_root = None,
        ),
        (
            R::RequestsHash,
            "Cancun",
            "Prague",
            |h| h.requests_hash = Some(B256::ZERO),
            |h| h.requests_hash = None,
        ),
        (
            R::BlockAccessListHash,
            "BPO2",
            "Amsterdam",
            |h| h.block_access_list_hash = Some(B256::ZERO),
            |h| h.block_access_list_hash = None,
        ),
        (
            R::SlotNumber,
            "BPO2",
            "Amsterdam",
            |h| h.slot_number = Some(0),
            |h| h.slot_number = None,
        ),
    ];
    for (rule, before, from, add, remove) in fields {
        assert_eq!(alone(before, add), Some(rule), "{rule} at {before}");
        assert_eq!(alone(from, add), None, "{rule} at {from}");
        assert_eq!(alone(from, remove), Some(rule), "no {rule} at {from}");
    }
}

#[test]
fn proof_of_stake_has_no_work() {
    assert_eq!(
        alone("Paris", |h| h.difficulty = U256::ONE),
        Some(R::Difficulty)
    );
    assert_eq!(
        alone("Paris", |h| h.nonce = B64::from(1_u64)),
        Some(R::Nonce)
    );
    assert_eq!(
        alone("Paris", |h| h.ommers_hash = B256::ZERO),
        Some(R::OmmersHash)
    );
    assert_eq!(alone("London", |h| h.nonce = B64::from(1_u64)), None);
    assert_eq!(alone("London", |h| h.ommers_hash = B256::ZERO), None);
    assert_eq!(
        linked("London", |h| h.difficulty = U256::ZERO),
        Some(R::Difficulty)
    );
}

#[test]
fn blocks_are_8_mebibytes_at_most_from_osaka_on() {
    let check = |network, length| {
        let rules = rules(network);
        check_standalone(&rules, &header(&rules), Some(length)).map_err(|error| error.rule)
    };
    assert_eq!(check("Prague", usize::MAX), Ok(()));
    assert_eq!(check("Osaka", 8_388_608), Ok(()));
    assert_eq!(check("Osaka", 8_388_609), Err(R::BlockLength));
}

#[test]
fn number_and_time_go_on() {
    assert_eq!(linked("Osaka", |h| h.number = 2), Some(R::Number));
    assert_eq!(linked("Osaka", |h| h.number = 0), Some(R::Number));
    assert_eq!(linked("Osaka", |h| h.timestamp = 980), Some(R::Timestamp));
    assert_eq!(linked("Osaka", |h| h.timestamp = 981), None);
    let rules = rules("Osaka");
    let last = Header {
        number: u64::MAX,
        ..header(&rules)
    };
    assert_eq!(
        check_with_parent(&rules, &last, &last).map_err(|e| e.rule),
        Err(R::Number)
    );
}

#[test]
fn gas_limit_moves_by_less_than_a_1024th() {
    let step = |limit| linked("Prague", |h| h.gas_limit = limit);
    assert_eq!(step(1_024_000 + 999), None);
    assert_eq!(step(1_024_000 - 999), None);
    assert_eq!(step(1_024_000 + 1000), Some(R::GasLimitStep));
    assert_eq!(step(1_024_000 - 1000), Some(R::GasLimitStep));
    assert_eq!(step(u64::MAX), Some(R::GasLimitStep));
}

#[test]
fn gas_limit_doubles_at_london() {
    let rules = rules("London");
    let mut child = header(&rules);
    child.base_fee_per_gas = Some(1_000_000_000);
    let parent = Header {
        base_fee_per_gas: None,
        ..parent(&child)
    };
    let mut step = |limit| {
        child.gas_limit = limit;
        check_with_parent(&rules, &child, &parent).map_err(|error| error.rule)
    };
    assert_eq!(step(2_048_000), Ok(()));
    assert_eq!(step(2_048_000 + 1999), Ok(()));
    assert_eq!(step(2_048_000 + 2000), Err(R::GasLimitStep));
    assert_eq!(step(1_024_000), Err(R::GasLimitStep));
    child.gas_limit = 2_048_000;
    child.base_fee_per_gas = Some(7);
    assert_eq!(
        check_with_parent(&rules, &child, &parent).map_err(|e| e.rule),
        Err(R::BaseFee)
    );
}

#[test]
fn fees_follow_the_parent() {
    assert_eq!(
        linked("London", |h| h.base_fee_per_gas = Some(8)),
        Some(R::BaseFee)
    );
    assert_eq!(
        linked("Cancun", |h| h.excess_blob_gas = Some(1)),
        Some(R::ExcessBlobGas)
    );
    assert_eq!(
        linked("Berlin", |h| h.difficulty += U256::ONE),
        Some(R::Difficulty)
    );
}

#[test]
fn errors_say_what_was_expected() {
    let rules = rules("Osaka");
    let wrong = Header {
        base_fee_per_gas: Some(9),
        ..header(&rules)
    };
    let error = check_with_parent(&rules, &wrong, &parent(&header(&rules))).unwrap_err();
    assert_eq!(error.to_string(), "base fee: expected 7, got 9");
}

#[test]
fn withdrawals_are_there_from_shanghai_on() {
    let check = |network, present| {
        check_withdrawals_presence(&rules(network), present).map_err(|error| error.rule)
    };
    assert_eq!(check("Paris", false), Ok(()));
    assert_eq!(check("Paris", true), Err(R::Withdrawals));
    assert_eq!(check("Shanghai", true), Ok(()));
    assert_eq!(check("Shanghai", false), Err(R::Withdrawals));
}

mod fixture;
mod genesis;

use super::*;
use crate::chain::genesis::TIME_FORKS;
use alloy_evm::spec_by_timestamp_and_block_number;
use alloy_genesis::{ChainConfig, Genesis};
use alloy_hardforks::{EthereumHardfork as F, EthereumHardforks, ForkCondition};
use alloy_primitives::{B256, b256};
use revm::primitives::hardfork::SpecId;
use std::collections::BTreeMap;

fn fork_at(chain: &ChainSpec, number: u64, timestamp: u64) -> F {
    chain.rules_at(number, timestamp, None).fork
}

fn fixture(name: &str) -> Result<ChainSpec, ChainError> {
    ChainSpec::from_fixture_network(name, &BTreeMap::new(), 1)
}

fn config(edit: impl FnOnce(&mut ChainConfig)) -> Genesis {
    let mut config = ChainConfig {
        chain_id: 99,
        homestead_block: Some(0),
        eip150_block: Some(0),
        eip155_block: Some(0),
        eip158_block: Some(0),
        byzantium_block: Some(0),
        constantinople_block: Some(0),
        istanbul_block: Some(0),
        berlin_block: Some(0),
        london_block: Some(0),
        terminal_total_difficulty: Some(U256::from(1000)),
        shanghai_time: Some(10),
        cancun_time: Some(20),
        ..ChainConfig::default()
    };
    edit(&mut config);
    Genesis {
        config,
        ..Genesis::default()
    }
}

fn from_config(edit: impl FnOnce(&mut ChainConfig)) -> Result<ChainSpec, ChainError> {
    ChainSpec::from_genesis(&config(edit))
}

#[test]
fn public_chains_are_ordered_and_found() {
    for name in ["mainnet", "sepolia", "holesky", "hoodi", "dev"] {
        let chain = ChainSpec::from_name(name).unwrap();
        assert_eq!(chain.name, name);
        assert_eq!(chain.clone().ordered(), Ok(chain.clone()));
        let by_id = ChainSpec::from_chain_id(chain.chain_id);
        assert_eq!(by_id.is_some(), name != "dev");
    }
    assert_eq!(ChainSpec::from_name("Mainnet"), None);
}

#[test]
fn mainnet_forks_begin_where_history_has_them() {
    let chain = ChainSpec::mainnet();
    let mut before = F::Frontier;
    for (block, fork) in [
        (1_150_000, F::Homestead),
        (1_920_000, F::Dao),
        (2_463_000, F::Tangerine),
        (2_675_000, F::SpuriousDragon),
        (4_370_000, F::Byzantium),
        (7_280_000, F::Petersburg),
        (9_069_000, F::Istanbul),
        (9_200_000, F::MuirGlacier),
        (12_244_000, F::Berlin),
        (12_965_000, F::London),
        (13_773_000, F::ArrowGlacier),
        (15_050_000, F::GrayGlacier),
        (15_537_394, F::Paris),
    ] {
        assert_eq!(fork_at(&chain, block - 1, 1), before);
        assert_eq!(fork_at(&chain, block, 1), fork);
        before = fork;
    }
    for (time, fork) in [
        (1_681_338_455, F::Shanghai),
        (1_710_338_135, F::Cancun),
        (1_746_612_311, F::Prague),
        (1_764_798_551, F::Osaka),
        (1_765_290_071, F::Bpo1),
        (1_767_747_671, F::Bpo2),
    ] {
        assert_eq!(fork_at(&chain, 30_000_000, time - 1), before);
        assert_eq!(fork_at(&chain, 30_000_000, time), fork);
        before = fork;
    }
    // A late timestamp brings nothing before the merge, and no total difficulty moves it.
    assert_eq!(fork_at(&chain, 15_537_393, u64::MAX), F::GrayGlacier);
    let rules = chain.rules_at(15_537_393, u64::MAX, Some(U256::MAX));
    assert_eq!((rules.fork, rules.blob), (F::GrayGlacier, None));
}

#[test]
fn blob_parameters_follow_the_schedule() {
    let chain = ChainSpec::mainnet();
    let blob = |time| chain.rules_at(30_000_000, time, None).blob;
    assert_eq!(blob(1_710_338_134), None);
    assert_eq!(blob(1_710_338_135), Some(BlobParams::cancun()));
    assert_eq!(blob(1_746_612_311), Some(BlobParams::prague()));
    assert_eq!(blob(1_764_798_551), Some(BlobParams::osaka()));
    assert_eq!(blob(1_765_290_071), Some(BlobParams::bpo1()));
    assert_eq!(blob(1_767_747_671), Some(BlobParams::bpo2()));
}

#[test]
fn bomb_delays_follow_the_forks() {
    let chain = ChainSpec::mainnet();
    for (block, delay) in [
        (4_369_999, 0),
        (4_370_000, 3_000_000),
        (7_280_000, 5_000_000),
        (9_200_000, 9_000_000),
        (12_244_000, 9_000_000),
        (12_965_000, 9_700_000),
        (13_773_000, 10_700_000),
        (15_050_000, 11_400_000),
    ] {
        assert_eq!(chain.rules_at(block, 1, None).bomb_delay, delay);
    }
    // Berlin without Muir Glacier keeps Constantinople's delay.
    let rules = from_config(|config| config.london_block = Some(50))
        .unwrap()
        .rules_at(49, 0, Some(U256::ZERO));
    assert_eq!((rules.fork, rules.bomb_delay), (F::Berlin, 5_000_000));
}

#[test]
fn rules_speak_for_one_block_as_hardforks() {
    for fork in F::VARIANTS.iter().copied().filter(|fork| *fork < F::Bogota) {
        let rules = Rules {
            fork,
            spec_id: rules::spec_id(fork),
            ..ChainSpec::mainnet().rules_at(0, 0, None)
        };
        for other in F::VARIANTS {
            let condition = rules.ethereum_fork_activation(*other);
            let expected = *other <= fork && *other != F::Dao;
            assert_eq!(
                condition != ForkCondition::Never,
                expected,
                "{fork} {other}"
            );
        }
        assert_eq!(rules.is_paris_active_at_block(0), fork >= F::Paris);
        // The executor's reading agrees with ours, but for the fork that the EVM does not have.
        let spec = spec_by_timestamp_and_block_number(&rules, 0, 0);
        match fork {
            F::Constantinople => assert_eq!(rules.spec_id, SpecId::PETERSBURG),
            _ => assert_eq!(rules.spec_id, spec, "{fork}"),
        }
    }
    let early = ChainSpec::mainnet().rules_at(1_149_999, 0, None);
    assert!(!early.requires_low_s() && early.receipts_carry_state_root());
    let byzantium = ChainSpec::mainnet().rules_at(4_370_000, 0, None);
    assert!(byzantium.requires_low_s() && !byzantium.receipts_carry_state_root());
    assert!(
        byzantium.is_active(F::Dao) && !ChainSpec::dev().rules_at(1, 1, None).is_active(F::Dao)
    );
}

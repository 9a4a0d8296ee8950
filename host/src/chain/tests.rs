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

#[test]
fn total_difficulty_decides_the_merge() {
    let chain = from_config(|_| ()).unwrap();
    let at = |time, reached: Option<u64>| chain.rules_at(5, time, reached.map(U256::from)).fork;
    assert_eq!(at(0, Some(999)), F::London);
    assert_eq!(at(30, Some(999)), F::London);
    assert_eq!(at(0, Some(1000)), F::Paris);
    assert_eq!(at(10, Some(1000)), F::Shanghai);
    assert_eq!(at(9, None), F::London);
    assert_eq!(at(10, None), F::Shanghai);
    let netsplit = from_config(|config| {
        config.terminal_total_difficulty = None;
        config.shanghai_time = None;
        config.cancun_time = None;
        config.merge_netsplit_block = Some(0);
    });
    assert_eq!(
        netsplit.unwrap().rules_at(9, 9, Some(U256::MAX)).fork,
        F::London
    );
    let zero = from_config(|config| config.terminal_total_difficulty = Some(U256::ZERO)).unwrap();
    assert_eq!(fork_at(&zero, 0, 0), F::Paris);
}

#[test]
fn contradictory_configs_are_refused() {
    type Edit = fn(&mut ChainConfig);
    let cases: [(Edit, ChainError); 9] = [
        (
            |config| config.istanbul_block = None,
            ChainError::Missing {
                missing: F::Istanbul,
                later: F::Cancun,
            },
        ),
        (
            |config| config.shanghai_time = None,
            ChainError::Missing {
                missing: F::Shanghai,
                later: F::Cancun,
            },
        ),
        (
            |config| config.terminal_total_difficulty = None,
            ChainError::Missing {
                missing: F::Paris,
                later: F::Shanghai,
            },
        ),
        (
            |config| config.cancun_time = Some(9),
            ChainError::Unordered {
                earlier: F::Shanghai,
                earlier_at: 10,
                later: F::Cancun,
                later_at: 9,
            },
        ),
        (
            |config| config.istanbul_block = Some(7),
            ChainError::Unordered {
                earlier: F::Istanbul,
                earlier_at: 7,
                later: F::Berlin,
                later_at: 0,
            },
        ),
        (
            |config| config.eip155_block = Some(7),
            ChainError::SplitSpuriousDragon {
                eip155: Some(7),
                eip158: Some(0),
            },
        ),
        (
            |config| config.bogota_time = Some(70),
            ChainError::Unsupported(F::Bogota),
        ),
        (
            |config| {
                config.prague_time = Some(30);
                config.osaka_time = Some(40);
                config.bpo3_time = Some(50);
            },
            ChainError::MissingBlobParams(F::Bpo3),
        ),
        (
            |config| {
                let params = BlobParams {
                    update_fraction: 0,
                    ..BlobParams::cancun()
                };
                config.blob_schedule.insert("cancun".into(), params);
            },
            ChainError::BadBlobParams {
                fork: F::Cancun,
                reason: "the update fraction is zero",
            },
        ),
    ];
    for (edit, error) in cases {
        assert_eq!(from_config(edit), Err(error));
    }
}

#[test]
fn dao_fork_needs_support() {
    let dao = |support| {
        from_config(|config| {
            config.dao_fork_block = Some(0);
            config.dao_fork_support = support;
        })
        .unwrap()
        .rules_at(3, 0, None)
    };
    assert_eq!(
        (dao(true).dao_fork_block, dao(true).dao_refused_block),
        (Some(0), None)
    );
    assert_eq!(
        (dao(false).dao_fork_block, dao(false).dao_refused_block),
        (None, Some(0))
    );
}

#[test]
fn a_config_without_forks_is_the_public_chain_of_its_id() {
    assert_eq!(
        ChainSpec::from_genesis(&Genesis::default()),
        Ok(ChainSpec::mainnet())
    );
    let private = Genesis {
        config: ChainConfig {
            chain_id: 4242,
            ..ChainConfig::default()
        },
        ..Genesis::default()
    };
    let chain = ChainSpec::from_genesis(&private).unwrap();
    assert_eq!(fork_at(&chain, u64::MAX, u64::MAX), F::Frontier);
}

#[test]
fn fixture_networks_are_known() {
    for (name, fork) in [
        ("Frontier", F::Frontier),
        ("Homestead", F::Homestead),
        ("EIP150", F::Tangerine),
        ("EIP158", F::SpuriousDragon),
        ("Byzantium", F::Byzantium),
        ("Constantinople", F::Constantinople),
        ("ConstantinopleFix", F::Petersburg),
        ("Istanbul", F::Istanbul),
        ("MuirGlacier", F::MuirGlacier),
        ("Berlin", F::Berlin),
        ("London", F::London),
        ("ArrowGlacier", F::ArrowGlacier),
        ("GrayGlacier", F::GrayGlacier),
        ("Merge", F::Paris),
        ("Paris", F::Paris),
        ("Shanghai", F::Shanghai),
        ("Cancun", F::Cancun),
        ("Prague", F::Prague),
        ("Osaka", F::Osaka),
        ("BPO1", F::Bpo1),
        ("BPO2", F::Bpo2),
        ("Amsterdam", F::Amsterdam),
    ] {
        let chain = fixture(name).unwrap();
        assert_eq!(fork_at(&chain, 0, 0), fork, "{name}");
        assert_eq!(fork_at(&chain, 99, 99_999), fork, "{name}");
        assert_eq!(chain.rules_at(9, 9, None).dao_fork_block, None);
    }
    let amsterdam = fixture("Amsterdam").unwrap().rules_at(1, 1, None);
    assert_eq!(amsterdam.blob, Some(BlobParams::bpo2()));
}

#[test]
fn fixture_transitions_change_at_their_point() {
    for (name, from, to) in [
        ("FrontierToHomesteadAt5", F::Frontier, F::Homestead),
        ("HomesteadToEIP150At5", F::Homestead, F::Tangerine),
        ("HomesteadToDaoAt5", F::Homestead, F::Dao),
        ("EIP158ToByzantiumAt5", F::SpuriousDragon, F::Byzantium),
        (
            "ByzantiumToConstantinopleAt5",
            F::Byzantium,
            F::Constantinople,
        ),
        (
            "ByzantiumToConstantinopleFixAt5",
            F::Byzantium,
            F::Petersburg,
        ),
        ("BerlinToLondonAt5", F::Berlin, F::London),
    ] {
        let chain = fixture(name).unwrap();
        assert_eq!(
            (fork_at(&chain, 4, 0), fork_at(&chain, 5, 0)),
            (from, to),
            "{name}"
        );
        let dao = chain.rules_at(5, 0, None).dao_fork_block;
        assert_eq!(dao, (to == F::Dao).then_some(5));
    }
    for (name, from, to) in [
        ("ParisToShanghaiAtTime15k", F::Paris, F::Shanghai),
        ("ShanghaiToCancunAtTime15k", F::Shanghai, F::Cancun),
        ("CancunToPragueAtTime15k", F::Cancun, F::Prague),
        ("PragueToOsakaAtTime15k", F::Prague, F::Osaka),
        ("OsakaToBPO1AtTime15k", F::Osaka, F::Bpo1),
        ("BPO1ToBPO2AtTime15k", F::Bpo1, F::Bpo2),
        ("BPO2ToAmsterdamAtTime15k", F::Bpo2, F::Amsterdam),
    ] {
        let chain = fixture(name).unwrap();
        assert_eq!(
            (fork_at(&chain, 1, 14_999), fork_at(&chain, 1, 15_000)),
            (from, to),
            "{name}"
        );
    }
    let merge = fixture("ArrowGlacierToParisAtDiffC0000").unwrap();
    let at = |reached| merge.rules_at(3, 0, Some(U256::from(reached))).fork;
    assert_eq!((at(0xbffff), at(0xc0000)), (F::ArrowGlacier, F::Paris));
}

#[test]
fn other_networks_are_unknown() {
    for name in [
        "",
        "Dao",
        "Atlantis",
        "osaka",
        "LondonToBerlinAt5",
        "BerlinToLondonAt",
        "BerlinToLondonAt+5",
        "ParisToShanghaiAt5",
        "BerlinToLondonAtTime15k",
        "ParisToShanghaiAtTime15",
        "ParisToShanghaiAtTimek",
        "BerlinToLondonAtDiffC0000",
        "ArrowGlacierToParisAtDiff",
        "ArrowGlacierToParisAtDiff0xC",
        "ParisToShanghaiAtTime99999999999999999999k",
        "DaoToEIP150At5",
        "FrontierTo",
    ] {
        assert_eq!(fixture(name), Err(ChainError::UnknownNetwork(name.into())));
    }
    assert_eq!(fixture("BPO3"), Err(ChainError::MissingBlobParams(F::Bpo3)));
}

#[test]
fn fixture_schedules_override_the_defaults() {
    let params = BlobParams {
        target_blob_count: 1,
        max_blob_count: 2,
        ..BlobParams::prague()
    };
    let schedule = BTreeMap::from([("Osaka".to_string(), params), ("BPO3".to_string(), params)]);
    let chain = ChainSpec::from_fixture_network("OsakaToBPO1AtTime15k", &schedule, 7).unwrap();
    let blob = chain.rules_at(1, 1, None).blob.unwrap();
    assert_eq!((blob.target_blob_count, blob.max_blob_count), (1, 2));
    assert_eq!((blob.max_blobs_per_tx, blob.blob_base_cost), (6, 8192));
    assert_eq!(
        chain.rules_at(1, 15_000, None).blob,
        Some(BlobParams::bpo1())
    );
    assert!(ChainSpec::from_fixture_network("BPO3", &schedule, 7).is_ok());
}

#[test]
fn time_forks_are_those_after_paris() {
    let expected: Vec<F> = F::VARIANTS
        .iter()
        .copied()
        .filter(|fork| (F::Shanghai..=F::Amsterdam).contains(fork))
        .collect();
    assert_eq!(TIME_FORKS.to_vec(), expected);
}

#[test]
fn genesis_headers_have_the_fields_of_their_forks() {
    let fields = |name: &str| {
        let header = genesis_header(&Genesis::default(), &fixture(name).unwrap(), B256::ZERO);
        [
            header.base_fee_per_gas.is_some(),
            header.withdrawals_root.is_some(),
            header.blob_gas_used.is_some() && header.excess_blob_gas.is_some(),
            header.parent_beacon_block_root.is_some(),
            header.requests_hash.is_some(),
            header.block_access_list_hash.is_some() && header.slot_number.is_some(),
        ]
    };
    assert_eq!(fields("BerlinToLondonAt5"), [false; 6]);
    assert_eq!(fields("Paris"), [true, false, false, false, false, false]);
    assert_eq!(fields("ParisToShanghaiAtTime15k"), fields("London"));
    assert_eq!(fields("Shanghai"), [true, true, false, false, false, false]);
    assert_eq!(fields("Cancun"), [true, true, true, true, false, false]);
    assert_eq!(fields("Osaka"), [true, true, true, true, true, false]);
    assert_eq!(fields("Amsterdam"), [true; 6]);
}

#[test]
fn mainnet_genesis_hashes_as_it_does() {
    let genesis = Genesis {
        nonce: 0x42,
        gas_limit: 5000,
        difficulty: U256::from(0x4_0000_0000_u64),
        extra_data: b256!("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa")
            .to_vec()
            .into(),
        ..Genesis::default()
    };
    let root = b256!("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544");
    let header = genesis_header(&genesis, &ChainSpec::mainnet(), root);
    assert_eq!(
        crate::block::header_hash(&header),
        b256!("d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3")
    );
}

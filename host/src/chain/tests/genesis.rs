use super::*;

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

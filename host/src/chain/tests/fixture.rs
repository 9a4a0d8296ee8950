use super::*;

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

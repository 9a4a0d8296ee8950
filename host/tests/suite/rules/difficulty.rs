//! Official difficulty tests.

use crate::data;
use alloy_genesis::Genesis;
use alloy_primitives::U256;
use phalanx::{
    chain::ChainSpec,
    rules::{ParentDifficulty, difficulty},
};
use serde_json::Value;
use std::{collections::BTreeMap, fs::File, io::Read};

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
    assert_eq!(counts.len(), 22);
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

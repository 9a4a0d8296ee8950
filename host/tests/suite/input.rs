//! The reader on real data: each entry of the data folder gives the cases that its index promises.

use crate::data;
use phalanx::input::{Case, CaseKind, Limits, Progress, read};
use std::{collections::BTreeMap, ops::ControlFlow, path::PathBuf, sync::atomic::Ordering};

/// Cases by kind; blocks, and blocks that must be refused, are counted apart.
#[derive(Debug, Default)]
struct Tally(BTreeMap<&'static str, usize>, Vec<String>);

impl Tally {
    fn add(&mut self, key: &'static str, count: usize) {
        *self.0.entry(key).or_default() += count;
    }

    fn get(&self, key: &str) -> usize {
        self.0.get(key).copied().unwrap_or(0)
    }

    fn case(&mut self, case: Case) {
        match case.kind {
            CaseKind::Blocks(blocks) => {
                for listed in blocks {
                    match listed.block {
                        Ok(block) => {
                            assert_eq!(Some(block.hash), block.claimed_hash, "{}", case.input);
                            assert_eq!(
                                listed.senders.map(|senders| senders.len()),
                                Some(block.transactions.len())
                            );
                            self.add("listed", 1);
                            self.add("transactions", block.transactions.len());
                        }
                        Err(error) => panic!("{} {}: {error}", case.input, listed.label),
                    }
                }
            }
            CaseKind::PreState(case) => {
                assert_eq!(Some(case.block.hash), case.block.claimed_hash);
                let missing = case.state.accounts.values().filter(|account| {
                    account.code_hash != alloy_primitives::KECCAK256_EMPTY
                        && !case.state.codes.contains_key(&account.code_hash)
                });
                assert_eq!(missing.count(), 0, "block {}", case.block.header.number);
                assert!(!case.state.block_hashes.is_empty());
                self.add("pre-state", 1);
            }
            CaseKind::Witness(witness) => {
                assert_eq!(Some(witness.block.hash), witness.block.claimed_hash);
                assert!(!witness.nodes.is_empty());
                self.add("witness", 1);
            }
            CaseKind::Fixture(test) => {
                self.add("fixture", 1);
                let refused = test.blocks.iter().filter(|b| b.expect_exception.is_some());
                self.add("refused", refused.count());
                self.add("fixture blocks", test.blocks.len());
                self.add("chain id", usize::from(test.chain_id.is_some()));
            }
            CaseKind::Chain(chain) => {
                self.add("chain", 1);
                self.add("chain blocks", chain.blocks.len());
                self.add("genesis", usize::from(chain.genesis.is_some()));
            }
            CaseKind::Era1(era) => {
                assert_eq!(era.start, 0);
                self.add("era1 blocks", era.blocks.len());
                self.add("genesis", usize::from(era.genesis.is_some()));
            }
            CaseKind::Unreadable(reason) => {
                self.add("unreadable", 1);
                self.1.push(format!("{}: {reason}", case.input));
            }
            CaseKind::Skipped(reason) => {
                self.add("skipped", 1);
                self.1.push(format!("{}: {reason}", case.input));
            }
        }
    }
}

fn tally(paths: &[PathBuf]) -> Tally {
    let mut tally = Tally::default();
    let progress = Progress::default();
    let flow = read(paths, &Limits::default(), &progress, &mut |case| {
        tally.case(case);
        ControlFlow::Continue(())
    });
    assert!(flow.is_continue());
    assert_eq!(
        progress.read.load(Ordering::Relaxed),
        progress.total.load(Ordering::Relaxed),
        "every byte was read"
    );
    tally
}

fn check(test: &str, name: &str, expected: &[(&'static str, usize)]) {
    let Some(path) = data::path(test, name) else {
        return;
    };
    let tally = tally(&[path]);
    for (key, count) in expected {
        assert_eq!(tally.get(key), *count, "{name}: {key}; {tally:#?}");
    }
    assert_eq!(tally.0.len(), expected.len(), "{name}: {:#?}", tally.0);
}

#[test]
fn witnesses() {
    check("input::witnesses", "witness", &[("witness", 67)]);
    check("input::witnesses", "witness-incomplete", &[("witness", 6)]);
}

#[test]
fn pre_states() {
    check(
        "input::pre_states",
        "prestate",
        &[("pre-state", 42), ("skipped", 1)],
    );
}

#[test]
fn listed_blocks() {
    check(
        "input::listed_blocks",
        "blocks/mainnet-blocks.jsonl.zst",
        &[("listed", 134), ("transactions", 23_604)],
    );
}

#[test]
fn full_states() {
    check(
        "input::full_states",
        "full-state",
        &[
            ("chain", 2),
            ("chain blocks", 3_600),
            ("era1 blocks", 8_192),
            ("genesis", 3),
            ("skipped", 10),
        ],
    );
}

#[test]
fn official_tests() {
    check(
        "input::official_tests",
        "official/ethereum-tests.tar.zst",
        &[
            ("fixture", 14_903),
            ("fixture blocks", 16_388),
            ("refused", 833),
            ("chain id", 0),
            ("skipped", 2_953),
        ],
    );
}

#[test]
fn official_tests_of_old_forks() {
    check(
        "input::official_tests_of_old_forks",
        "official/legacy-Constantinople-BlockchainTests.tar.zst",
        &[
            ("fixture", 32_592),
            ("fixture blocks", 34_753),
            ("refused", 521),
            ("chain id", 0),
        ],
    );
}

#[test]
fn state_tests_are_passed_over() {
    check(
        "input::state_tests_are_passed_over",
        "official/legacy-Cancun-GeneralStateTests.tar.zst",
        &[("skipped", 2_803)],
    );
}

#[test]
fn execution_spec_tests() {
    check(
        "input::execution_spec_tests",
        "official/eest-v5.4.0-part.tar.zst",
        &[
            ("fixture", 11_261),
            ("fixture blocks", 11_909),
            ("refused", 318),
            ("chain id", 11_261),
            ("skipped", 7),
        ],
    );
}

#[test]
fn vectors_hold_nothing_to_verify() {
    check(
        "input::vectors_hold_nothing_to_verify",
        "vectors",
        &[("skipped", 31), ("unreadable", 1)],
    );
}

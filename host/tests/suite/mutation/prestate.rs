//! Blocks over a pre-state: accounts, slots and codes that are changed or missing.

use super::{EXECUTED, Expect, Expect::*, Tally, cases, faults, judge_one};
use alloy_primitives::{Address, B256, U256};
use phalanx::{
    block::Block,
    input::{CaseKind, PreAccount, PreState, PreStateCase},
    verdict::{BlockVerdict, Check, Outcome},
    verify::case::Options,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Small blocks of Frontier, Tangerine Whistle, Byzantium, Paris and Cancun.
const BLOCKS: [u64; 5] = [46_147, 2_462_997, 4_370_000, 15_537_394, 19_923_400];

/// Accounts changed of a pre-state, about, and slots of an account.
const ACCOUNTS: usize = 25;
const SLOTS: usize = 8;

struct Pre {
    case: PreStateCase,
    senders: BTreeSet<Address>,
}

impl Pre {
    fn judge(&self, change: impl FnOnce(&mut PreState)) -> BlockVerdict {
        let before = &self.case.state;
        let accounts = before.accounts.iter().map(|(address, account)| {
            let account = PreAccount {
                balance: account.balance,
                nonce: account.nonce,
                code_hash: account.code_hash,
                storage: account.storage.clone(),
            };
            (*address, account)
        });
        let mut state = PreState {
            accounts: accounts.collect(),
            codes: Arc::clone(&before.codes),
            block_hashes: Arc::clone(&before.block_hashes),
        };
        change(&mut state);
        let block: Block = self.case.block.clone();
        let case = PreStateCase { block, state };
        judge_one(&Options::default(), CaseKind::PreState(Box::new(case)))
    }

    fn expect(
        &self,
        tally: &mut Tally,
        kind: &str,
        expect: Expect,
        change: impl FnOnce(&mut PreState),
    ) {
        let verdict = self.judge(change);
        let (verified, faults) = (verdict.is_verified(), faults(&verdict));
        let by = |checks: &[Check]| faults.keys().any(|check| checks.contains(check));
        let right = match expect {
            By(checks) => by(checks),
            Unseen => verified,
            IfRead(checks) => verified || by(checks),
        };
        let number = self.case.block.header.number;
        assert!(
            right,
            "{number}: {kind}: expected {expect:?}, got {faults:#?}"
        );
        tally.note(kind, verified);
    }

    fn step(&self) -> usize {
        1 + self.case.state.accounts.len() / ACCOUNTS
    }

    /// Without it the block is verified all the same, or the verdict names it.
    fn is_needed(&self, name: &str, change: impl FnOnce(&mut PreState)) -> bool {
        let verdict = self.judge(change);
        let named = verdict.outcomes().any(|(_, outcome)| {
            matches!(outcome, Outcome::NotCovered { reason, .. } if reason.contains(name))
        });
        assert!(
            named || verdict.is_verified(),
            "without {name}: {:#?}",
            faults(&verdict)
        );
        named
    }

    fn run(&self, tally: &mut Tally) {
        const SENT: Expect = By(&[Check::Execution]);
        const STATE: Expect = IfRead(EXECUTED);
        // By address, so that each run takes the same; of large pre-states not all, since each is a whole execution.
        let accounts: BTreeMap<_, _> = self.case.state.accounts.iter().collect();
        for (address, account) in accounts.into_iter().step_by(self.step()) {
            let sends = self.senders.contains(address);
            let kind = if sends { "sender" } else { "account" };
            let expect = if sends { SENT } else { STATE };
            let get = |state: &'_ mut PreState, change: &dyn Fn(&mut PreAccount)| {
                change(state.accounts.get_mut(address).expect("listed"));
            };
            self.expect(tally, &format!("{kind} dropped"), expect, |state| {
                state.accounts.remove(address);
            });
            self.expect(tally, &format!("{kind}'s nonce"), expect, |state| {
                get(state, &|account| account.nonce += 1);
            });
            self.expect(tally, &format!("{kind}'s balance, none"), expect, |state| {
                get(state, &|account| account.balance = U256::ZERO);
            });
            self.expect(
                tally,
                &format!("{kind}'s balance, one wei more"),
                STATE,
                |state| {
                    get(state, &|account| account.balance += U256::ONE);
                },
            );
            for (slot, value) in account.storage.iter().take(SLOTS) {
                let needed = self.is_needed(&format!("slot {slot:#x} of {address}"), |state| {
                    get(state, &|account| {
                        account.storage.remove(slot);
                    });
                });
                tally.note("slot dropped", !needed);
                let other = if value.is_zero() {
                    U256::MAX
                } else {
                    U256::ZERO
                };
                self.expect(tally, "slot's value", STATE, |state| {
                    get(state, &|account| {
                        account.storage.insert(*slot, other);
                    });
                });
            }
        }
        let hashes: BTreeSet<B256> = self
            .case
            .state
            .accounts
            .values()
            .map(|a| a.code_hash)
            .collect();
        for hash in hashes
            .into_iter()
            .filter(|hash| self.case.state.codes.contains_key(hash))
        {
            let needed = self.is_needed(&hash.to_string(), |state| {
                Arc::make_mut(&mut state.codes).remove(&hash);
            });
            tally.note("code dropped", !needed);
        }
    }
}

#[test]
fn of_real_blocks() {
    let test = "pre-states of real blocks";
    let mut tally = Tally::new(test);
    let mut found = 0;
    for case in cases(test, "prestate/mainnet-prestate.tar.zst") {
        let CaseKind::PreState(case) = case.kind else {
            continue;
        };
        if !BLOCKS.contains(&case.block.header.number) {
            continue;
        }
        found += 1;
        let recovered =
            super::ENGINE.recover_senders(&case.block.transactions.iter().collect::<Vec<_>>());
        let senders = recovered
            .into_iter()
            .map(|sender| sender.expect("low s"))
            .collect();
        let pre = Pre {
            case: *case,
            senders,
        };
        let original = pre.judge(|_| ());
        assert!(original.is_verified(), "{:#?}", faults(&original));
        pre.run(&mut tally);
    }
    tally.print();
    if found > 0 {
        assert_eq!(found, BLOCKS.len());
        for kind in [
            "slot dropped",
            "slot's value",
            "code dropped",
            "account dropped",
        ] {
            assert!(
                tally.counts[kind][0] > 20,
                "{kind}: {:?}",
                tally.counts[kind]
            );
        }
    }
}

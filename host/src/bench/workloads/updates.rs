//! A large state and the changes that go over it, for Phalanx and for tries that know pairs alone.

use super::Words;
use crate::{
    Engine,
    exec::{AccountChange, StateChanges},
    trie::{Account, WorldState},
};
use alloy_primitives::{Address, B256, U256, keccak256};
use revm::state::AccountInfo;
use std::collections::BTreeMap;

/// Keys hashed and in order, with the RLP of the account; without bytes where it is to be deleted.
pub type Pairs = Vec<(B256, Vec<u8>)>;

/// A state of so many accounts without code or storage, and batches of changes that go over it.
#[derive(Debug, Clone)]
pub struct Updates {
    words: Words,
    accounts: Vec<Address>,
}

impl Updates {
    /// Before any change.
    pub fn new(seed: u64, count: usize) -> Self {
        let mut words = Words::new(seed);
        let accounts = (0..count).map(|_| words.address()).collect();
        Self { words, accounts }
    }

    /// The accounts that there are now, each with the balance 1.
    pub fn start(&self) -> Batch {
        Batch(self.accounts.iter().map(|a| (*a, Some(1))).collect())
    }

    /// Of 100 changes, 80 are of accounts that exist, 15 of new ones and 5 delete.
    pub fn batch(&mut self, count: usize) -> Batch {
        let mut batch = BTreeMap::new();
        while batch.len() < count {
            let word = self.words.next();
            let pick = u64::from_be_bytes(word[..8].try_into().expect("eight bytes"));
            let place = pick as usize % self.accounts.len();
            let (address, balance) = match batch.len() % 100 {
                0..80 => (self.accounts[place], Some(pick | 1)),
                80..95 => {
                    let address = self.words.address();
                    self.accounts.push(address);
                    (address, Some(pick | 1))
                }
                _ => (self.accounts.swap_remove(place), None),
            };
            batch.insert(address, balance);
        }
        Batch(batch.into_iter().collect())
    }
}

/// A balance for each address, `None` where the account is to be deleted.
#[derive(Debug)]
pub struct Batch(Vec<(Address, Option<u64>)>);

impl Batch {
    /// As a block's execution leaves them.
    pub fn changes(&self) -> StateChanges {
        changes(&self.0)
    }

    /// As a trie takes them that hashes nothing but nodes.
    pub fn pairs(&self) -> Pairs {
        let pairs = self.0.iter().map(|(address, balance)| {
            let account = balance.map(|balance| Account {
                balance: U256::from(balance),
                ..Account::default()
            });
            let value = account.map(alloy_rlp::encode).unwrap_or_default();
            (keccak256(address), value)
        });
        let mut pairs: Pairs = pairs.collect();
        pairs.sort_unstable();
        pairs
    }

    /// So many of the addresses, spread evenly.
    pub fn spread(&self, count: usize) -> impl Iterator<Item = Address> {
        let step = (self.0.len() / count).max(1);
        self.0.iter().step_by(step).map(|(address, _)| *address)
    }

    /// The state of these accounts alone.
    pub fn state(&self, engine: &Engine) -> WorldState {
        let mut state = WorldState::default();
        for accounts in self.0.chunks(100_000) {
            state.apply(engine, &changes(accounts)).expect("in memory");
        }
        state
    }
}

fn changes(batch: &[(Address, Option<u64>)]) -> StateChanges {
    let accounts = batch.iter().map(|(address, balance)| {
        let info = balance.map(|balance| AccountInfo {
            balance: U256::from(balance),
            ..AccountInfo::default()
        });
        let change = AccountChange {
            info,
            ..AccountChange::default()
        };
        (*address, change)
    });
    StateChanges {
        accounts: accounts.collect(),
    }
}

/// The account 0x0101…01 with so many slots, each of them `value`, which is not zero.
pub fn whale(slots: u64, value: u64) -> StateChanges {
    let change = AccountChange {
        info: Some(AccountInfo::default()),
        storage_wiped: false,
        storage: (0..slots)
            .map(|slot| (U256::from(slot), U256::from(value)))
            .collect(),
    };
    StateChanges {
        accounts: [(Address::repeat_byte(1), change)].into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn batches_change_insert_and_delete() {
        let mut updates = Updates::new(1, 5000);
        let mut accounts: HashSet<Address> = updates.accounts.iter().copied().collect();
        for _ in 0..3 {
            let (mut changed, mut inserted, mut deleted) = (0, 0, 0);
            let batch = updates.batch(200);
            for (address, balance) in &batch.0 {
                match balance {
                    Some(_) if accounts.insert(*address) => inserted += 1,
                    Some(_) => changed += 1,
                    None => deleted += usize::from(accounts.remove(address)),
                }
            }
            // Now and then an account is picked twice, and what comes later counts.
            assert_eq!(changed + inserted + deleted, 200);
            assert!((155..=163).contains(&changed), "{changed}");
            assert!((28..=32).contains(&inserted), "{inserted}");
            let pairs = batch.pairs();
            assert!(pairs.is_sorted_by(|a, b| a.0 < b.0));
            let empty = pairs.iter().filter(|(_, value)| value.is_empty());
            assert_eq!(empty.count(), deleted);
            assert_eq!(batch.changes().accounts.len(), 200);
        }
    }
}

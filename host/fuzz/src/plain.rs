//! A state as plain maps, whose root alloy-trie builds from scratch.

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_trie::{HashBuilder, Nibbles};
use phalanx::{exec::StateChanges, trie::Account};
use std::collections::BTreeMap;

/// Accounts by address.
#[derive(Debug, Clone, Default)]
pub struct Plain(pub BTreeMap<Address, PlainAccount>);

/// An account and its slots that are not zero.
#[derive(Debug, Clone, Default)]
pub struct PlainAccount {
    /// With the root of these slots.
    pub account: Account,
    /// Values by slot.
    pub slots: BTreeMap<U256, U256>,
}

impl PlainAccount {
    fn storage_root(&self) -> B256 {
        let slots = self.slots.iter();
        root(slots.map(|(slot, value)| {
            (
                keccak256(slot.to_be_bytes::<32>()),
                alloy_rlp::encode(value),
            )
        }))
    }
}

impl Plain {
    /// What the state trie does with changes, in maps.
    pub fn apply(&mut self, changes: &StateChanges) {
        for (address, change) in &changes.accounts {
            let Some(info) = &change.info else {
                self.0.remove(address);
                continue;
            };
            let plain = self.0.entry(*address).or_default();
            plain.account = Account {
                nonce: info.nonce,
                balance: info.balance,
                code_hash: match info.code_hash {
                    B256::ZERO => Account::default().code_hash,
                    hash => hash,
                },
                ..plain.account
            };
            if change.storage_wiped {
                plain.slots.clear();
            }
            plain.slots.extend(&change.storage);
            plain.slots.retain(|_, value| !value.is_zero());
            if change.storage_wiped || !change.storage.is_empty() {
                plain.account.storage_root = plain.storage_root();
            }
        }
    }

    /// The account.
    pub fn account(&self, address: Address) -> Option<Account> {
        self.0.get(&address).map(|plain| plain.account)
    }

    /// The value of a slot.
    pub fn slot(&self, address: Address, slot: U256) -> U256 {
        let account = self.0.get(&address);
        let value = account.and_then(|account| account.slots.get(&slot));
        value.copied().unwrap_or_default()
    }

    /// The state root.
    pub fn root(&self) -> B256 {
        root(
            self.0
                .iter()
                .map(|(address, plain)| (keccak256(address), alloy_rlp::encode(plain.account))),
        )
    }
}

fn root(pairs: impl Iterator<Item = (B256, Vec<u8>)>) -> B256 {
    let pairs: BTreeMap<B256, Vec<u8>> = pairs.collect();
    let mut builder = HashBuilder::default();
    for (key, value) in &pairs {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root()
}

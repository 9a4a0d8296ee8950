//! Batches of changes against tries that alloy-trie builds from scratch.
#![no_main]

use alloy_primitives::{Address, B256, U256, keccak256};
use alloy_trie::{HashBuilder, Nibbles};
use phalanx::{
    Engine,
    exec::{AccountChange, StateChanges},
    trie::{Account, WorldState},
};
use revm::state::AccountInfo;
use std::{collections::BTreeMap, sync::LazyLock};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let engine = Engine::builder().threads(1).build();
    engine.expect("an engine")
});

/// An account as plain maps have it.
#[derive(Default)]
struct Plain {
    balance: u64,
    slots: BTreeMap<U256, U256>,
}

fn root(pairs: impl Iterator<Item = (B256, Vec<u8>)>) -> B256 {
    let pairs: BTreeMap<B256, Vec<u8>> = pairs.collect();
    let mut builder = HashBuilder::default();
    for (key, value) in &pairs {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root()
}

fn state_root(accounts: &BTreeMap<Address, Plain>) -> B256 {
    root(accounts.iter().map(|(address, plain)| {
        let slots = plain.slots.iter();
        let account = Account {
            balance: U256::from(plain.balance),
            storage_root: root(slots.map(|(slot, value)| {
                (keccak256(slot.to_be_bytes::<32>()), alloy_rlp::encode(value))
            })),
            ..Account::default()
        };
        (keccak256(address), alloy_rlp::encode(account))
    }))
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut state = WorldState::default();
    let mut plain: BTreeMap<Address, Plain> = BTreeMap::new();
    // A batch is up to eight changes of four bytes: who, balance, flags and slot, value.
    for batch in bytes.chunks(32) {
        let mut changes = StateChanges::default();
        for change in batch.as_chunks::<4>().0 {
            let [who, balance, slot, value] = *change;
            let entry = changes.accounts.entry(Address::repeat_byte(who % 16));
            let entry = entry.or_insert_with(AccountChange::default);
            entry.info = (balance > 16).then(|| AccountInfo {
                balance: U256::from(balance),
                ..AccountInfo::default()
            });
            entry.storage_wiped |= slot >= 0xf0;
            entry.storage.insert(U256::from(slot % 64), U256::from(value / 2));
        }
        for (address, change) in &changes.accounts {
            let Some(info) = &change.info else {
                plain.remove(address);
                continue;
            };
            let account = plain.entry(*address).or_default();
            account.balance = info.balance.to();
            if change.storage_wiped {
                account.slots.clear();
            }
            account.slots.extend(&change.storage);
            account.slots.retain(|_, value| !value.is_zero());
        }
        state.apply(&ENGINE, &changes).expect("a state in memory");
        assert_eq!(state.root(), state_root(&plain));
    }
});

//! Roots and state against alloy-trie.

mod bounds;
mod genesis;
mod shared;
mod witness;

use alloy_genesis::GenesisAccount;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_trie::{HashBuilder, Nibbles, proof::ProofRetainer};
use phalanx::{
    Engine,
    exec::{AccountChange, StateChanges},
    trie::{Account, EMPTY_ROOT_HASH, Preimages, StateError, WorldState},
};
use proptest::{collection::vec, prelude::*};
use revm::{
    DatabaseRef,
    state::{AccountInfo, Bytecode},
};
use std::{collections::BTreeMap, sync::Arc};

fn engine() -> Engine {
    Engine::builder().build().expect("an engine")
}

/// Root by alloy-trie of a trie whose keys are of one length, and its nodes on the paths of `shown`.
fn alloy_trie(pairs: &BTreeMap<B256, Vec<u8>>, shown: &[B256]) -> (B256, Vec<Bytes>) {
    let shown = shown.iter().map(Nibbles::unpack).collect();
    let mut builder = HashBuilder::default().with_proof_retainer(ProofRetainer::new(shown));
    for (key, value) in pairs {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    let root = builder.root();
    let proof = builder.take_proof_nodes().into_nodes_sorted();
    (root, proof.into_iter().map(|(_, node)| node).collect())
}

/// Root by alloy-trie of storage by slot, and its nodes on the paths of `shown`.
fn alloy_storage(slots: &BTreeMap<U256, U256>, shown: &[U256]) -> (B256, Vec<Bytes>) {
    let shown: Vec<B256> = shown.iter().map(hashed_slot).collect();
    let slots = slots.iter().filter(|(_, value)| !value.is_zero());
    let pairs = slots.map(|(slot, value)| (hashed_slot(slot), alloy_rlp::encode(value)));
    alloy_trie(&pairs.collect(), &shown)
}

fn alloy_state(accounts: &BTreeMap<Address, Account>, shown: &[Address]) -> (B256, Vec<Bytes>) {
    let shown: Vec<B256> = shown.iter().map(keccak256).collect();
    let pairs = accounts
        .iter()
        .map(|(address, account)| (keccak256(address), alloy_rlp::encode(account)));
    alloy_trie(&pairs.collect(), &shown)
}

fn hashed_slot(slot: &U256) -> B256 {
    keccak256(slot.to_be_bytes::<32>())
}

fn address(byte: u8) -> Address {
    Address::repeat_byte(byte)
}

fn info(balance: u64) -> AccountInfo {
    AccountInfo {
        balance: U256::from(balance),
        ..AccountInfo::default()
    }
}

fn writes(slots: &[(U256, u64)]) -> BTreeMap<U256, U256> {
    let slots = slots.iter();
    slots
        .map(|(slot, value)| (*slot, U256::from(*value)))
        .collect()
}

fn changes(changes: impl IntoIterator<Item = (Address, AccountChange)>) -> StateChanges {
    StateChanges {
        accounts: changes.into_iter().collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn secure_roots(pairs in prop::collection::btree_map(vec(any::<u8>(), 0..40), vec(any::<u8>(), 1..40), 0..200)) {
        let hashed = pairs.iter().map(|(key, value)| (keccak256(key), value.clone()));
        let (root, _) = alloy_trie(&hashed.collect(), &[]);
        let pairs: Vec<_> = pairs.into_iter().rev().collect();
        prop_assert_eq!(engine().secure_root(&pairs), root);
    }

    /// A state under random changes against plain maps of accounts and slots.
    #[test]
    fn state_under_changes(
        blocks in vec(vec((0u8..12, 0u64..4, any::<bool>(), vec((0u64..40, 0u64..3), 0..12)), 1..8), 1..8)
    ) {
        let engine = engine();
        let mut state = WorldState::default();
        let mut accounts: BTreeMap<Address, Account> = BTreeMap::new();
        let mut storages: BTreeMap<Address, BTreeMap<U256, U256>> = BTreeMap::new();
        let mut snapshots = Vec::new();
        for block in blocks {
            let mut all = BTreeMap::new();
            for (who, balance, storage_wiped, slots) in block {
                let slots: Vec<_> = slots.iter().map(|(s, v)| (U256::from(*s), *v)).collect();
                let info = (balance > 0).then(|| info(balance));
                let storage = writes(&slots);
                all.insert(address(who), AccountChange { info, storage_wiped, storage });
            }
            for (who, change) in &all {
                let storage = storages.entry(*who).or_default();
                if change.storage_wiped || change.info.is_none() {
                    storage.clear();
                }
                match &change.info {
                    None => {
                        accounts.remove(who);
                    }
                    Some(info) => {
                        storage.extend(&change.storage);
                        let account = accounts.entry(*who).or_default();
                        account.balance = info.balance;
                        account.storage_root = alloy_storage(storage, &[]).0;
                    }
                }
            }
            state.apply(&engine, &changes(all)).expect("a state in memory");
            let root = alloy_state(&accounts, &[]).0;
            prop_assert_eq!(state.root(), root);
            snapshots.push((state.clone(), root, accounts.clone(), storages.clone()));
        }
        for (state, root, accounts, storages) in snapshots {
            prop_assert_eq!(state.root(), root);
            for who in (0..12).map(address) {
                prop_assert_eq!(state.account(who), Ok(accounts.get(&who).copied()));
                for slot in (0u64..40).map(U256::from) {
                    let value = storages.get(&who).and_then(|storage| storage.get(&slot));
                    prop_assert_eq!(state.slot(who, slot), Ok(value.copied().unwrap_or_default()));
                }
            }
        }
    }
}

#[test]
fn codes_by_hash() {
    let engine = engine();
    let code = Bytecode::new_legacy(Bytes::from_static(&[0x60, 0x00, 0x5b]));
    let odd = Bytes::from_static(&[0xef, 0x01, 0x00, 0x07]);
    let preimages = Arc::new(Preimages::new(&engine, [odd.clone()]));
    let mut state = WorldState::from_witness(EMPTY_ROOT_HASH, preimages);
    let hash = code.hash_slow();
    assert_eq!(state.code(hash), Err(StateError::MissingCode { hash }));
    let change = AccountChange {
        info: Some(AccountInfo {
            code_hash: hash,
            code: Some(code.clone()),
            ..info(0)
        }),
        ..AccountChange::default()
    };
    let before = state.clone();
    state
        .apply(&engine, &changes([(address(1), change)]))
        .expect("a new account");
    assert_eq!(state.code(hash), Ok(code.original_bytes()));
    assert!(before.code(hash).is_err(), "a snapshot changed");
    assert_eq!(state.code_by_hash_ref(hash), Ok(code));
    assert_eq!(state.code(KECCAK256_EMPTY), Ok(Bytes::new()));
    let legacy = state.code_by_hash_ref(keccak256(&odd));
    assert_eq!(legacy.map(|code| code.original_bytes()), Ok(odd));
    let number = 7;
    let unknown = StateError::MissingBlockHash { number };
    assert_eq!(state.block_hash_ref(number), Err(unknown));
    let basic = state.basic_ref(address(1)).expect("in memory");
    assert!(basic.is_some_and(|info| info.code_hash == hash && info.code.is_none()));
}

#[test]
fn genesis_accounts() {
    let engine = engine();
    let full = GenesisAccount {
        nonce: Some(3),
        balance: U256::from(4),
        code: Some(Bytes::from_static(&[1, 2])),
        storage: Some(BTreeMap::from([
            (B256::ZERO, B256::with_last_byte(5)),
            (B256::with_last_byte(1), B256::ZERO),
        ])),
        ..GenesisAccount::default()
    };
    let alloc = BTreeMap::from([(address(1), full), (address(2), GenesisAccount::default())]);
    let state = WorldState::from_genesis_alloc(&engine, &alloc);
    let account = Account {
        nonce: 3,
        balance: U256::from(4),
        storage_root: alloy_storage(&writes(&[(U256::ZERO, 5)]), &[]).0,
        code_hash: keccak256([1, 2]),
    };
    let accounts = BTreeMap::from([(address(1), account), (address(2), Account::default())]);
    assert_eq!(state.root(), alloy_state(&accounts, &[]).0);
    assert_eq!(state.account(address(2)), Ok(Some(Account::default())));
    assert_eq!(state.slot(address(1), U256::ZERO), Ok(U256::from(5)));
    assert_eq!(
        state.code(account.code_hash),
        Ok(Bytes::from_static(&[1, 2]))
    );
    let nobody = WorldState::from_genesis_alloc(&engine, &BTreeMap::new());
    assert_eq!(nobody.root(), EMPTY_ROOT_HASH);
}

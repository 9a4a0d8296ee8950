//! Changes of the state: by a transaction or a block, and out of nothing at genesis.

use super::{
    StateError, TrieError, WorldState,
    build::from_sorted,
    nibbles::{Nibbles, unpack},
    state::Account,
    tree::{Name, Trie},
};
use crate::{
    Engine,
    exec::{AccountChange, StateChanges},
};
use alloy_genesis::GenesisAccount;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use std::{collections::BTreeMap, sync::Arc};

/// A changed account on its way into the account trie.
struct Pending {
    address: Address,
    key: B256,
    /// The account afterwards, with the storage root from before unless `storage` says otherwise.
    account: Option<Account>,
    /// Its storage trie, if that changed.
    storage: Option<Trie>,
}

impl WorldState {
    /// Applies the changes of a transaction or a block. On an error, nothing is changed.
    ///
    /// In every trie, all upserts come before any delete: otherwise a branch may be left for a moment with one child
    /// whose content nobody needs, and which an honest witness therefore lacks.
    pub fn apply(&mut self, engine: &Engine, changes: &StateChanges) -> Result<(), StateError> {
        let mut sorted: Vec<_> = changes.accounts.iter().collect();
        sorted.sort_unstable_by_key(|(address, _)| **address);
        let mut pending = self.change_storages(engine, &sorted)?;

        Trie::hash_all(engine, pending.iter().filter_map(|p| p.storage.as_ref()));
        for Pending {
            account, storage, ..
        } in &mut pending
        {
            if let (Some(account), Some(storage)) = (account, storage) {
                account.storage_root = storage.root_hash(engine);
            }
        }
        self.accounts = self.change_accounts(&pending)?;

        for Pending {
            key,
            account,
            storage,
            ..
        } in pending
        {
            match (account, storage) {
                (Some(_), None) => {}
                (Some(_), Some(trie)) if trie.root.is_some() => self.storages.insert(key, trie),
                _ => self.storages.remove(&key),
            }
        }
        for info in changes.accounts.values().filter_map(|c| c.info.as_ref()) {
            if let Some(code) = &info.code
                && !code.is_empty()
                && self.codes.get(&info.code_hash).is_none()
            {
                self.codes.insert(info.code_hash, code.original_bytes());
            }
        }
        Ok(())
    }

    /// The storage tries of changed accounts, with their changes.
    fn change_storages(
        &self,
        engine: &Engine,
        changes: &[(&Address, &AccountChange)],
    ) -> Result<Vec<Pending>, StateError> {
        let slots: Vec<[u8; 32]> = changes
            .iter()
            .flat_map(|(_, change)| change.storage.keys().map(|slot| slot.to_be_bytes()))
            .collect();
        let addresses = changes.iter().map(|(address, _)| address.as_slice());
        let keys: Vec<&[u8]> = addresses
            .chain(slots.iter().map(|slot| &slot[..]))
            .collect();
        let hashes = engine.keccak256(&keys);
        let (accounts, mut slots) = hashes.split_at(changes.len());
        let mut pending = Vec::with_capacity(changes.len());
        for ((address, change), key) in changes.iter().zip(accounts) {
            let (own, rest) = slots.split_at(change.storage.len());
            slots = rest;
            pending.push(self.change_storage(**address, change, *key, own)?);
        }
        Ok(pending)
    }

    fn change_storage(
        &self,
        address: Address,
        change: &AccountChange,
        key: B256,
        slots: &[B256],
    ) -> Result<Pending, StateError> {
        let mut pending = Pending {
            address,
            key,
            account: None,
            storage: None,
        };
        let Some(info) = &change.info else {
            return Ok(pending);
        };
        let before = self
            .hashed_account(key)
            .map_err(|source| StateError::Account { address, source })?
            .unwrap_or_default();
        pending.account = Some(Account {
            nonce: info.nonce,
            balance: info.balance,
            storage_root: before.storage_root,
            code_hash: match info.code_hash {
                // The engine that runs the code has either for "no code".
                B256::ZERO => KECCAK256_EMPTY,
                hash => hash,
            },
        });
        if !change.storage_wiped && change.storage.is_empty() {
            return Ok(pending);
        }
        let mut trie = match change.storage_wiped {
            true => self.empty_storage(key),
            false => self.storage(key, before.storage_root),
        };
        let slots = slots.iter().zip(&change.storage);
        let (deletes, upserts): (Vec<_>, Vec<_>) = slots.partition(|(_, (_, v))| v.is_zero());
        for (hash, (slot, value)) in upserts.into_iter().chain(deletes) {
            write_slot(&mut trie, *hash, *value).map_err(|source| StateError::Slot {
                address,
                slot: *slot,
                source,
            })?;
        }
        pending.storage = Some(trie);
        Ok(pending)
    }

    /// The account trie with all changes.
    fn change_accounts(&self, pending: &[Pending]) -> Result<Trie, StateError> {
        let mut trie = self.accounts.clone();
        let upserts = pending.iter().filter(|change| change.account.is_some());
        let deletes = pending.iter().filter(|change| change.account.is_none());
        for change in upserts.chain(deletes) {
            let key = unpack(change.key.as_slice());
            match &change.account {
                Some(account) => trie.insert(&key, alloy_rlp::encode(account).into()),
                None => trie.remove(&key),
            }
            .map_err(|source| StateError::Account {
                address: change.address,
                source,
            })?;
        }
        Ok(trie)
    }

    /// The state at genesis. Slots that are zero don't exist; accounts without anything do.
    pub fn from_genesis_alloc(engine: &Engine, alloc: &BTreeMap<Address, GenesisAccount>) -> Self {
        let mut state = Self::default();
        let addresses: Vec<&Address> = alloc.keys().collect();
        let keys = engine.keccak256(&addresses);
        let codes: Vec<&Bytes> = alloc.values().filter_map(|a| a.code.as_ref()).collect();
        let mut code_hashes = engine.keccak256(&codes).into_iter().zip(codes);
        let mut accounts: Vec<(B256, Account)> = Vec::with_capacity(alloc.len());
        let mut storages = Vec::new();
        for (key, genesis) in keys.into_iter().zip(alloc.values()) {
            let mut account = Account {
                nonce: genesis.nonce.unwrap_or_default(),
                balance: genesis.balance,
                ..Account::default()
            };
            if genesis.code.is_some()
                && let Some((hash, code)) = code_hashes.next()
            {
                account.code_hash = hash;
                state.codes.insert(hash, code.clone());
            }
            if let Some(slots) = &genesis.storage {
                storages.push((key, genesis_storage(engine, key, slots)));
            }
            accounts.push((key, account));
        }
        accounts.sort_unstable_by_key(|(key, _)| *key);
        Trie::hash_all(engine, storages.iter().map(|(_, trie)| trie));
        for (key, trie) in storages {
            if let Ok(place) = accounts.binary_search_by_key(&key, |(key, _)| *key) {
                accounts[place].1.storage_root = trie.root_hash(engine);
            }
            if trie.root.is_some() {
                state.storages.insert(key, trie);
            }
        }
        let pairs = accounts.iter().map(|(key, account)| {
            let value = Bytes::from(alloy_rlp::encode(account));
            (unpack(key.as_slice()), value)
        });
        state.accounts.root = from_sorted(pairs);
        state
    }
}

/// Sets a slot by its hash; zero deletes it.
fn write_slot(trie: &mut Trie, hash: B256, value: U256) -> Result<(), TrieError> {
    let key = unpack(hash.as_slice());
    match value.is_zero() {
        true => trie.remove(&key),
        false => trie.insert(&key, alloy_rlp::encode(value).into()),
    }
}

fn genesis_storage(engine: &Engine, account: B256, slots: &BTreeMap<B256, B256>) -> Trie {
    let slots: Vec<_> = slots.iter().filter(|(_, v)| !v.is_zero()).collect();
    let names: Vec<&B256> = slots.iter().map(|(slot, _)| *slot).collect();
    let values = slots.iter().map(|(_, v)| U256::from_be_bytes(v.0));
    let mut pairs: Vec<(Nibbles, Bytes)> = engine
        .keccak256(&names)
        .iter()
        .zip(values)
        .map(|(key, value)| (unpack(key.as_slice()), alloy_rlp::encode(value).into()))
        .collect();
    pairs.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let root = from_sorted(pairs.into_iter());
    Trie::new(root, Name::Storage(account), Arc::default())
}

//! Changes of the state: by a transaction or a block, and out of nothing at genesis.

use super::{
    StateError, TrieError, WorldState,
    forest::{Key, Name, Root},
    heap::Writer,
    merge::{Change, Merge, WORTH_THREADS},
    plan::{LINK_FROM_END, Link, Plan, Value},
    state::{Account, decode_account},
};
use crate::{Engine, exec::StateChanges};
use alloy_genesis::GenesisAccount;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256};
use alloy_rlp::Encodable;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A changed account on its way into the account trie.
struct AccountWrite {
    address: Address,
    key: Key,
    /// The account's encoding afterwards, but for its storage root; `None` if there is none.
    account: Option<Vec<u8>>,
    /// True if its storage from before is gone.
    storage_wiped: bool,
    /// In order of keys.
    slots: Vec<SlotWrite>,
}

/// A written slot on its way into a storage trie.
struct SlotWrite {
    address: Address,
    slot: U256,
    key: Key,
    value: SlotValue,
}

/// The encoding of a slot's value: 33 bytes at most, none if that is zero.
struct SlotValue {
    bytes: [u8; 33],
    length: u8,
}

impl SlotValue {
    fn new(value: U256) -> Self {
        let mut encoded = Self {
            bytes: [0; 33],
            length: 0,
        };
        if !value.is_zero() {
            let mut rest = &mut encoded.bytes[..];
            value.encode(&mut rest);
            encoded.length = 33 - rest.len() as u8;
        }
        encoded
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl WorldState {
    /// Applies the changes of a transaction or a block. On an error, nothing is changed.
    ///
    /// In every trie, it is as if all upserts came before any delete: otherwise a branch may be left for a moment with
    /// one child whose content nobody needs, and which an honest witness therefore lacks.
    pub fn apply(&mut self, engine: &Engine, changes: &StateChanges) -> Result<(), StateError> {
        self.apply_split(engine, changes, WORTH_THREADS)
    }

    /// The same; so many changes below one place are worth being spread over threads.
    pub(super) fn apply_split(
        &mut self,
        engine: &Engine,
        changes: &StateChanges,
        worth_threads: usize,
    ) -> Result<(), StateError> {
        let mut writes = Writes::default();
        for (address, change) in &changes.accounts {
            let account = change.info.as_ref().map(|info| Account {
                nonce: info.nonce,
                balance: info.balance,
                code_hash: match info.code_hash {
                    // The engine that runs the code has either for "no code".
                    B256::ZERO => KECCAK256_EMPTY,
                    hash => hash,
                },
                ..Account::default()
            });
            let slots = change.storage.iter().map(|(slot, value)| (*slot, *value));
            writes.account(*address, account, change.storage_wiped, slots);
        }
        self.write(engine, writes, worth_threads)?;
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

    /// The state at genesis. Slots that are zero don't exist; accounts without anything do.
    pub fn from_genesis_alloc(engine: &Engine, alloc: &BTreeMap<Address, GenesisAccount>) -> Self {
        let mut state = Self::default();
        let codes: Vec<&Bytes> = alloc.values().filter_map(|a| a.code.as_ref()).collect();
        let mut code_hashes = engine.keccak256(&codes).into_iter().zip(codes);
        let mut writes = Writes::default();
        for (address, genesis) in alloc {
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
            let slots = genesis.storage.iter().flatten();
            let slots = slots.map(|(slot, value)| ((*slot).into(), (*value).into()));
            writes.account(*address, Some(account), false, slots);
        }
        let written = state.write(engine, writes, WORTH_THREADS);
        written.expect("a state without accounts lacks no node");
        state
    }

    fn write(
        &mut self,
        engine: &Engine,
        writes: Writes,
        worth_threads: usize,
    ) -> Result<(), StateError> {
        let writes = writes.sorted(engine);
        let plan = Plan::new(engine, Writer::after(&self.forest.heap), true);
        let mut merge = Merge::new(&self.forest, plan);
        merge.worth_threads = worth_threads;
        let Some(root) = merge.trie(Name::Accounts, self.root, &writes)? else {
            return Ok(());
        };
        let mut plan = merge.plan;
        plan.hash();
        let hash = plan.hash_of(root).expect("all nodes are hashed");
        self.root = Root {
            hash: hash.into(),
            id: root.id,
        };
        let first = self.forest.heap.bytes() == 0;
        self.forest.heap.seal(plan.into_writer().into_chunks());
        match first {
            true => self.needed_bytes = self.forest.heap.bytes(),
            false => self.compact(),
        }
        Ok(())
    }
}

/// Changes whose keys are not hashed yet.
#[derive(Default)]
struct Writes {
    accounts: Vec<Unhashed>,
}

struct Unhashed {
    address: Address,
    account: Option<Vec<u8>>,
    storage_wiped: bool,
    slots: Vec<(U256, U256)>,
}

impl Writes {
    fn account(
        &mut self,
        address: Address,
        account: Option<Account>,
        storage_wiped: bool,
        slots: impl Iterator<Item = (U256, U256)>,
    ) {
        self.accounts.push(Unhashed {
            address,
            account: account.map(alloy_rlp::encode),
            storage_wiped,
            slots: slots.collect(),
        });
    }

    /// Hashes all keys in one batch, and puts them in order.
    fn sorted(self, engine: &Engine) -> Vec<AccountWrite> {
        let slots: Vec<[u8; 32]> = self
            .accounts
            .iter()
            .flat_map(|account| account.slots.iter().map(|(slot, _)| slot.to_be_bytes()))
            .collect();
        let addresses = self
            .accounts
            .iter()
            .map(|account| account.address.as_slice());
        let names: Vec<&[u8]> = addresses
            .chain(slots.iter().map(|slot| &slot[..]))
            .collect();
        let keys = engine.keccak256(&names);
        let (accounts, mut slots) = keys.split_at(self.accounts.len());
        let mut own = Vec::with_capacity(self.accounts.len());
        for account in &self.accounts {
            let (first, rest) = slots.split_at(account.slots.len());
            own.push(first);
            slots = rest;
        }
        let mut unhashed: Vec<Option<Unhashed>> = self.accounts.into_iter().map(Some).collect();
        let writes = in_order(engine, accounts).into_iter().filter_map(|place| {
            let account = unhashed[place].take()?;
            Some(AccountWrite {
                address: account.address,
                key: accounts[place].0,
                slots: account.sorted_slots(engine, own[place]),
                account: account.account,
                storage_wiped: account.storage_wiped,
            })
        });
        writes.collect()
    }
}

impl Unhashed {
    fn sorted_slots(&self, engine: &Engine, keys: &[B256]) -> Vec<SlotWrite> {
        let write = |place: usize| {
            let (slot, value) = self.slots[place];
            SlotWrite {
                address: self.address,
                slot,
                key: keys[place].0,
                value: SlotValue::new(value),
            }
        };
        let order = in_order(engine, keys);
        match is_worth_threads(engine, keys.len()) {
            true => engine.install(|| order.into_par_iter().map(write).collect()),
            false => order.into_iter().map(write).collect(),
        }
    }
}

/// The places of keys in ascending order of those. What is sorted are the beginnings of keys, with their places.
fn in_order(engine: &Engine, keys: &[B256]) -> Vec<usize> {
    let start = |key: &B256| u64::from_be_bytes(*key.first_chunk().expect("eight bytes"));
    let places = keys.iter().enumerate();
    let mut order: Vec<(u64, usize)> = places.map(|(place, key)| (start(key), place)).collect();
    match is_worth_threads(engine, keys.len()) {
        true => engine.install(|| order.par_sort_unstable()),
        false => order.sort_unstable(),
    }
    // Beginnings that are alike can be made, at some expense.
    for alike in order.chunk_by_mut(|a, b| a.0 == b.0) {
        alike.sort_unstable_by_key(|(_, place)| keys[*place]);
    }
    order.into_iter().map(|(_, place)| place).collect()
}

/// Sorting so many keys takes some hundred microseconds.
fn is_worth_threads(engine: &Engine, keys: usize) -> bool {
    keys >= 4096 && engine.threads() > 1
}

impl Change for AccountWrite {
    fn key(&self) -> &Key {
        &self.key
    }

    fn deletes(&self) -> bool {
        self.account.is_none()
    }

    fn settle<'a>(
        &'a self,
        before: Option<Value<'a>>,
        merge: &mut Merge<'a>,
    ) -> Result<Option<Value<'a>>, StateError> {
        let Some(account) = &self.account else {
            return Ok(None);
        };
        let mut root = Root::EMPTY;
        if let Some(before) = before {
            let account = decode_account(&self.key, before.bytes);
            root.hash = account.map_err(|error| self.explain(error))?.storage_root;
            if let Link::Kept(id) = before.link {
                root.id = id;
            }
        }
        let kept = if self.storage_wiped {
            Root::EMPTY
        } else {
            root
        };
        let name = Name::Storage(self.key.into());
        let changed = merge.trie(name, kept, &self.slots)?;
        let same = changed.is_none()
            && kept.hash == root.hash
            && before.is_some_and(|before| same_but_for_the_root(before.bytes, account));
        Ok((!same).then(|| {
            let storage = changed.unwrap_or_else(|| merge.plan.by_hash(&kept.hash, kept.id));
            Value {
                bytes: account,
                link: Link::New(storage),
            }
        }))
    }

    fn explain(&self, error: TrieError) -> StateError {
        StateError::account(self.address)(error)
    }
}

/// True if two encodings of accounts differ in their storage roots at most.
fn same_but_for_the_root(a: &[u8], b: &[u8]) -> bool {
    let parts = |account: &[u8]| {
        let root = account.len() - LINK_FROM_END;
        [0..root, root + 32..account.len()]
    };
    let [a_before, a_after] = parts(a);
    let [b_before, b_after] = parts(b);
    a[a_before] == b[b_before] && a[a_after] == b[b_after]
}

impl Change for SlotWrite {
    fn key(&self) -> &Key {
        &self.key
    }

    fn deletes(&self) -> bool {
        self.value.length == 0
    }

    fn settle<'a>(
        &'a self,
        before: Option<Value<'a>>,
        _: &mut Merge<'a>,
    ) -> Result<Option<Value<'a>>, StateError> {
        let same = before.is_some_and(|before| before.bytes == self.value.as_slice());
        let unchanged = same || self.deletes();
        Ok((!unchanged).then_some(Value {
            bytes: self.value.as_slice(),
            link: Link::None,
        }))
    }

    fn explain(&self, error: TrieError) -> StateError {
        StateError::slot(self.address, self.slot)(error)
    }
}

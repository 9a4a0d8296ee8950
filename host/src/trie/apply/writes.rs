//! Changes with their keys hashed, in the order of those.

use crate::{
    Engine,
    trie::{
        StateError, TrieError,
        forest::{Key, Name, Root},
        merge::{Change, Merge},
        plan::{LINK_FROM_END, Link, Value},
        state::{Account, decode_account},
    },
};
use alloy_primitives::{Address, U256};
use alloy_rlp::Encodable;
use rayon::prelude::*;

/// Bytes of an account's encoding at most: a header of 2, a nonce of 9, and three numbers of 33.
const ACCOUNT_BYTES: usize = 2 + 9 + 3 * SLOT_BYTES;

/// Bytes of the encoding of a slot's value at most.
const SLOT_BYTES: usize = 33;

/// A changed account on its way into the account trie. What belongs to it lies here in the order of keys: the order in
/// which accounts are given would have each wait for memory.
pub(super) struct AccountWrite<'w> {
    key: Key,
    address: Address,
    /// The account's encoding afterwards, but for its storage root; nothing if there is none.
    account: Encoded<ACCOUNT_BYTES>,
    /// True if its storage from before is gone.
    storage_wiped: bool,
    /// In order of keys.
    slots: Vec<SlotWrite<'w>>,
}

/// A written slot on its way into a storage trie.
struct SlotWrite<'w> {
    key: Key,
    /// The value's encoding, nothing if it is zero.
    value: Encoded<SLOT_BYTES>,
    address: &'w Address,
    slot: &'w [u8; 32],
}

/// An encoding of so many bytes at most, 255 or fewer.
#[derive(Clone, Copy)]
struct Encoded<const MOST: usize> {
    bytes: [u8; MOST],
    length: u8,
}

impl<const MOST: usize> Encoded<MOST> {
    const NOTHING: Self = Self {
        bytes: [0; MOST],
        length: 0,
    };

    fn of(value: &impl Encodable) -> Self {
        let mut encoded = Self::NOTHING;
        let mut rest = &mut encoded.bytes[..];
        value.encode(&mut rest);
        encoded.length = (MOST - rest.len()) as u8;
        encoded
    }

    fn as_slice(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// Changes whose keys are not hashed yet.
#[derive(Default)]
pub(super) struct Writes {
    accounts: Vec<Unhashed>,
}

struct Unhashed {
    address: Address,
    account: Encoded<ACCOUNT_BYTES>,
    storage_wiped: bool,
    /// Big-endian, and their values.
    slots: Vec<([u8; 32], U256)>,
}

impl Writes {
    pub(super) fn account(
        &mut self,
        address: Address,
        account: Option<Account>,
        storage_wiped: bool,
        slots: impl Iterator<Item = (U256, U256)>,
    ) {
        self.accounts.push(Unhashed {
            address,
            account: account.map_or(Encoded::NOTHING, |account| Encoded::of(&account)),
            storage_wiped,
            slots: slots
                .map(|(slot, value)| (slot.to_be_bytes(), value))
                .collect(),
        });
    }

    /// Hashes all keys in one batch, and puts them in order.
    pub(super) fn sorted(&self, engine: &Engine) -> Vec<AccountWrite<'_>> {
        let accounts = self.accounts.iter();
        let slots = accounts.clone().flat_map(|account| &account.slots);
        let names: Vec<&[u8]> = accounts
            .map(|account| account.address.as_slice())
            .chain(slots.map(|(slot, _)| &slot[..]))
            .collect();
        let mut keys = vec![[0; 32]; names.len()];
        engine.keccak256_into(&names, &mut keys);
        let (accounts, mut slots) = keys.split_at(self.accounts.len());
        let mut own = Vec::with_capacity(self.accounts.len());
        for account in &self.accounts {
            let (first, rest) = slots.split_at(account.slots.len());
            own.push(first);
            slots = rest;
        }
        let writes = in_order(engine, accounts).into_iter().map(|place| {
            let unhashed = &self.accounts[place];
            AccountWrite {
                key: accounts[place],
                address: unhashed.address,
                account: unhashed.account,
                storage_wiped: unhashed.storage_wiped,
                slots: unhashed.sorted_slots(engine, own[place]),
            }
        });
        writes.collect()
    }
}

impl Unhashed {
    fn sorted_slots(&self, engine: &Engine, keys: &[Key]) -> Vec<SlotWrite<'_>> {
        let write = |place: usize| {
            let (slot, value) = &self.slots[place];
            SlotWrite {
                key: keys[place],
                value: match value.is_zero() {
                    true => Encoded::NOTHING,
                    false => Encoded::of(value),
                },
                address: &self.address,
                slot,
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
fn in_order(engine: &Engine, keys: &[Key]) -> Vec<usize> {
    let start = |key: &Key| u64::from_be_bytes(*key.first_chunk().expect("eight bytes"));
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

impl Change for AccountWrite<'_> {
    fn key(&self) -> &Key {
        &self.key
    }

    fn deletes(&self) -> bool {
        self.account.length == 0
    }

    fn settle<'a>(
        &'a self,
        before: Option<Value<'a>>,
        merge: &mut Merge<'a>,
    ) -> Result<Option<Value<'a>>, StateError> {
        if self.deletes() {
            return Ok(None);
        }
        let account = self.account.as_slice();
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

impl Change for SlotWrite<'_> {
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
        StateError::slot(*self.address, U256::from_be_bytes(*self.slot))(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hashes that begin alike can be made, and do not come by chance.
    #[test]
    fn keys_that_begin_alike_are_put_in_order() {
        for threads in [1, 2] {
            let engine = Engine::builder().threads(threads).build();
            let engine = engine.expect("an engine");
            for count in [0, 1, 2, 10, 5_000u32] {
                let keys: Vec<Key> = (0..count)
                    .rev()
                    .map(|i| {
                        let mut key = [7; 32];
                        key[7] = (i % 3) as u8;
                        key[28..].copy_from_slice(&i.to_be_bytes());
                        key
                    })
                    .collect();
                let order = in_order(&engine, &keys);
                assert_eq!(order.len(), keys.len());
                assert!(order.windows(2).all(|w| keys[w[0]] < keys[w[1]]));
            }
        }
    }
}

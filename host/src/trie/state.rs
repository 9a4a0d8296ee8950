//! The state over its tries: reads.

use super::{
    EMPTY_ROOT_HASH, Preimages, StateError, TrieError,
    forest::{At, Forest, KEY_NIBBLES, Key, Name, Root},
    heap::Id,
    shards::Shards,
};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_rlp::{RlpDecodable, RlpEncodable};
use std::sync::Arc;

/// An account as the account trie has it: the RLP list of these four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, RlpEncodable, RlpDecodable)]
pub struct Account {
    /// Transactions sent, or contracts created.
    pub nonce: u64,
    /// In wei.
    pub balance: U256,
    /// Root of the account's storage trie.
    pub storage_root: B256,
    /// Keccak-256 of the account's code.
    pub code_hash: B256,
}

impl Default for Account {
    /// The account that an address has before it has anything.
    fn default() -> Self {
        Self {
            nonce: 0,
            balance: U256::ZERO,
            storage_root: EMPTY_ROOT_HASH,
            code_hash: KECCAK256_EMPTY,
        }
    }
}

/// The whole state: accounts, their storage and code. [`Default`] is the state without accounts.
///
/// A clone is a snapshot and costs a list of pointers: versions share their nodes, and none is ever changed.
///
/// Nodes that no later version needs stay in memory until they outweigh the others (and a mebibyte); then the state
/// moves to memory of its own. So a state takes at most twice the memory of its nodes, and what snapshots hold beside
/// it goes when they do.
#[derive(Debug, Clone)]
pub struct WorldState {
    pub(super) forest: Forest,
    /// Of the account trie. Every node in memory is hashed.
    pub(super) root: Root,
    /// Codes that came since the state was made, by hash.
    pub(super) codes: Shards<Bytes>,
    /// Bytes of nodes in the heap when it last held none that were not needed.
    pub(super) needed_bytes: usize,
}

impl Default for WorldState {
    fn default() -> Self {
        Self::from_witness(EMPTY_ROOT_HASH, Arc::default())
    }
}

/// An account, and where its storage trie lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located {
    pub(super) account: Account,
    pub(super) storage: Root,
}

impl WorldState {
    /// A state known by its root alone, whose nodes and codes are among `preimages`.
    pub fn from_witness(root: B256, preimages: Arc<Preimages>) -> Self {
        Self {
            forest: Forest {
                source: preimages,
                ..Forest::default()
            },
            root: Root {
                hash: root,
                id: Id::NONE,
            },
            codes: Shards::default(),
            needed_bytes: 0,
        }
    }

    /// The state root.
    pub fn root(&self) -> B256 {
        self.root.hash
    }

    /// An account; `None` if it is proven not to exist.
    pub fn account(&self, address: Address) -> Result<Option<Account>, StateError> {
        let located = self
            .locate(&keccak256(address).0)
            .map_err(StateError::account(address))?;
        Ok(located.map(|located| located.account))
    }

    /// The value of a storage slot: zero if the slot or its account is proven not to exist.
    pub fn slot(&self, address: Address, slot: U256) -> Result<U256, StateError> {
        let hashed = keccak256(address);
        let located = self
            .locate(&hashed.0)
            .map_err(StateError::account(address))?;
        let Some(located) = located else {
            return Ok(U256::ZERO);
        };
        let key = keccak256(slot.to_be_bytes::<32>()).0;
        self.located_slot(hashed, located.storage, &key)
            .map_err(StateError::slot(address, slot))
    }

    /// The code that has the hash.
    pub fn code(&self, hash: B256) -> Result<Bytes, StateError> {
        if hash == KECCAK256_EMPTY {
            return Ok(Bytes::new());
        }
        self.codes
            .get(&hash)
            .or_else(|| self.forest.source.get(&hash))
            .cloned()
            .ok_or(StateError::MissingCode { hash })
    }

    /// The account of a hashed address.
    pub(super) fn locate(&self, key: &Key) -> Result<Option<Located>, TrieError> {
        let Some(found) = self.forest.find(Name::Accounts, self.root, key)? else {
            return Ok(None);
        };
        let account = decode_account(key, found.value)?;
        let storage = Root {
            hash: account.storage_root,
            id: found.link,
        };
        Ok(Some(Located { account, storage }))
    }

    pub(super) fn located_slot(
        &self,
        account: B256,
        root: Root,
        key: &Key,
    ) -> Result<U256, TrieError> {
        let name = Name::Storage(account);
        let Some(found) = self.forest.find(name, root, key)? else {
            return Ok(U256::ZERO);
        };
        decode_slot(name, key, found.value)
    }
}

/// The account in a leaf of the account trie.
pub(super) fn decode_account(key: &Key, value: &[u8]) -> Result<Account, TrieError> {
    alloy_rlp::decode_exact(value).map_err(|_| {
        let name = Name::Accounts;
        end_of(name, key).malformed_value("not the canonical RLP of an account")
    })
}

/// The number in a leaf of a storage trie.
pub(super) fn decode_slot(name: Name, key: &Key, value: &[u8]) -> Result<U256, TrieError> {
    match alloy_rlp::decode_exact::<U256>(value) {
        Ok(value) if !value.is_zero() => Ok(value),
        _ => {
            let reason = "not the canonical RLP of a number above zero";
            Err(end_of(name, key).malformed_value(reason))
        }
    }
}

fn end_of(name: Name, key: &Key) -> At<'_> {
    At {
        name,
        key,
        depth: KEY_NIBBLES,
    }
}

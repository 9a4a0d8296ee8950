//! The state over its tries: reads.

use super::{
    EMPTY_ROOT_HASH, Preimages, StateError, TrieError,
    nibbles::unpack,
    node::Node,
    shards::Shards,
    tree::{Name, Trie},
};
use crate::Engine;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256, map::B256Map};
use alloy_rlp::{RlpDecodable, RlpEncodable};
use std::sync::{Arc, PoisonError, RwLock};

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
/// Cheap to clone: clones share their tries and copy what they change.
#[derive(Debug, Clone)]
pub struct WorldState {
    pub(super) accounts: Trie,
    /// Storage tries changed since the state was made, by hashed address. None is empty.
    pub(super) storages: Shards<Trie>,
    /// Codes that came since the state was made, by hash.
    pub(super) codes: Shards<Bytes>,
    source: Arc<Preimages>,
    /// Roots of storage tries out of `source`, by hash, so that their nodes are decoded once.
    known: Arc<RwLock<B256Map<Arc<Node>>>>,
}

impl Default for WorldState {
    fn default() -> Self {
        Self::from_witness(EMPTY_ROOT_HASH, Arc::default())
    }
}

impl WorldState {
    /// A state known by its root alone, whose nodes and codes are among `preimages`.
    pub fn from_witness(root: B256, preimages: Arc<Preimages>) -> Self {
        let root = (root != EMPTY_ROOT_HASH).then(|| Node::unread(root));
        Self {
            accounts: Trie::new(root, Name::Accounts, Arc::clone(&preimages)),
            storages: Shards::default(),
            codes: Shards::default(),
            source: preimages,
            known: Arc::default(),
        }
    }

    /// The state root.
    pub fn root(&self, engine: &Engine) -> B256 {
        self.accounts.root_hash(engine)
    }

    /// An account; `None` if it is proven not to exist.
    pub fn account(&self, address: Address) -> Result<Option<Account>, StateError> {
        self.hashed_account(keccak256(address))
            .map_err(|source| StateError::Account { address, source })
    }

    /// The value of a storage slot: zero if the slot or its account is proven not to exist.
    pub fn slot(&self, address: Address, slot: U256) -> Result<U256, StateError> {
        let hashed = keccak256(address);
        let Some(account) = self.account(address)? else {
            return Ok(U256::ZERO);
        };
        self.hashed_slot(hashed, &account, keccak256(slot.to_be_bytes::<32>()))
            .map_err(|source| StateError::Slot {
                address,
                slot,
                source,
            })
    }

    /// The code that has the hash.
    pub fn code(&self, hash: B256) -> Result<Bytes, StateError> {
        if hash == KECCAK256_EMPTY {
            return Ok(Bytes::new());
        }
        self.codes
            .get(&hash)
            .or_else(|| self.source.get(&hash))
            .cloned()
            .ok_or(StateError::MissingCode { hash })
    }

    /// The account of a hashed address.
    pub(super) fn hashed_account(&self, hashed: B256) -> Result<Option<Account>, TrieError> {
        let key = unpack(hashed.as_slice());
        let Some(value) = self.accounts.get(&key)? else {
            return Ok(None);
        };
        match alloy_rlp::decode_exact(value) {
            Ok(account) => Ok(Some(account)),
            Err(_) => {
                let reason = "not the canonical RLP of an account";
                Err(self.accounts.nodes.malformed_value(&key, reason))
            }
        }
    }

    /// The storage trie of the account at a hashed address.
    pub(super) fn storage(&self, hashed: B256, root: B256) -> Trie {
        if let Some(trie) = self.storages.get(&hashed) {
            return trie.clone();
        }
        self.unchanged_storage(hashed, root)
    }

    fn unchanged_storage(&self, hashed: B256, root: B256) -> Trie {
        let node = (root != EMPTY_ROOT_HASH).then(|| {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(node) = known.get(&root) {
                return Arc::clone(node);
            }
            drop(known);
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(root).or_insert_with(|| Node::unread(root)))
        });
        Trie::new(node, Name::Storage(hashed), Arc::clone(&self.source))
    }

    /// An empty storage trie for the account at a hashed address.
    pub(super) fn empty_storage(&self, hashed: B256) -> Trie {
        self.unchanged_storage(hashed, EMPTY_ROOT_HASH)
    }

    fn hashed_slot(&self, hashed: B256, account: &Account, slot: B256) -> Result<U256, TrieError> {
        let trie = self.storage(hashed, account.storage_root);
        let key = unpack(slot.as_slice());
        let Some(value) = trie.get(&key)? else {
            return Ok(U256::ZERO);
        };
        match alloy_rlp::decode_exact::<U256>(value) {
            Ok(value) if !value.is_zero() => Ok(value),
            _ => {
                let reason = "not the canonical RLP of a number above zero";
                Err(trie.nodes.malformed_value(&key, reason))
            }
        }
    }
}

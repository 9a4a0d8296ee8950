//! A state in hash maps, as a client has it that holds all of a block's state in its caches.

use crate::{
    exec::{StateChanges, bytecode},
    input::PreState,
};
use alloy_genesis::Genesis;
use alloy_primitives::{
    Address, B256, U256, keccak256,
    map::{AddressMap, B256Map, HashMap},
};
use revm::{
    bytecode::Bytecode, database_interface::DatabaseRef, primitives::KECCAK_EMPTY,
    state::AccountInfo,
};
use std::{convert::Infallible, sync::Arc};

/// Codes by hash, analysed.
pub type Codes = Arc<B256Map<Bytecode>>;

/// Accounts with their storage; what is not there does not exist, or is zero.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// By address.
    pub accounts: AddressMap<Stored>,
    /// Of all states that share them.
    pub codes: Codes,
    /// Hashes of ancestors by number.
    pub block_hashes: HashMap<u64, B256>,
}

/// An account in memory.
#[derive(Debug, Clone, Default)]
pub struct Stored {
    /// Without its code.
    pub info: AccountInfo,
    /// By slot.
    pub storage: HashMap<U256, U256>,
}

impl Memory {
    /// The content of a pre-state.
    pub fn new(state: &PreState, codes: Codes) -> Self {
        let accounts = state.accounts.iter().map(|(address, account)| {
            let info = AccountInfo {
                balance: account.balance,
                nonce: account.nonce,
                code_hash: account.code_hash,
                code: None,
                ..AccountInfo::default()
            };
            let storage = account.storage.iter().map(|(slot, value)| (*slot, *value));
            let storage = storage.collect();
            (*address, Stored { info, storage })
        });
        Self {
            accounts: accounts.collect(),
            codes,
            block_hashes: state
                .block_hashes
                .iter()
                .map(|(n, hash)| (*n, *hash))
                .collect(),
        }
    }

    /// The state that a genesis begins with.
    pub fn genesis(genesis: &Genesis) -> Self {
        let mut codes = B256Map::default();
        let accounts = genesis.alloc.iter().map(|(address, account)| {
            let code = account.code.as_ref().filter(|code| !code.is_empty());
            let code_hash = code.map_or(KECCAK_EMPTY, keccak256);
            codes.extend(code.map(|code| (code_hash, bytecode(code.clone()))));
            let info = AccountInfo {
                balance: account.balance,
                nonce: account.nonce.unwrap_or_default(),
                code_hash,
                code: None,
                ..AccountInfo::default()
            };
            let storage = account.storage.iter().flatten();
            let storage = storage.map(|(slot, value)| ((*slot).into(), (*value).into()));
            let storage = storage.collect();
            (*address, Stored { info, storage })
        });
        let accounts = accounts.collect();
        Self {
            accounts,
            codes: Arc::new(codes),
            block_hashes: HashMap::default(),
        }
    }

    /// Applies what a block has changed.
    pub fn apply(&mut self, changes: &StateChanges) {
        for (address, change) in &changes.accounts {
            let Some(info) = &change.info else {
                self.accounts.remove(address);
                continue;
            };
            if let Some(code) = &info.code
                && !self.codes.contains_key(&info.code_hash)
            {
                Arc::make_mut(&mut self.codes).insert(info.code_hash, code.clone());
            }
            let stored = self.accounts.entry(*address).or_default();
            stored.info = info.clone();
            stored.info.code = None;
            if change.storage_wiped {
                stored.storage.clear();
            }
            stored.storage.extend(&change.storage);
        }
    }
}

/// The codes of pre-states.
pub fn codes(state: &PreState) -> Codes {
    let codes = state.codes.iter();
    Arc::new(
        codes
            .map(|(hash, code)| (*hash, bytecode(code.clone())))
            .collect(),
    )
}

impl DatabaseRef for Memory {
    type Error = Infallible;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        Ok(self
            .accounts
            .get(&address)
            .map(|account| account.info.clone()))
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, Infallible> {
        if hash == KECCAK_EMPTY {
            return Ok(Bytecode::default());
        }
        Ok(self.codes.get(&hash).cloned().unwrap_or_default())
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Infallible> {
        let account = self.accounts.get(&address);
        let value = account.and_then(|account| account.storage.get(&slot));
        Ok(value.copied().unwrap_or_default())
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, Infallible> {
        Ok(self.block_hashes.get(&number).copied().unwrap_or_default())
    }
}

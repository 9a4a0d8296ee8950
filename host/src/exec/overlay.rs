//! The state as a block's execution sees it: a [`StateSource`] below, what the block has read and written above.

use super::{
    StateChanges, StateSource, codes::take_code, collision::storage_without_code,
    evm::BlockDatabase, standing::Standing,
};
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, AddressSet, B256Map, HashMap},
};
use revm::{
    DatabaseCommit,
    bytecode::Bytecode,
    database_interface::Database,
    state::{Account, AccountInfo},
};
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// Reads through to the source, remembers, and collects what is committed as [`StateChanges`].
pub(super) struct Overlay<'a, S> {
    source: &'a S,
    accounts: AddressMap<Standing>,
    codes: B256Map<Bytecode>,
    /// Hashes of ancestors, 256 at most. A source may have to walk to them, and BLOCKHASH is priced as if it need not.
    block_hashes: HashMap<u64, B256>,
    pending: StateChanges,
    /// Accounts loaded that the source marks as having storage but neither nonce nor code.
    leftovers: AddressSet,
    /// The source's first error. The EVM hands database errors on in several disguises; this one is plain.
    fault: Arc<OnceLock<String>>,
}

impl<S> fmt::Debug for Overlay<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay")
            .field("accounts", &self.accounts.len())
            .finish_non_exhaustive()
    }
}

impl<'a, S: StateSource> Overlay<'a, S> {
    /// An overlay in which nothing has been read or written.
    pub(super) fn new(source: &'a S) -> Self {
        Self {
            source,
            accounts: AddressMap::default(),
            codes: B256Map::default(),
            block_hashes: HashMap::default(),
            pending: StateChanges::default(),
            leftovers: AddressSet::default(),
            fault: Arc::default(),
        }
    }

    /// The place where the source's first error will stand, in words.
    pub(super) fn fault(&self) -> Arc<OnceLock<String>> {
        Arc::clone(&self.fault)
    }

    /// Sets a balance outside of any transaction. The account exists afterwards, empty or not, as before EIP-161.
    pub(super) fn set_balance(&mut self, address: Address, balance: U256) -> Result<(), S::Error> {
        let cached = self.cached(address)?;
        let info = cached.info.get_or_insert_default();
        info.balance = balance;
        info.code = None;
        let info = info.clone();
        self.pending.accounts.entry(address).or_default().info = Some(info);
        Ok(())
    }

    fn note<T>(&self, result: Result<T, S::Error>) -> Result<T, S::Error> {
        result.inspect_err(|error| {
            self.fault.get_or_init(|| error.to_string());
        })
    }

    fn cached(&mut self, address: Address) -> Result<&mut Standing, S::Error> {
        if !self.accounts.contains_key(&address) {
            let mut info = self.note(self.source.basic_ref(address))?;
            let mark = info.as_mut().and_then(|info| info.account_id.take());
            if mark.is_some() && mark == storage_without_code() {
                self.leftovers.insert(address);
            }
            // Code that comes with its account is not asked for by hash: the source may not know it so.
            if let Some(info) = &mut info
                && let Some(code) = take_code(info)
            {
                self.codes.entry(info.code_hash).or_insert(code);
            }
            self.accounts.insert(address, Standing::from_source(info));
        }
        Ok(self.accounts.entry(address).or_default())
    }
}

impl<S: StateSource> BlockDatabase for Overlay<'_, S> {
    fn has_leftovers(&self) -> bool {
        !self.leftovers.is_empty()
    }

    fn is_leftover(&self, address: Address) -> bool {
        self.leftovers.contains(&address)
            && self
                .accounts
                .get(&address)
                .is_some_and(|standing| !standing.storage_wiped)
    }

    fn changes(&mut self) -> &mut StateChanges {
        &mut self.pending
    }
}

impl<S: StateSource> Database for Overlay<'_, S> {
    type Error = S::Error;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        Ok(self.cached(address)?.info.clone())
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Self::Error> {
        if let Some(code) = self.codes.get(&code_hash) {
            return Ok(code.clone());
        }
        let code = self.note(self.source.code_by_hash_ref(code_hash))?;
        self.codes.insert(code_hash, code.clone());
        Ok(code)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        if let Some(value) = self.cached(address)?.slot(&slot) {
            return Ok(value);
        }
        let value = self.note(self.source.storage_ref(address, slot))?;
        self.cached(address)?.storage.insert(slot, value);
        Ok(value)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Self::Error> {
        if let Some(hash) = self.block_hashes.get(&number) {
            return Ok(*hash);
        }
        let hash = self.note(self.source.block_hash_ref(number))?;
        self.block_hashes.insert(number, hash);
        Ok(hash)
    }
}

impl<S: StateSource> DatabaseCommit for Overlay<'_, S> {
    fn commit(&mut self, changes: AddressMap<Account>) {
        for (address, account) in changes {
            let standing = self
                .accounts
                .entry(address)
                .or_insert_with(|| Standing::from_original(&account));
            standing.commit(address, account, &mut self.pending, |hash, code| {
                self.codes.insert(hash, code.clone());
            });
        }
    }
}

#[cfg(test)]
mod tests;

//! The state as a block's execution sees it: a [`StateSource`] below, what the block has read and written above.

use super::{AccountChange, StateChanges, StateSource, collision::storage_without_code};
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, AddressSet, B256Map, Entry, HashMap},
};
use revm::{
    DatabaseCommit,
    bytecode::Bytecode,
    database_interface::Database,
    state::{Account, AccountInfo, EvmStorageSlot},
};
use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// One account as it stands now.
#[derive(Debug, Default)]
struct Cached {
    info: Option<AccountInfo>,
    /// True if storage that is not in `storage` is zero, whatever the source says.
    storage_wiped: bool,
    storage: HashMap<U256, U256>,
}

/// Reads through to the source, remembers, and collects what is committed as [`StateChanges`].
pub(super) struct Overlay<'a, S> {
    source: &'a S,
    accounts: AddressMap<Cached>,
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

    /// What has been committed since this was last called.
    pub(super) fn take_changes(&mut self) -> StateChanges {
        std::mem::take(&mut self.pending)
    }

    /// True if an account has been loaded that has storage but neither nonce nor code.
    pub(super) fn has_leftovers(&self) -> bool {
        !self.leftovers.is_empty()
    }

    /// True if the account was loaded with storage but neither nonce nor code, and still has that storage.
    pub(super) fn is_leftover(&self, address: Address) -> bool {
        self.leftovers.contains(&address)
            && self
                .accounts
                .get(&address)
                .is_some_and(|cached| !cached.storage_wiped)
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

    fn cached(&mut self, address: Address) -> Result<&mut Cached, S::Error> {
        if !self.accounts.contains_key(&address) {
            let mut info = self.note(self.source.basic_ref(address))?;
            let mark = info.as_mut().and_then(|info| info.account_id.take());
            if mark.is_some() && mark == storage_without_code() {
                self.leftovers.insert(address);
            }
            let cached = Cached {
                storage_wiped: info.is_none(),
                info,
                ..Default::default()
            };
            self.accounts.insert(address, cached);
        }
        Ok(self.accounts.entry(address).or_default())
    }

    fn commit_account(&mut self, address: Address, account: Account) {
        // The journal has already turned the rules before EIP-161 into these terms: an account that is touched and
        // empty here is to be deleted.
        if !account.is_touched() {
            return;
        }
        let cached = self.accounts.entry(address).or_insert_with(|| Cached {
            storage_wiped: account.is_loaded_as_not_existing(),
            info: (!account.is_loaded_as_not_existing()).then(|| account.original_info()),
            storage: HashMap::default(),
        });
        let created = account.is_created();
        let gone = account.is_selfdestructed() || (!created && account.is_empty());
        if gone && cached.info.is_none() {
            return;
        }
        let wiped = gone || created;
        let changed_slots = account
            .storage
            .iter()
            .filter(|(_, slot)| {
                if wiped {
                    !slot.present_value.is_zero()
                } else {
                    slot.is_changed()
                }
            })
            .map(|(key, slot): (&U256, &EvmStorageSlot)| (*key, slot.present_value));

        let mut info = (!gone).then_some(account.info);
        if let Some(info) = &mut info {
            info.account_id = None;
            let is_new = cached
                .info
                .as_ref()
                .is_none_or(|old| old.code_hash != info.code_hash);
            match info.code.take().filter(|code| is_new && !code.is_empty()) {
                Some(code) => {
                    self.codes.insert(info.code_hash, code.clone());
                    info.code = Some(code);
                }
                None => info.code = None,
            }
        }
        let mut changed_slots = if gone { None } else { Some(changed_slots) }
            .into_iter()
            .flatten()
            .peekable();
        if !wiped && changed_slots.peek().is_none() && same_account(&cached.info, &info) {
            return;
        }

        let change = match self.pending.accounts.entry(address) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(AccountChange::default()),
        };
        if wiped {
            cached.storage_wiped = true;
            cached.storage.clear();
            change.storage_wiped = true;
            change.storage.clear();
        }
        for (slot, value) in changed_slots {
            cached.storage.insert(slot, value);
            change.storage.insert(slot, value);
        }
        cached.info = info.clone().map(|info| AccountInfo { code: None, ..info });
        // Code that was new earlier in the same step must not be lost by a later change of balance alone.
        let earlier_code = change
            .info
            .take()
            .and_then(|old| Some((old.code_hash, old.code?)));
        if let (Some(info), Some((hash, code))) = (&mut info, earlier_code)
            && info.code.is_none()
            && info.code_hash == hash
        {
            info.code = Some(code);
        }
        change.info = info;
    }
}

fn same_account(a: &Option<AccountInfo>, b: &Option<AccountInfo>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            a.nonce == b.nonce && a.balance == b.balance && a.code_hash == b.code_hash
        }
        _ => false,
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
        let cached = self.cached(address)?;
        if let Some(value) = cached.storage.get(&slot) {
            return Ok(*value);
        }
        if cached.storage_wiped {
            return Ok(U256::ZERO);
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
            self.commit_account(address, account);
        }
    }
}

#[cfg(test)]
mod tests;

//! The state that a block's threads share: the source below, what has been committed above.
//!
//! Any thread reads at any time; changes are written by whoever holds the ledger, in block order. Locations are exact:
//! an account by its address, a slot by address and slot, code by its hash. A read that is to be relied on and the check
//! of a read that was made earlier are the same function.

use super::{
    super::{
        StateChanges, StateSource, codes::take_code, collision::storage_without_code,
        standing::Standing,
    },
    trial::Shown,
};
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, B256Map, HashMap},
};
use revm::{
    bytecode::Bytecode,
    state::{Account, AccountInfo},
};
use std::sync::{
    PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
    atomic::{AtomicBool, Ordering},
};

/// Parts that are locked by themselves: enough for the threads of a large machine to rarely meet.
const SHARDS: usize = 64;

/// See the module.
pub(super) struct Committed<'a, S> {
    source: &'a S,
    shards: [RwLock<AddressMap<Standing>>; SHARDS],
    codes: RwLock<B256Map<Bytecode>>,
    block_hashes: RwLock<HashMap<u64, B256>>,
    leftovers: AtomicBool,
}

impl<'a, S: StateSource> Committed<'a, S> {
    /// The state before the block.
    pub(super) fn new(source: &'a S) -> Self {
        Self {
            source,
            shards: std::array::from_fn(|_| RwLock::default()),
            codes: RwLock::default(),
            block_hashes: RwLock::default(),
            leftovers: AtomicBool::new(false),
        }
    }

    /// True once an account was read that has storage but neither nonce nor code: creation over it is the business of
    /// the serial executor.
    pub(super) fn has_leftovers(&self) -> bool {
        self.leftovers.load(Ordering::Relaxed)
    }

    /// An account without its code.
    pub(super) fn basic(&self, address: Address) -> Result<Option<AccountInfo>, S::Error> {
        let shard = self.shard(address);
        if let Some(standing) = read(shard).get(&address) {
            return Ok(standing.info.clone());
        }
        // The source may be slow: no lock is held meanwhile, and who comes first is kept.
        let mut info = self.source.basic_ref(address)?;
        if let Some(info) = &mut info {
            let mark = info.account_id.take();
            if mark.is_some() && mark == storage_without_code() {
                self.leftovers.store(true, Ordering::Relaxed);
            }
            // Code that comes with its account is not asked for by hash: the source may not know it so.
            if let Some(code) = take_code(info) {
                write(&self.codes).entry(info.code_hash).or_insert(code);
            }
        }
        let mut shard = write(shard);
        let standing = shard
            .entry(address)
            .or_insert_with(|| Standing::from_source(info));
        Ok(standing.info.clone())
    }

    /// An account, as a try would be shown it now.
    pub(super) fn shown(&self, address: Address) -> Result<Option<Shown>, S::Error> {
        if let Some(standing) = read(self.shard(address)).get(&address) {
            return Ok(standing.info.as_ref().map(Shown::from));
        }
        Ok(self.basic(address)?.as_ref().map(Shown::from))
    }

    /// A slot.
    pub(super) fn storage(&self, address: Address, slot: U256) -> Result<U256, S::Error> {
        let shard = self.shard(address);
        if let Some(standing) = read(shard).get(&address)
            && let Some(value) = standing.slot(&slot)
        {
            return Ok(value);
        }
        // An account is always read before its storage; this is for callers that know better.
        self.basic(address)?;
        if let Some(value) = read(shard)
            .get(&address)
            .and_then(|known| known.slot(&slot))
        {
            return Ok(value);
        }
        let value = self.source.storage_ref(address, slot)?;
        let mut shard = write(shard);
        let standing = shard.entry(address).or_default();
        if let Some(value) = standing.slot(&slot) {
            return Ok(value);
        }
        standing.storage.insert(slot, value);
        Ok(value)
    }

    /// A code.
    pub(super) fn code(&self, hash: B256) -> Result<Bytecode, S::Error> {
        if let Some(code) = read(&self.codes).get(&hash) {
            return Ok(code.clone());
        }
        let code = self.source.code_by_hash_ref(hash)?;
        // What was published meanwhile is what holds.
        Ok(write(&self.codes).entry(hash).or_insert(code).clone())
    }

    /// The hash of an ancestor.
    pub(super) fn block_hash(&self, number: u64) -> Result<B256, S::Error> {
        if let Some(hash) = read(&self.block_hashes).get(&number) {
            return Ok(*hash);
        }
        let hash = self.source.block_hash_ref(number)?;
        write(&self.block_hashes).insert(number, hash);
        Ok(hash)
    }

    /// Takes in what a transaction left of an account. For the holder of the ledger alone.
    pub(super) fn commit(&self, address: Address, account: Account, changes: &mut StateChanges) {
        if !account.is_touched() {
            return;
        }
        let mut shard = write(self.shard(address));
        let standing = shard
            .entry(address)
            .or_insert_with(|| Standing::from_original(&account));
        // Code is there before an account that has it can be read.
        standing.commit(address, account, changes, |hash, code| {
            write(&self.codes).insert(hash, code.clone());
        });
    }

    fn shard(&self, address: Address) -> &RwLock<AddressMap<Standing>> {
        &self.shards[usize::from(address[19]) % SHARDS]
    }
}

/// A thread that panics stops the block, which is then executed anew: what it leaves behind is read by nobody.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

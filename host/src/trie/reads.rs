//! The state as one block reads it.
//!
//! Most reads are of slots, and each would hash its account's address and walk down to the account once more; and most
//! of the accounts of a block are named in it. So what was found of an account is kept, addresses that the block names
//! are hashed in one batch, and a thread without better work can walk to them while the EVM runs.
//!
//! Only what was found or proven absent is kept. What a witness doesn't show is an error for whoever reads it, and for
//! nobody else.

use super::{ReadAhead, StateError, WorldState, database::info, state::Located};
use crate::Engine;
use alloy_primitives::{Address, B256, U256, keccak256, map::AddressMap};
use revm::{
    DatabaseRef,
    primitives::KECCAK_EMPTY,
    state::{AccountInfo, Bytecode},
};
use std::sync::{PoisonError, RwLock};

/// Parts of what was found, so that threads seldom meet.
const PARTS: usize = 16;

/// Reads of one version of the state, for one block.
#[derive(Debug)]
pub struct BlockReads<'w> {
    world: &'w WorldState,
    /// Hashes of the addresses that are likely to be read.
    keys: AddressMap<B256>,
    /// What was read, by the last byte of addresses.
    found: [RwLock<AddressMap<Found>>; PARTS],
}

/// What an address leads to.
#[derive(Debug, Clone, Copy)]
struct Found {
    key: B256,
    account: Option<Located>,
}

impl<'w> BlockReads<'w> {
    /// Hashes addresses that are likely to be read; nothing is read yet.
    pub(super) fn new(world: &'w WorldState, engine: &Engine, likely: &[Address]) -> Self {
        let addresses: Vec<&[u8]> = likely.iter().map(|address| &address[..]).collect();
        let mut hashes = vec![[0; 32]; addresses.len()];
        engine.keccak256_into(&addresses, &mut hashes);
        let hashes = hashes.into_iter().map(B256::new);
        Self {
            world,
            keys: likely.iter().copied().zip(hashes).collect(),
            found: Default::default(),
        }
    }

    fn find(&self, address: Address) -> Result<Found, StateError> {
        let part = &self.found[usize::from(address[19]) % PARTS];
        let known = part.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&address) {
            return Ok(*known);
        }
        drop(known);
        let key = self.keys.get(&address).copied();
        let key = key.unwrap_or_else(|| keccak256(address));
        let account = self.world.locate(&key.0);
        let account = account.map_err(StateError::account(address))?;
        let found = Found { key, account };
        let mut part = part.write().unwrap_or_else(PoisonError::into_inner);
        part.insert(address, found);
        Ok(found)
    }
}

impl ReadAhead for BlockReads<'_> {
    fn read_ahead(&self, address: Address) {
        let found = self.find(address).ok().and_then(|found| found.account);
        if let Some(found) = found
            && found.account.code_hash != KECCAK_EMPTY
        {
            // Analyses the code, and keeps that where whoever runs it looks.
            let _ = self.world.code_by_hash_ref(found.account.code_hash);
        }
    }
}

impl DatabaseRef for BlockReads<'_> {
    type Error = StateError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, StateError> {
        let account = self.find(address)?.account;
        Ok(account.map(|located| info(&located.account)))
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, StateError> {
        self.world.code_by_hash_ref(code_hash)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, StateError> {
        let found = self.find(address)?;
        let Some(located) = found.account else {
            return Ok(U256::ZERO);
        };
        let key = keccak256(slot.to_be_bytes::<32>());
        self.world
            .located_slot(found.key, located.storage, &key.0)
            .map_err(StateError::slot(address, slot))
    }

    /// Always an error: hashes of ancestors are no part of the state trie.
    fn block_hash_ref(&self, number: u64) -> Result<B256, StateError> {
        self.world.block_hash_ref(number)
    }
}

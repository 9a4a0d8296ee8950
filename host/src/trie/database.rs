//! The state as revm reads it.

use super::{Account, BlockReads, EMPTY_ROOT_HASH, StateError, StateTrie, WorldState};
use crate::{
    Engine,
    exec::{StateChanges, bytecode_of, storage_without_code},
};
use alloy_primitives::{Address, B256, U256};
use revm::{
    DatabaseRef,
    database_interface::DBErrorMarker,
    primitives::KECCAK_EMPTY,
    state::{AccountInfo, Bytecode},
};

impl DBErrorMarker for StateError {}

impl StateTrie for WorldState {
    type Reads<'w> = BlockReads<'w>;

    fn reads<'w>(&'w self, engine: &Engine, likely: &[Address]) -> BlockReads<'w> {
        BlockReads::new(self, engine, likely)
    }

    fn apply(&mut self, engine: &Engine, changes: &StateChanges) -> Result<(), StateError> {
        Self::apply(self, engine, changes)
    }

    fn root(&self) -> B256 {
        Self::root(self)
    }
}

/// An account without its code, which is read when it runs.
pub(super) fn info(account: &Account) -> AccountInfo {
    AccountInfo {
        balance: account.balance,
        nonce: account.nonce,
        code_hash: account.code_hash,
        account_id: if has_storage_alone(account) {
            storage_without_code()
        } else {
            None
        },
        code: None,
    }
}

fn has_storage_alone(account: &Account) -> bool {
    account.nonce == 0
        && account.code_hash == KECCAK_EMPTY
        && account.storage_root != EMPTY_ROOT_HASH
}

impl DatabaseRef for WorldState {
    type Error = StateError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, StateError> {
        let account = self.account(address)?;
        Ok(account.map(|account| info(&account)))
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, StateError> {
        Ok(bytecode_of(code_hash, self.code(code_hash)?))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, StateError> {
        self.slot(address, slot)
    }

    /// Always an error: hashes of ancestors are no part of the state trie.
    fn block_hash_ref(&self, number: u64) -> Result<B256, StateError> {
        Err(StateError::MissingBlockHash { number })
    }
}

//! The state as revm reads it.

use super::{StateError, WorldState};
use alloy_primitives::{Address, B256, U256};
use revm::{
    DatabaseRef,
    database_interface::DBErrorMarker,
    state::{AccountInfo, Bytecode},
};

impl DBErrorMarker for StateError {}

impl DatabaseRef for WorldState {
    type Error = StateError;

    /// The account without its code, which is read when it runs.
    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, StateError> {
        let account = self.account(address)?;
        Ok(account.map(|account| AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            account_id: None,
            code: None,
        }))
    }

    /// Code that starts like a delegation (EIP-7702) and is none, as there was before EIP-3541, is legacy code.
    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, StateError> {
        let code = self.code(code_hash)?;
        Ok(Bytecode::new_raw_checked(code.clone()).unwrap_or_else(|_| Bytecode::new_legacy(code)))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, StateError> {
        self.slot(address, slot)
    }

    /// Always an error: hashes of ancestors are no part of the state trie.
    fn block_hash_ref(&self, number: u64) -> Result<B256, StateError> {
        Err(StateError::MissingBlockHash { number })
    }
}

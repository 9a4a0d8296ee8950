//! Where execution reads from.

use alloy_primitives::{Address, B256, U256};
use revm::{bytecode::Bytecode, database_interface::DatabaseRef, state::AccountInfo};
use std::fmt;

/// A state that blocks can be executed over: any database that revm can read, shared between threads.
///
/// An error of the database stops the execution and is reported as it is; it never turns into a default value.
pub trait StateSource: DatabaseRef + Sync {}

impl<T: DatabaseRef + Sync> StateSource for T {}

/// Hashes of ancestors by number, for the BLOCKHASH instruction.
pub trait BlockHashes: Sync {
    /// The hash of the canonical ancestor with this number, `None` if it is not known.
    fn block_hash(&self, number: u64) -> Option<B256>;
}

/// A state whose ancestors' hashes come from elsewhere.
pub struct WithBlockHashes<'a, S> {
    /// The state.
    pub state: &'a S,
    /// The ancestors.
    pub hashes: &'a dyn BlockHashes,
}

/// The error of [`WithBlockHashes`].
#[derive(Debug, thiserror::Error)]
pub enum SourceError<E> {
    /// The state failed.
    #[error(transparent)]
    State(E),
    /// BLOCKHASH asked for an ancestor that is not at hand.
    #[error("the hash of ancestor {0} is needed (BLOCKHASH) and its header is absent")]
    MissingBlockHash(u64),
}

impl<E: std::error::Error + Send + Sync + 'static> revm::database_interface::DBErrorMarker
    for SourceError<E>
{
}

impl<S: fmt::Debug> fmt::Debug for WithBlockHashes<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithBlockHashes")
            .field("state", self.state)
            .finish_non_exhaustive()
    }
}

impl<S: StateSource> DatabaseRef for WithBlockHashes<'_, S> {
    type Error = SourceError<S::Error>;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        self.state.basic_ref(address).map_err(SourceError::State)
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, Self::Error> {
        self.state
            .code_by_hash_ref(code_hash)
            .map_err(SourceError::State)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        self.state
            .storage_ref(address, slot)
            .map_err(SourceError::State)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, Self::Error> {
        self.hashes
            .block_hash(number)
            .ok_or(SourceError::MissingBlockHash(number))
    }
}

//! The engine: batches in, results by index out.

use alloy_primitives::{Address, B256};
use phalanx_kernels::{RecoverError, RecoverInput};

/// Verifies batches on the backend chosen when it was built.
#[derive(Debug)]
pub struct Engine {}

/// Builds an [`Engine`].
#[derive(Debug, Default)]
pub struct EngineBuilder {}

/// Why an engine can't be built as asked for.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {}

impl Engine {
    /// Starts building an engine.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }
    /// Recovers signers.
    pub fn recover(&self, inputs: &[RecoverInput]) -> Vec<Result<Address, RecoverError>> {
        todo!("{}", inputs.len())
    }
    /// Keccak-256 of every message.
    pub fn keccak256<T: AsRef<[u8]> + Sync>(&self, messages: &[T]) -> Vec<B256> {
        todo!("{}", messages.len())
    }
    /// Runs work in the engine's thread pool.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        work()
    }
    /// Root of the index trie (transactions, receipts, withdrawals): key RLP(index), value the item.
    pub fn ordered_root<T: AsRef<[u8]> + Sync>(&self, items: &[T]) -> B256 {
        crate::trie::ordered_root(self, items)
    }
    /// Root of a secure trie: keys are hashed, an empty value is absent.
    pub fn secure_root<K: AsRef<[u8]> + Sync, V: AsRef<[u8]>>(&self, pairs: &[(K, V)]) -> B256 {
        crate::trie::secure_root(self, pairs)
    }
    /// Root of a trie whose keys are taken as they are.
    pub fn trie_root<K: AsRef<[u8]>, V: AsRef<[u8]>>(&self, pairs: &[(K, V)]) -> B256 {
        crate::trie::trie_root(self, pairs)
    }
}

impl EngineBuilder {
    /// Builds the engine.
    pub fn build(self) -> Result<Engine, EngineError> {
        Ok(Engine {})
    }
}

//! The engine: batches in, results by index out.

use crate::{
    Backend, Config, GpuArithmetic,
    backend::{Account, BackendError, BatchBackend, Levels, Pool, PoolError, choose},
};
use alloy_primitives::{Address, B256};
use phalanx_kernels::{RecoverError, RecoverInput};
use std::{path::PathBuf, sync::Arc};

/// Verifies batches on the backend chosen when it was built.
///
/// Results stand by index, in input order; no item changes another's result, and every backend gives the same ones.
/// A clone is another handle to the same backend and threads.
///
/// Any thread may call it, those that [`install`](Self::install) runs work on included. As with all of rayon, a pool
/// thread that waits for a batch may take up other work of the pool meanwhile, so hold no lock across a call that such
/// work takes too.
#[derive(Debug, Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: Config,
    backend: Box<dyn BatchBackend>,
    pool: Arc<Pool>,
}

/// Builds an [`Engine`]; starts from [`Config::default`] and never reads the environment ([`Config::from_env`] does).
#[derive(Debug, Clone, Default)]
pub struct EngineBuilder {
    config: Config,
}

/// Why an engine can't be built as asked for.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The backend can't be had here.
    #[error("the {backend} backend can't be had: {reason}")]
    Backend {
        /// The backend asked for.
        backend: Backend,
        /// Why not.
        #[source]
        reason: BackendError,
    },
    /// A threshold is zero.
    #[error("{0} is zero; the least is 1")]
    ZeroThreshold(&'static str),
    /// The threads can't be had.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl Engine {
    /// Starts building an engine.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// The settings that it was built with.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The backend in use; never [`Backend::Auto`] or [`Backend::Cpu`], for which it is that of the CPU.
    pub fn backend(&self) -> Backend {
        self.shared.backend.backend()
    }

    /// What became of the items that a GPU was given; `None` while this engine uses none.
    pub fn gpu_account(&self) -> Option<Account> {
        self.shared.backend.account()
    }

    /// The number of threads that share a batch.
    pub fn threads(&self) -> usize {
        self.shared.pool.threads()
    }

    /// Recovers the address of each signer.
    pub fn recover(&self, inputs: &[RecoverInput]) -> Vec<Result<Address, RecoverError>> {
        let mut results = vec![Ok([0; 20]); inputs.len()];
        self.shared.backend.recover(inputs, &mut results);
        let addresses = results.into_iter();
        addresses.map(|result| result.map(Address::new)).collect()
    }

    /// Keccak-256 of every message.
    pub fn keccak256<T: AsRef<[u8]> + Sync>(&self, messages: &[T]) -> Vec<B256> {
        let messages: Vec<&[u8]> = messages.iter().map(AsRef::as_ref).collect();
        let mut hashes = vec![[0; 32]; messages.len()];
        self.keccak256_into(&messages, &mut hashes);
        hashes.into_iter().map(B256::new).collect()
    }

    /// Recovers on the calling thread, which waits for no other.
    pub(crate) fn recover_here(
        &self,
        inputs: &[RecoverInput],
    ) -> Vec<Result<Address, RecoverError>> {
        let mut results = vec![Ok([0; 20]); inputs.len()];
        self.shared.backend.here().recover(inputs, &mut results);
        let addresses = results.into_iter();
        addresses.map(|result| result.map(Address::new)).collect()
    }

    /// Keccak-256 of every message on the calling thread, which waits for no other.
    pub(crate) fn keccak256_here(&self, messages: &[&[u8]]) -> Vec<B256> {
        let mut hashes = vec![[0; 32]; messages.len()];
        self.shared.backend.here().keccak256(messages, &mut hashes);
        hashes.into_iter().map(B256::new).collect()
    }

    /// Runs work on the calling thread, from which it can have the engine's threads do more; ends when all of that has.
    pub(crate) fn scope<'s, R>(&self, work: impl FnOnce(&rayon::Scope<'s>) -> R) -> R {
        self.shared.pool.scope(work)
    }

    /// The same into a place of as many hashes as there are messages.
    pub(crate) fn keccak256_into(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        self.shared.backend.keccak256(messages, hashes);
    }

    /// Bytes of messages that hold each other's hashes that should come together before they are hashed.
    pub(crate) fn levels_bytes(&self) -> Option<usize> {
        self.shared.backend.levels_bytes()
    }

    /// Hashes messages that hold each other's hashes in one go, if the backend does that.
    pub(crate) fn keccak256_levels(&self, levels: &Levels<'_>, hashes: &mut [[u8; 32]]) -> bool {
        self.shared.backend.keccak256_levels(levels, hashes)
    }

    /// Runs work in the engine's thread pool, so that rayon's parallel iterators in it use the engine's threads; on the
    /// spot where the caller is one of them already.
    ///
    /// Batches need no `install`: they find the pool themselves, or do without where they are small or one thread is
    /// all there is.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.shared.pool.install(work)
    }

    /// True on a thread of the pool.
    pub(crate) fn is_own_thread(&self) -> bool {
        self.shared.pool.is_own_thread()
    }

    /// Has a thread of the pool do work when it comes to it. The work must not panic.
    pub(crate) fn spawn(&self, work: impl FnOnce() + Send + 'static) {
        self.shared.pool.spawn(work);
    }
}

impl EngineBuilder {
    /// Replaces all settings.
    pub fn config(mut self, config: Config) -> Self {
        self.config = config;
        self
    }

    /// Asks for a backend.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.config.backend = backend;
        self
    }

    /// Sets the number of threads, from 1 to [`Config::MAX_THREADS`].
    pub fn threads(mut self, threads: usize) -> Self {
        self.config.threads = Some(threads);
        self
    }

    /// Sets [`Config::gpu`].
    pub fn gpu(mut self, name: impl Into<String>) -> Self {
        self.config.gpu = Some(name.into());
        self
    }

    /// Sets [`Config::gpu_arithmetic`].
    pub fn gpu_arithmetic(mut self, arithmetic: GpuArithmetic) -> Self {
        self.config.gpu_arithmetic = Some(arithmetic);
        self
    }

    /// Sets [`Config::cache`].
    pub fn cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.config.cache = Some(folder.into());
        self
    }

    /// Sets [`Config::recover_chunk_items`].
    pub fn recover_chunk_items(mut self, items: usize) -> Self {
        self.config.recover_chunk_items = items;
        self
    }

    /// Sets [`Config::keccak_chunk_blocks`].
    pub fn keccak_chunk_blocks(mut self, blocks: usize) -> Self {
        self.config.keccak_chunk_blocks = blocks;
        self
    }

    /// Builds the engine and starts its threads.
    pub fn build(self) -> Result<Engine, EngineError> {
        let config = self.config;
        for (name, threshold) in [
            ("recover_chunk_items", config.recover_chunk_items),
            ("keccak_chunk_blocks", config.keccak_chunk_blocks),
        ] {
            if threshold == 0 {
                return Err(EngineError::ZeroThreshold(name));
            }
        }
        let pool = Arc::new(Pool::new(&config)?);
        let backend = choose(&config, &pool).map_err(|reason| EngineError::Backend {
            backend: config.backend,
            reason,
        })?;
        tracing::debug!(
            asked = %config.backend,
            chosen = %backend.backend(),
            threads = pool.threads(),
            "engine built"
        );
        Ok(Engine {
            shared: Arc::new(Shared {
                config,
                backend,
                pool,
            }),
        })
    }
}

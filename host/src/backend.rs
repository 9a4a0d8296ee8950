//! Where batches are computed.
//!
//! A backend is chosen once, when an [`Engine`](crate::Engine) is built, and carried from then on; what was asked for and
//! can't be had is an error with its reason, never something else in its place. [`survey`] tells what can be had.

#[cfg(feature = "gpu")]
mod auto;
#[cfg(feature = "gpu")]
mod calibration;
mod choose;
mod cpu;
mod cut;
#[cfg(feature = "gpu")]
mod gpu;
mod levels;
mod pool;
pub mod processor;
#[cfg(feature = "gpu")]
pub mod rates;
mod reference;

use crate::Backend;
use phalanx_kernels::{LevelError, RecoverError, RecoverInput};
use std::fmt;

#[cfg(feature = "gpu")]
pub use calibration::{Calibration, calibration};
pub(crate) use choose::choose;
pub use choose::{AutoChoice, BackendStatus, auto_choice, survey, survey_for};
#[doc(hidden)]
pub use levels::{Hole, Levels};
pub use phalanx_kernels::cpu_features;
pub(crate) use pool::Pool;
pub use pool::PoolError;
#[cfg(feature = "gpu")]
pub use rates::Rates;

/// The contract of a batch, the same for every backend.
///
/// - **Memory** is the caller's before and after: inputs are only read, results only written, nothing is kept.
/// - **Results stand by index.** Result `i` depends on input `i` alone, whatever the size of the batch or the backend;
///   in what order and on which thread items are computed is free.
/// - **No neighbour is spoiled**: a bad item has its own error and changes no other result.
/// - **It always answers.** A backend that loses its device computes what is missing on the CPU.
/// - **Calls may nest** and come from any thread, those of the engine's own pool included.
///
/// # Panics
///
/// Both calls panic if the results' slice has another length than the inputs'.
#[doc(hidden)]
pub trait BatchBackend: fmt::Debug + Send + Sync {
    /// Which backend this is; never [`Backend::Auto`] or [`Backend::Cpu`].
    fn backend(&self) -> Backend;

    /// What does the same on the calling thread alone: it takes up no other work while it waits, since it never waits.
    fn here(&self) -> &dyn BatchBackend;

    /// Recovers the address of each signer.
    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]);

    /// Hashes each message with Keccak-256.
    fn keccak256(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]);

    /// Bytes of messages that hold each other's hashes which are worth collecting for one call of
    /// [`keccak256_levels`](Self::keccak256_levels); `None` if level by level is as good.
    fn levels_bytes(&self) -> Option<usize> {
        None
    }

    /// Hashes all levels in one go, where that is sooner than a call of [`keccak256`](Self::keccak256) for each; `false`
    /// where it is not or fails, and then the hashes hold nothing of use. Hashes stand by the messages' indices.
    fn keccak256_levels(&self, levels: &Levels<'_>, hashes: &mut [[u8; 32]]) -> bool {
        let _ = (levels, hashes);
        false
    }

    /// What became of the items that a GPU was given; `None` if this backend has none.
    fn account(&self) -> Option<Account> {
        None
    }
}

/// What became of the items that a GPU was given, by all engines of the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Name of the device.
    pub name: String,
    /// Items whose results are the device's.
    pub computed: u64,
    /// Items that the CPU did in its place.
    pub redone: u64,
    /// Why the device is no longer used, if it is not.
    pub put_aside: Option<String>,
}

/// Why a backend can't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// The instruction level can't be had.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// Built without the `gpu` feature.
    #[error("Phalanx was built without its gpu feature")]
    GpuFeatureOff,
    /// No GPU can be used.
    #[error("{0}")]
    Gpu(String),
}

#[cfg(feature = "gpu")]
impl From<crate::gpu::GpuError> for BackendError {
    fn from(error: crate::gpu::GpuError) -> Self {
        Self::Gpu(error.to_string())
    }
}

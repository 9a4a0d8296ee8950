//! CPU arithmetic of Phalanx: bytes in, bytes out; no threads, files or devices.
//!
//! Two batch calls, each run at a [`Level`]: [`keccak256_batch`] and [`recover_batch`]. Item `i` of the input decides
//! item `i` of the output and nothing else does: neither its neighbours, nor the size of the batch, nor the level.
//!
//! Beside them stand what precompiles ask for one at a time: [`bn254`] and [`modexp_odd`].
#![deny(unsafe_code)]

pub mod bn254;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(dead_code, reason = "only x86-64 has levels with lanes")
)]
mod keccak;
#[cfg_attr(
    not(target_arch = "x86_64"),
    allow(dead_code, reason = "only x86-64 has levels with lanes")
)]
mod lanes;
mod level;
mod modexp;
mod secp256k1;

pub use keccak::keccak256_batch;
#[doc(hidden)]
pub use lanes::prefetch::prefetch_bytes;
pub use level::{Level, LevelError, LevelName, cpu_features};
pub use modexp::modexp_odd;
pub use secp256k1::{RecoverError, RecoverInput, SRule, recover_batch};
#[doc(hidden)]
pub use secp256k1::{curve, generator_table};

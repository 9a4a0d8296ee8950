//! secp256k1: y² = x³ + 7 over the prime p = 2^256 - 2^32 - 977, a group of prime order n with p - 2^129 < n < p.
//!
//! - `signature`: what a recovery takes and why it may fail.
//! - `recover`: signatures to addresses, step by step. The steps, from the ground up:
//! - `curve`: constants; `words`: whole numbers; `inversion`: inverses modulo n or p; `scalar`: numbers modulo n; `glv`: their digits.
//! - `field`: numbers modulo p in lanes, the contract, and in its folder one file a level.
//! - `inverse`, `lift`, `point`, `table`, `generator`, `ladder`: written once for all levels.
//!
//! Nothing here is secret, so variable time is fine throughout.

pub mod curve;
mod field;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod generator;
mod glv;
mod inverse;
mod inversion;
mod ladder;
mod lift;
mod point;
mod recover;
mod scalar;
mod signature;
mod table;
#[cfg(any(test, fuzzing))]
mod testing;
mod words;

pub use generator::generator_table;
pub(crate) use inversion::invert;
pub use recover::recover_batch;
pub use signature::{RecoverError, RecoverInput, SRule};

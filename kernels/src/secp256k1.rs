//! secp256k1: y² = x³ + 7 over the prime p = 2^256 - 2^32 - 977, a group of prime order n with p - 2^129 < n < p.
//!
//! - `signature`: what a recovery takes and why it may fail.
//! - `inversion`: many inverses modulo n for the price of one.
//! - `recover`: signatures to addresses, step by step.
//!
//! Nothing here is secret, so variable time is fine throughout.

mod inversion;
mod recover;
mod signature;

pub use recover::recover_batch;
pub use signature::{RecoverError, RecoverInput, SRule};

//! Phalanx behind a C ABI: an opaque engine, batches in memory of the caller, status codes.
//!
//! `include/phalanx.h` is made from this crate and says all that a caller needs. Every entry here does the same: it
//! checks of its pointers what can be checked ([`memory`]), computes into memory of its own, and writes the caller's only
//! when nothing can fail any more. [`failure`] turns errors and panics into status codes, so that nothing unwinds into C.

pub mod engine;
pub mod failure;
pub mod hashes;
pub mod memory;
pub mod outputs;
pub mod recovery;
pub mod status;
pub mod transactions;
pub mod types;
pub mod version;

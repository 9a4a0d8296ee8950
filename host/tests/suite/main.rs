//! Integration tests of the `phalanx` crate, one module a subject.

mod cli;
mod data;
#[cfg(feature = "gpu")]
mod gpu;

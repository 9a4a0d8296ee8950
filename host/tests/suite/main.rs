//! Integration tests of the `phalanx` crate, one module a subject.

mod data;
#[cfg(feature = "gpu")]
mod gpu;

//! Integration tests of the `phalanx` crate, one module a subject.

mod data;
mod engine;
mod keccak;
mod recover;

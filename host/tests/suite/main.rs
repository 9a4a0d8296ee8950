//! Integration tests of the `phalanx` crate, one module a subject.

mod data;
mod engine;
mod generate;
mod keccak;
mod recover;

//! Integration tests of the `phalanx` crate, one module a subject.

#[cfg(feature = "bench")]
mod bench;
mod cli;
mod data;
mod embedding;
mod engine;
mod eras;
mod executors;
mod generate;
#[cfg(feature = "gpu")]
mod gpu;
mod hostile;
mod input;
mod keccak;
mod memory;
mod mutation;
mod pipeline;
mod recover;
mod rules;
mod trie;
mod verify;
mod verify_cli;

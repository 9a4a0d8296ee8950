//! Integration tests of the `phalanx` crate, one module a subject.

mod cli;
mod data;
mod embedding;
mod engine;
mod generate;
mod gpu;
mod input;
mod keccak;
mod recover;
mod rules;
mod trie;
mod verify;
mod verify_cli;

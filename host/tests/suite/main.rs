//! Integration tests of the `phalanx` crate, one module a subject.

mod data;
mod engine;
mod input;
mod keccak;
mod recover;
mod rules;
mod trie;

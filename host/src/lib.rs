//! Batched cryptographic verification of Ethereum-style blocks.
//!
//! Data goes one way: bytes ([`input`]) become blocks ([`block`]), blocks become batches of signatures, messages and
//! trie updates for the [`Engine`], and batches become a [`verdict`] for each block.

pub mod backend;
#[cfg(feature = "bench")]
pub mod bench;
pub mod block;
pub mod chain;
pub mod cli;
pub mod config;
pub mod engine;
pub mod exec;
pub mod generate;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod input;
pub mod pipeline;
pub mod rules;
pub mod senders;
pub mod trie;
pub mod verdict;
pub mod verify;

pub use config::{Backend, Config, GpuArithmetic};
pub use engine::{Engine, EngineBuilder, EngineError};
pub use phalanx_kernels::{RecoverError, RecoverInput, SRule};

/// Compiles what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

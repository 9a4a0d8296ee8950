//! Batched cryptographic verification of Ethereum-style blocks.
//!
//! Data goes one way: bytes ([`input`]) become blocks ([`block`]), blocks become batches of signatures, messages and
//! trie updates for the [`Engine`], and batches become a [`verdict`] for each block.
//!
//! What is hidden in this documentation is public for the project's own programs and tests, and may change with any version.

#![cfg_attr(
    not(feature = "exec"),
    allow(
        dead_code,
        reason = "parts of engine and tries serve blocks and states alone"
    )
)]

#[cfg(feature = "alloy")]
pub mod alloy;
pub mod backend;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench;
pub mod block;
#[cfg(feature = "exec")]
pub mod chain;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
pub mod config;
pub mod engine;
#[cfg(feature = "exec")]
pub mod exec;
#[cfg(feature = "exec")]
pub mod generate;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(feature = "exec")]
pub mod input;
#[cfg(feature = "exec")]
pub mod pipeline;
#[cfg(feature = "exec")]
pub mod precompiles;
#[cfg(feature = "exec")]
pub mod rules;
pub mod senders;
pub mod trie;
#[cfg(feature = "exec")]
pub mod verdict;
#[cfg(feature = "exec")]
pub mod verify;

pub use config::{Backend, Config, GpuArithmetic};
pub use engine::{Engine, EngineBuilder, EngineError};
pub use phalanx_kernels::{RecoverError, RecoverInput, SRule};

/// Compiles what the README shows.
#[cfg(all(doctest, feature = "exec"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// Runs what the page on embedding shows.
#[cfg(all(doctest, feature = "alloy"))]
#[doc = include_str!("../../docs/embedding.md")]
struct Embedding;

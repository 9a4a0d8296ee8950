//! The engines that are compared; each rival behind one function, called as its users call it.

use crate::{Backend, Config, Engine, EngineError, backend};

pub mod alloy;
pub mod alloy_trie;
pub mod best_practice;
pub mod k256;
pub mod keccak_asm;
pub mod libsecp256k1;
pub mod sha3;
pub mod whole;

/// Phalanx with so many threads on every level of the processor that this machine has, fastest first. The reference backend
/// is not among them: its crates are here as rivals.
pub fn on_processor(config: &Config, threads: usize) -> Result<Vec<Engine>, EngineError> {
    let own = |status: &backend::BackendStatus| {
        status.available && !matches!(status.backend, Backend::Reference | Backend::Gpu)
    };
    let available = backend::survey_for(config).into_iter().rev().filter(own);
    let engine = |status: backend::BackendStatus| {
        let config = Config {
            backend: status.backend,
            threads: Some(threads),
            ..config.clone()
        };
        Engine::builder().config(config).build()
    };
    available.map(engine).collect()
}

/// An engine as reports call it.
pub fn name(engine: &Engine) -> String {
    match engine.threads() {
        1 => engine.backend().to_string(),
        threads => format!("{}, {threads} threads", engine.backend()),
    }
}

//! The engines that are compared; each rival behind one function, called as its users call it.

use phalanx::{Backend, Engine, backend};

pub mod alloy;
pub mod alloy_trie;
pub mod best_practice;
pub mod eth_trie;
#[cfg(feature = "ethrex")]
pub mod ethrex_trie;
pub mod k256;
pub mod keccak_asm;
pub mod libsecp256k1;
pub mod sha3;
pub mod whole;

/// Phalanx with so many threads on every backend of the CPU that this machine has, fastest first. The
/// reference backend is not among them: its crates are here as rivals.
pub fn on_threads(threads: usize) -> Vec<Engine> {
    let own = |status: &backend::BackendStatus| {
        status.available && !matches!(status.backend, Backend::Reference | Backend::Gpu)
    };
    let available = backend::survey().into_iter().rev().filter(own);
    let engine = |status: backend::BackendStatus| {
        let builder = Engine::builder().backend(status.backend).threads(threads);
        builder.build().expect("an available backend")
    };
    available.map(engine).collect()
}

/// Threads of the machine for what is asked of two: a rival's, which run its parallel iterators.
pub fn two_threads() -> rayon::ThreadPool {
    let builder = rayon::ThreadPoolBuilder::new().num_threads(2);
    builder.build().expect("the system has threads")
}

/// Phalanx on every backend that this machine has and on every thread count that is measured: one, for a fair comparison
/// with rivals that have no threads, and all of the machine's where it has more. Named `phalanx/<backend>/<threads>`.
pub fn phalanx() -> Vec<(String, Engine)> {
    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let counts = if all > 1 { vec![1, all] } else { vec![1] };
    counts
        .into_iter()
        .flat_map(on_threads)
        .map(|engine| {
            let name = format!("phalanx/{}/{}", engine.backend(), engine.threads());
            (name, engine)
        })
        .collect()
}

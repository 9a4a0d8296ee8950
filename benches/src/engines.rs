//! The engines that are compared; each rival behind one function, called as its users call it.

use phalanx::{Config, Engine, bench::engines::on_processor};

pub mod eth_trie;
#[cfg(feature = "ethrex")]
pub mod ethrex_trie;
#[cfg(test)]
mod tests;

pub use phalanx::bench::engines::{
    alloy, alloy_trie, best_practice, k256, keccak_asm, libsecp256k1, name, sha3, whole,
};

/// Phalanx with so many threads on every backend of the CPU that this machine has, fastest first.
pub fn on_threads(threads: usize) -> Vec<Engine> {
    on_processor(&Config::default(), threads).expect("available backends")
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

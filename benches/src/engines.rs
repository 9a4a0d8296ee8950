//! The engines that are compared; each rival behind one function, called as its users call it.

use phalanx::{Engine, backend};

pub mod alloy_trie;
pub mod eth_trie;
#[cfg(feature = "ethrex")]
pub mod ethrex_trie;
pub mod k256;
pub mod keccak_asm;
pub mod libsecp256k1;
pub mod sha3;

/// Phalanx on every backend that this machine has and on every thread count that is measured: one, for a fair comparison
/// with rivals that have no threads, and all of the machine's where it has more. Named `phalanx/<backend>/<threads>`.
pub fn phalanx() -> Vec<(String, Engine)> {
    let mut engines = Vec::new();
    for status in backend::survey() {
        if !status.available {
            continue;
        }
        let builder = || Engine::builder().backend(status.backend);
        let one = builder().threads(1).build();
        engines.push(one.expect("an engine with one thread"));
        let all = builder().build().expect("an engine with all threads");
        if all.threads() > 1 {
            engines.push(all);
        }
    }
    engines
        .into_iter()
        .map(|engine| {
            let name = format!("phalanx/{}/{}", engine.backend(), engine.threads());
            (name, engine)
        })
        .collect()
}

//! Recovery against published vectors and the senders of real transactions, on every backend.

use alloy_primitives::Address;
use phalanx::{Backend, Engine, RecoverError, RecoverInput, backend::survey};
use std::{io::Write, sync::Once};

mod command;
mod mainnet;
mod points;
mod vectors;

/// An engine with two threads for each backend that this machine has.
struct Engines(Vec<Engine>);

impl Engines {
    /// Levels that this machine lacks are named once on standard error, or are a failure where `PHALANX_REQUIRE_LEVELS`
    /// (names with commas between) lists them.
    fn new() -> Self {
        static LACKING: Once = Once::new();
        LACKING.call_once(|| {
            let required = std::env::var("PHALANX_REQUIRE_LEVELS").unwrap_or_default();
            let levels = [Backend::Portable, Backend::Avx2, Backend::Avx512];
            for status in survey() {
                let (backend, reason) = (status.backend, &status.reason);
                if status.available || !levels.contains(&backend) {
                    continue;
                }
                let mut required = required.split(',').map(str::trim);
                assert!(
                    !required.any(|required| required == backend.name()),
                    "{reason} and PHALANX_REQUIRE_LEVELS asks for {backend}"
                );
                // Not eprintln!, which the test harness keeps to itself when a test passes.
                let line = format!("SKIPPED recovery of vectors by {backend}: {reason}\n");
                let written = std::io::stderr().write_all(line.as_bytes());
                written.expect("standard error takes a line");
            }
        });
        let available = survey().into_iter().filter(|status| status.available);
        let engine = |status: phalanx::backend::BackendStatus| {
            let builder = Engine::builder().backend(status.backend).threads(2);
            builder.build().expect("an available backend")
        };
        Self(available.map(engine).collect())
    }

    /// What all of them give.
    fn recover(&self, inputs: &[RecoverInput]) -> Vec<Result<Address, RecoverError>> {
        let (first, others) = self.0.split_first().expect("there is always one");
        let results = first.recover(inputs);
        for other in others {
            assert_eq!(other.recover(inputs), results, "{}", other.backend());
        }
        results
    }
}

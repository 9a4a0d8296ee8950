//! Recovery against published vectors and the senders of real transactions, on every backend.

use alloy_primitives::Address;
use phalanx::{Engine, RecoverError, RecoverInput, backend::survey};

mod command;
mod mainnet;
mod vectors;

/// An engine with two threads for each backend that this machine has.
struct Engines(Vec<Engine>);

impl Engines {
    fn new() -> Self {
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

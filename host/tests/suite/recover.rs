//! Recovery against published vectors and the senders of real transactions, on every backend.

mod command;
mod mainnet;
mod points;
mod vectors;

use alloy_primitives::{Address, U256, hex};
use phalanx::{
    Engine, RecoverError, RecoverInput,
    backend::{BackendStatus, survey},
};
use serde_json::Value;
use std::{fs, path::PathBuf, sync::LazyLock};

/// The curve's order.
const N: U256 = U256::from_be_bytes(hex!(
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
));

/// An engine with two threads for each backend that this machine has, and for the GPU one for each of its arithmetics.
fn engines() -> &'static [Engine] {
    static ENGINES: LazyLock<Vec<Engine>> = LazyLock::new(|| {
        let available = survey().into_iter().filter(|status| status.available);
        let engine = |status: BackendStatus| {
            let builder = Engine::builder().backend(status.backend).threads(2);
            builder.build().expect("an available backend")
        };
        #[allow(unused_mut, reason = "without the GPU that is all")]
        let mut engines: Vec<Engine> = available.map(engine).collect();
        #[cfg(feature = "gpu")]
        engines.extend(crate::gpu::engine(
            "recovery on a GPU",
            phalanx::GpuArithmetic::U32,
        ));
        engines
    });
    &ENGINES
}

/// What all of them give.
#[track_caller]
fn recover(inputs: &[RecoverInput]) -> Vec<Result<Address, RecoverError>> {
    let (first, others) = engines().split_first().expect("there is always one");
    let results = first.recover(inputs);
    for other in others {
        let own = other.recover(inputs);
        for ((own, result), input) in own.iter().zip(&results).zip(inputs) {
            let backends = (first.backend(), other.backend());
            assert_eq!(own, result, "{backends:?}: {input:x?}");
        }
        // Nor has a device left its work to the CPU.
        let put_aside = other.gpu_account().and_then(|account| account.put_aside);
        assert_eq!(put_aside, None);
    }
    results
}

fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).expect("readable")).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).expect("hex")
}

fn word(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("32 bytes")
}

//! Recovery against published vectors and the senders of real transactions, at every level.

mod mainnet;
mod points;
mod vectors;

use alloy_primitives::{Address, U256, hex};
use phalanx::{RecoverError, RecoverInput};
use phalanx_kernels::{Level, LevelName, recover_batch};
use serde_json::Value;
use std::{fs, io::Write, path::PathBuf, sync::LazyLock};

/// The curve's order.
const N: U256 = U256::from_be_bytes(hex!(
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
));

/// The levels that this machine has. One that it lacks is named once on standard error, or is a failure where
/// `PHALANX_REQUIRE_LEVELS` (names with commas between) lists it.
fn levels() -> &'static [Level] {
    static LEVELS: LazyLock<Vec<Level>> = LazyLock::new(|| {
        let required = std::env::var("PHALANX_REQUIRE_LEVELS").unwrap_or_default();
        let at = |name: LevelName| match Level::new(name) {
            Ok(level) => Some(level),
            Err(error) => {
                let mut required = required.split(',').map(str::trim);
                assert!(
                    !required.any(|required| required == name.to_string()),
                    "{error} and PHALANX_REQUIRE_LEVELS asks for it"
                );
                // Not eprintln!, which the test harness keeps to itself when a test passes.
                let line = format!("SKIPPED vectors of recovery at one level: {error}\n");
                let written = std::io::stderr().write_all(line.as_bytes());
                written.expect("standard error takes a line");
                None
            }
        };
        let names = [LevelName::Portable, LevelName::Avx2, LevelName::Avx512];
        names.into_iter().filter_map(at).collect()
    });
    &LEVELS
}

/// The batch at every level: one result for all of them.
#[track_caller]
fn recover(inputs: &[RecoverInput]) -> Vec<Result<Address, RecoverError>> {
    let at = |level: Level| {
        // No real signer: an item that is left out would show.
        let mut out = vec![Ok([0xee; 20]); inputs.len()];
        recover_batch(level, inputs, &mut out);
        out
    };
    let portable = at(Level::portable());
    for &level in levels() {
        let own = at(level);
        for ((own, portable), input) in own.iter().zip(&portable).zip(inputs) {
            assert_eq!(own, portable, "{} and portable: {input:x?}", level.name());
        }
    }
    let results = portable.into_iter();
    results.map(|result| result.map(Address::from)).collect()
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

//! Every backend against the reference, and the reference as a user would have it.

use super::{available, engine_of, signatures};
use alloy_primitives::hex;
use phalanx::{Backend, Engine, RecoverError, RecoverInput, SRule, backend::auto_choice};
use std::process::{Command, Stdio};

const N: [u8; 32] = hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
/// x of the generator, whose y is even.
const G_X: [u8; 32] = hex!("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");

/// Every backend but the reference, which is the second of each pair; both cut batches into many tasks.
fn beside_the_reference() -> impl Iterator<Item = (Engine, Engine)> {
    let others = available().filter(|&backend| backend != Backend::Reference);
    others.map(|backend| (engine_of(backend, 2), engine_of(Backend::Reference, 2)))
}

fn word(number: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[31] = number;
    bytes
}

/// A signature with R = G and z = s: of the point at infinity.
fn infinite(s: u8) -> RecoverInput {
    RecoverInput {
        prehash: word(s),
        r: G_X,
        s: word(s),
        y_parity: 0,
        s_rule: SRule::Low,
    }
}

/// Good signatures with bad ones of every kind among them.
fn mixed(count: u64) -> Vec<RecoverInput> {
    let mut inputs = signatures(count);
    for (i, input) in inputs.iter_mut().enumerate() {
        match i % 11 {
            0 => input.y_parity = 2 + i as u8 % 3,
            1 => input.r = if i % 2 == 0 { [0; 32] } else { N },
            2 => input.s = N,
            3 => input.s_rule = SRule::Low,
            4 => *input = infinite(1 + i as u8 % 100),
            5 => input.prehash = N,
            6 => input.r = word(i as u8),
            _ => {}
        }
    }
    inputs
}

#[test]
fn every_backend_recovers_what_the_reference_does() {
    let inputs = mixed(300);
    for (engine, reference) in beside_the_reference() {
        let expected = reference.recover(&inputs);
        for error in [
            RecoverError::RecoveryId,
            RecoverError::ROutOfRange,
            RecoverError::SOutOfRange,
            RecoverError::HighS,
            RecoverError::NotOnCurve,
            RecoverError::Infinity,
        ] {
            assert!(expected.contains(&Err(error)), "{error}");
        }
        assert!(expected.iter().filter(|result| result.is_ok()).count() > 50);
        assert_eq!(engine.recover(&inputs), expected, "{}", engine.backend());
    }
}

/// All lengths of up to eight blocks and a few past them.
#[test]
fn every_backend_hashes_as_the_reference_does() {
    let bytes: Vec<u8> = (0..1400).map(|i| (i % 251) as u8).collect();
    let messages: Vec<&[u8]> = (0..=1100)
        .map(|length| &bytes[length % 256..][..length])
        .collect();
    for (engine, reference) in beside_the_reference() {
        let expected = reference.keccak256(&messages);
        assert_eq!(
            engine.keccak256(&messages),
            expected,
            "{}",
            engine.backend()
        );
    }
}

#[test]
fn asked_for_it_is_had_and_otherwise_never_chosen() {
    assert_ne!(auto_choice().backend, Backend::Reference);
    let engine = Engine::builder()
        .backend(Backend::Reference)
        .build()
        .expect("it is everywhere");
    assert_eq!(engine.backend(), Backend::Reference);
    assert_eq!(engine.recover(&[]), []);
}

/// The whole way from a generated chain to its state roots.
#[test]
fn the_embedded_chain_is_verified() {
    let phalanx = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_phalanx"))
            .args(args)
            .env("PHALANX_CACHE", env!("CARGO_TARGET_TMPDIR"))
            .env("PHALANX_BACKEND", "reference")
            .stdin(Stdio::null())
            .output()
            .expect("the binary runs");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.code(), json)
    };
    let (status, json) = phalanx(&["verify", "--json", "--backend", "reference"]);
    assert_eq!(status, Some(0), "{json}");
    let count = |key: &str| json[key].as_u64();
    assert_eq!(
        ["blocks", "transactions", "passed", "failed"].map(count),
        [Some(8), Some(2400), Some(8), Some(0)]
    );
    assert_eq!(json["checks"]["senders"]["passed"], 8, "{json}");

    // The environment's choice counts as well as the command line's.
    let (status, json) = phalanx(&["doctor", "--json"]);
    assert_eq!(status, Some(0));
    assert_eq!(json["choice"]["chosen"]["backend"], "reference");
    let backends = json["backends"].as_array().expect("a list");
    let listed = backends
        .iter()
        .find(|entry| entry["backend"] == "reference");
    assert_eq!(listed.expect("it is listed")["available"], true, "{json}");
}

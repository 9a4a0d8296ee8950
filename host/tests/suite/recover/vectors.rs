//! Wycheproof, the ecrecover precompile's vectors and the vectors of noble-curves.

use super::Engines;
use crate::data;
use alloy_primitives::{Address, U256, hex};
use k256::{
    Scalar,
    ecdsa::Signature,
    elliptic_curve::{ff::PrimeField, sec1::ToSec1Point},
    sha2::{Digest, Sha256, Sha512},
};
use phalanx::{RecoverError, RecoverInput, SRule};
use serde_json::Value;
use sha3::{Sha3_256, Sha3_512};
use std::{fs, path::PathBuf};

/// The curve's order.
pub(super) const N: U256 = U256::from_be_bytes(hex!(
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
));
/// The field's prime.
const P: U256 = U256::from_be_bytes(hex!(
    "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
));
/// x of the generator, whose y is even.
const G_X: [u8; 32] = hex!("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");

pub(super) fn json(path: PathBuf) -> Value {
    serde_json::from_slice(&fs::read(path).expect("readable")).expect("JSON")
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

pub(super) fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).expect("hex")
}

pub(super) fn word(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().expect("32 bytes")
}

fn scalar(bytes: [u8; 32]) -> Scalar {
    Scalar::from_repr(bytes.into()).expect("below n")
}

/// Both parities of a signature.
fn both(prehash: [u8; 32], r: [u8; 32], s: [u8; 32], s_rule: SRule) -> [RecoverInput; 2] {
    [0, 1].map(|y_parity| RecoverInput {
        prehash,
        r,
        s,
        y_parity,
        s_rule,
    })
}

/// r and s of a signature of r || s (IEEE P1363) or in DER; `None` for what is neither.
fn parse_signature(bytes: &[u8], der: bool) -> Option<([u8; 32], [u8; 32])> {
    if der {
        let both = Signature::from_der(bytes).ok()?.to_bytes();
        return Some((word(&both[..32]), word(&both[32..])));
    }
    (bytes.len() == 64).then(|| (word(&bytes[..32]), word(&bytes[32..])))
}

/// Checks a file of verification vectors: a valid signature recovers to its key with one of the parities, an invalid
/// one with neither. Returns how many valid ones recovered.
///
/// The only valid ones that don't are those with R's x at or past n, which recovery ids 2 and 3 would name.
fn check_wycheproof(path: PathBuf, der: bool, s_rule: SRule) -> usize {
    let file = json(path);
    let engines = Engines::new();
    let mut recovered = 0;
    for group in list(&file["testGroups"]) {
        let key = bytes(&group["publicKey"]["uncompressed"]);
        let signer = Address::from_raw_public_key(&key[1..]);
        for test in list(&group["tests"]) {
            let valid = text(&test["result"]) == "valid";
            let Some((r, s)) = parse_signature(&bytes(&test["sig"]), der) else {
                assert!(!valid, "malformed and valid: {test}");
                continue;
            };
            let message = bytes(&test["msg"]);
            let prehash = match text(&group["sha"]) {
                "SHA-256" => word(&Sha256::digest(message)),
                // Cut to the length of n.
                "SHA-512" => word(&Sha512::digest(message)[..32]),
                "SHA3-256" => word(&Sha3_256::digest(message)),
                "SHA3-512" => word(&Sha3_512::digest(message)[..32]),
                other => panic!("{other} is not used here"),
            };
            let results = engines.recover(&both(prehash, r, s, s_rule));
            let found = results.contains(&Ok(signer));
            if valid && U256::from_be_bytes(r) < P - N && !found {
                continue;
            }
            assert_eq!(found, valid, "{test}");
            recovered += usize::from(found);

            let (r, s) = (U256::from_be_bytes(r), U256::from_be_bytes(s));
            let out_of_range = if r.is_zero() || r >= N {
                Some(RecoverError::ROutOfRange)
            } else {
                (s.is_zero() || s >= N).then_some(RecoverError::SOutOfRange)
            };
            if let Some(error) = out_of_range {
                assert_eq!(results, [Err(error), Err(error)], "{test}");
            }
        }
    }
    recovered
}

#[test]
fn wycheproof() {
    let Some(folder) = data::path("wycheproof", "vectors/wycheproof/testvectors_v1") else {
        return;
    };
    for (name, der, s_rule, least) in [
        ("sha256_p1363", false, SRule::Any, 100),
        ("sha512_p1363", false, SRule::Any, 100),
        ("sha256", true, SRule::Any, 100),
        ("sha512", true, SRule::Any, 100),
        ("sha3_256", true, SRule::Any, 100),
        ("sha3_512", true, SRule::Any, 100),
        // Valid for Bitcoin means low s as well.
        ("sha256_bitcoin", true, SRule::Low, 100),
    ] {
        let path = folder.join(format!("ecdsa_secp256k1_{name}_test.json"));
        let recovered = check_wycheproof(path, der, s_rule);
        assert!(recovered >= least, "{name}: {recovered}");
    }
}

#[test]
fn bitcoin_core() {
    let name =
        "vectors/bitcoin-core-secp256k1/src/wycheproof/ecdsa_secp256k1_sha256_bitcoin_test.json";
    if let Some(path) = data::path("bitcoin-core vectors", name) {
        assert!(check_wycheproof(path, true, SRule::Low) >= 100);
    }
}

/// The precompile's input is hash, v, r and s, 32 bytes each, more being ignored; its v is 27 or 28 exactly, which is
/// the caller's to check.
#[test]
fn ecrecover_precompile() {
    let name = "vectors/geth-precompiles/ecRecover.json";
    let Some(path) = data::path("ecrecover precompile", name) else {
        return;
    };
    let engines = Engines::new();
    let mut recovered = 0;
    for test in list(&json(path)) {
        let input = bytes(&test["Input"]);
        let words: Vec<[u8; 32]> = input.chunks_exact(32).take(4).map(word).collect();
        let [prehash, v, r, s] = words.as_slice() else {
            panic!("four words: {test}");
        };
        let expected = bytes(&test["Expected"]);
        let y_parity = match U256::from_be_bytes(*v).try_into() {
            Ok(27u8) => 0,
            Ok(28u8) => 1,
            _ => {
                assert!(expected.is_empty(), "{test}");
                continue;
            }
        };
        let input = RecoverInput {
            prehash: *prehash,
            r: *r,
            s: *s,
            y_parity,
            s_rule: SRule::Any,
        };
        let result = engines.recover(&[input])[0];
        if expected.is_empty() {
            assert!(result.is_err(), "{test}");
        } else {
            assert_eq!(result, Ok(Address::from_slice(&expected[12..])), "{test}");
            recovered += 1;
        }
    }
    assert!(recovered > 0);
}

#[test]
fn deterministic_signatures() {
    let name = "vectors/noble-curves/test/vectors/secp256k1/ecdsa.json";
    let Some(path) = data::path("noble-curves signatures", name) else {
        return;
    };
    let (mut inputs, mut signers) = (Vec::new(), Vec::new());
    for test in list(&json(path)["valid"]) {
        let secret = k256::SecretKey::from_slice(&bytes(&test["d"])).expect("a secret key");
        let key = secret.public_key().to_sec1_point(false);
        signers.push(Address::from_raw_public_key(&key.as_bytes()[1..]));
        let signature = bytes(&test["signature"]);
        let (r, s) = (word(&signature[..32]), word(&signature[32..]));
        inputs.extend(both(word(&bytes(&test["m"])), r, s, SRule::Low));
    }
    assert!(signers.len() > 2000, "{}", signers.len());
    let results = Engines::new().recover(&inputs);
    for (pair, signer) in results.chunks_exact(2).zip(&signers) {
        assert!(pair.contains(&Ok(*signer)));
        assert_ne!(pair[0], pair[1], "one parity each");
    }
}

/// Known multiples d·G, each reached in two ways with R = G: through u2 alone (z = 0, s = r·d), and through both
/// factors (s = 1, z = 1 - r·d).
#[test]
fn known_multiples_of_the_generator() {
    let name = "vectors/noble-curves/test/vectors/secp256k1/privates-2.txt";
    let Some(path) = data::path("noble-curves multiples", name) else {
        return;
    };
    let r = scalar(G_X);
    let (mut inputs, mut signers) = (Vec::new(), Vec::new());
    for line in fs::read_to_string(path).expect("readable").lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let [secret, x, y] = fields.as_slice() else {
            panic!("three fields: {line}");
        };
        let secret: U256 = secret.parse().expect("a decimal number");
        let key = hex::decode(format!("{x}{y}")).expect("hex");
        let secret = scalar(secret.to_be_bytes());
        for (z, s) in [
            (Scalar::ZERO, r * secret),
            (Scalar::ONE - r * secret, Scalar::ONE),
        ] {
            let [even, _] = both(z.to_repr().into(), G_X, s.to_repr().into(), SRule::Any);
            inputs.push(even);
            signers.push(Ok(Address::from_raw_public_key(&key)));
        }
    }
    assert!(inputs.len() >= 20, "{}", inputs.len());
    assert_eq!(Engines::new().recover(&inputs), signers);
}

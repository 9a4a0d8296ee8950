//! Vectors of points and of key agreement: d·P and P + d·G, which a signature with R = P can be made to ask for.
//!
//! A recovery computes u1·G + u2·R with u1 = -z/r and u2 = s/r; so z = -u1·r and s = u2·r.

use super::{
    Engines,
    vectors::{N, bytes, json, list, text, word},
};
use crate::data;
use alloy_primitives::{Address, U256};
use k256::{
    PublicKey, Scalar,
    elliptic_curve::{ff::PrimeField, sec1::ToSec1Point},
};
use phalanx::{RecoverError, RecoverInput, SRule};

fn scalar(number: U256) -> Scalar {
    Scalar::from_repr(number.to_be_bytes::<32>().into()).expect("below n")
}

fn point(sec1: &[u8]) -> PublicKey {
    PublicKey::from_sec1_bytes(sec1).expect("a point")
}

fn address(point: &PublicKey) -> Address {
    Address::from_raw_public_key(&point.to_sec1_point(false).as_bytes()[1..])
}

/// The signature that asks for u1·G + u2·R; `None` if R's x is past n, or for u2 = 0, which no signature has.
fn asking_for(u1: Scalar, u2: Scalar, r: &PublicKey) -> Option<RecoverInput> {
    let compressed = r.to_sec1_point(true);
    let (parity, x) = compressed.as_bytes().split_first().expect("33 bytes");
    let x = U256::from_be_slice(x);
    if x >= N || bool::from(u2.is_zero()) {
        return None;
    }
    let r = scalar(x);
    Some(RecoverInput {
        prehash: (-(u1 * r)).to_repr().into(),
        r: x.to_be_bytes(),
        s: (u2 * r).to_repr().into(),
        y_parity: parity & 1,
        s_rule: SRule::Any,
    })
}

/// Private keys times public ones, chosen for what happens on the way: the shared secret is x of the product.
fn check_key_agreement(test: &str, name: &str) {
    let Some(path) = data::path(test, name) else {
        return;
    };
    let (mut inputs, mut products) = (Vec::new(), Vec::new());
    for group in list(&json(path)["testGroups"]) {
        for test in list(&group["tests"]) {
            if text(&test["result"]) != "valid" {
                continue;
            }
            // The point is the end of the key's DER.
            let public = bytes(&test["public"]);
            let public = point(&public[public.len() - 65..]);
            let private = U256::from_str_radix(text(&test["private"]), 16);
            let private = scalar(private.expect("hex, of any length"));
            let shared = bytes(&test["shared"]);
            let Some(input) = asking_for(Scalar::ZERO, private, &public) else {
                continue;
            };
            inputs.push(input);
            products.push([2, 3].map(|parity| address(&point(&[&[parity], &shared[..]].concat()))));
        }
    }
    assert!(inputs.len() > 400, "{}", inputs.len());
    for ((result, product), input) in Engines::new()
        .recover(&inputs)
        .iter()
        .zip(products)
        .zip(&inputs)
    {
        let product = product.map(Ok);
        assert!(product.contains(result), "{result:?} for {input:x?}");
    }
}

#[test]
fn wycheproof_key_agreement() {
    let name = "vectors/wycheproof/testvectors_v1/ecdh_secp256k1_test.json";
    check_key_agreement("wycheproof key agreement", name);
}

#[test]
fn bitcoin_core_key_agreement() {
    let name = "vectors/bitcoin-core-secp256k1/src/wycheproof/ecdh_secp256k1_test.json";
    check_key_agreement("bitcoin-core key agreement", name);
}

/// Multiples of points, sums of a point and a multiple of G, and multiples of G.
#[test]
fn noble_products_and_sums() {
    let name = "vectors/noble-curves/test/vectors/secp256k1/points.json";
    let Some(path) = data::path("noble-curves points", name) else {
        return;
    };
    let file = json(path);
    let (mut inputs, mut expected) = (Vec::new(), Vec::new());
    for (list_name, multiplies) in [("pointMultiply", true), ("pointAddScalar", false)] {
        for test in list(&file["valid"][list_name]) {
            let r = point(&bytes(&test["P"]));
            let d = scalar(U256::from_be_bytes(word(&bytes(&test["d"]))));
            let (u1, u2) = if multiplies {
                (Scalar::ZERO, d)
            } else {
                (d, Scalar::ONE)
            };
            inputs.extend(asking_for(u1, u2, &r));
            expected.push(Ok(address(&point(&bytes(&test["expected"])))));
        }
    }
    assert!(inputs.len() >= 29, "{}", inputs.len());
    assert_eq!(Engines::new().recover(&inputs), expected);
}

/// A compressed key is a point exactly if a signature with its x as r recovers to someone.
#[test]
fn noble_points_and_others() {
    let name = "vectors/noble-curves/test/vectors/secp256k1/points.json";
    let Some(path) = data::path("noble-curves points", name) else {
        return;
    };
    let (mut inputs, mut expected) = (Vec::new(), Vec::new());
    for test in list(&json(path)["valid"]["isPoint"]) {
        let encoded = bytes(&test["P"]);
        let [parity @ (2 | 3), x @ ..] = encoded.as_slice() else {
            continue;
        };
        if encoded.len() == 33 && U256::from_be_slice(x) < N && x.iter().any(|&byte| byte != 0) {
            inputs.push(RecoverInput {
                prehash: [7; 32],
                r: word(x),
                s: [9; 32],
                y_parity: parity & 1,
                s_rule: SRule::Any,
            });
            expected.push(test["expected"].as_bool().expect("a truth"));
        }
    }
    assert!(inputs.len() > 1000, "{}", inputs.len());
    for (result, is_point) in Engines::new().recover(&inputs).into_iter().zip(expected) {
        match is_point {
            true => assert!(result.is_ok()),
            false => assert_eq!(result, Err(RecoverError::NotOnCurve)),
        }
    }
}

/// Scalars whose halves have all combinations of signs.
#[test]
fn noble_endomorphism() {
    let name = "vectors/noble-curves/test/vectors/secp256k1/endomorphism.json";
    let Some(path) = data::path("noble-curves endomorphism", name) else {
        return;
    };
    let number = |value| -> U256 { text(value).parse().expect("a decimal number") };
    let (mut inputs, mut expected) = (Vec::new(), Vec::new());
    for test in list(&json(path)) {
        let [a, c] = [("ax", "ay"), ("cx", "cy")].map(|(x, y)| {
            let [x, y] = [&test[x], &test[y]].map(|value| number(value).to_be_bytes::<32>());
            point(&[&[4], &x[..], &y[..]].concat())
        });
        inputs.extend(asking_for(
            Scalar::ZERO,
            scalar(number(&test["scalar"])),
            &a,
        ));
        expected.push(Ok(address(&c)));
    }
    assert!(!inputs.is_empty());
    assert_eq!(Engines::new().recover(&inputs), expected);
}

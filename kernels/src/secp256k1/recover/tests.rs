//! The batch against k256's own recovery and against keys that are known because the signature was made from them.

use super::*;
use crate::{LevelName, level, secp256k1::testing::oracle};
use k256::{
    AffinePoint, FieldBytes, ProjectivePoint, Scalar,
    elliptic_curve::{
        Curve,
        bigint::{ArrayEncoding, U256},
        ff::PrimeField,
        ops::Reduce,
        point::AffineCoordinates,
    },
};
use proptest::prelude::*;
use sha3::{Digest, Keccak256};
use std::sync::LazyLock;

mod edges;
mod exceptions;
mod mixtures;
mod neighbours;
mod steps;

type Outcome = Result<[u8; 20], RecoverError>;

const N: U256 = *k256::Secp256k1::ORDER.as_ref();

fn bytes(number: U256) -> [u8; 32] {
    number.to_be_byte_array().into()
}

fn be(scalar: Scalar) -> [u8; 32] {
    scalar.to_repr().into()
}

/// The batch at every level that this machine has, one result for all of them.
fn recover(inputs: &[RecoverInput]) -> Vec<Outcome> {
    // No real signer: an item that is left out would show.
    let unset = vec![Ok([0xee; 20]); inputs.len()];
    let mut out = unset.clone();
    recover_batch(Level::portable(), inputs, &mut out);
    for &level in &*LEVELS {
        let mut at_level = unset.clone();
        recover_batch(level, inputs, &mut at_level);
        assert_eq!(at_level, out, "{} and portable", level.name());
    }
    out
}

/// The levels beside the portable one; those that are skipped are named once.
static LEVELS: LazyLock<Vec<Level>> = LazyLock::new(|| {
    let names = [LevelName::Avx2, LevelName::Avx512];
    let levels = names.map(|name| level::testing::level(name, module_path!()));
    levels.into_iter().flatten().collect()
});

fn recover_one(input: RecoverInput) -> Outcome {
    recover(&[input])[0]
}

fn address_of(public_key: AffinePoint) -> [u8; 20] {
    let hash = Keccak256::new()
        .chain_update(public_key.x())
        .chain_update(public_key.y())
        .finalize();
    hash[12..].try_into().expect("20 bytes")
}

fn address_of_secret(secret: Scalar) -> [u8; 20] {
    address_of((ProjectivePoint::GENERATOR * secret).to_affine())
}

/// The signature of `prehash` by `secret` with nonce `k`, s as it comes.
fn sign(prehash: [u8; 32], secret: Scalar, k: Scalar) -> RecoverInput {
    let point = (ProjectivePoint::GENERATOR * k).to_affine();
    let r = Scalar::from_repr(point.x()).expect("x below n, as nearly all are");
    let z = <Scalar as Reduce<FieldBytes>>::reduce(&prehash.into());
    let s = (z + r * secret) * k.invert().expect("nonce is not zero");
    RecoverInput {
        prehash,
        r: be(r),
        s: be(s),
        y_parity: bool::from(point.y_is_odd()).into(),
        s_rule: SRule::Any,
    }
}

fn scalar() -> impl Strategy<Value = Scalar> {
    any::<[u8; 32]>()
        .prop_map(|bytes| <Scalar as Reduce<FieldBytes>>::reduce(&bytes.into()))
        .prop_filter("not zero", |scalar| !bool::from(scalar.is_zero()))
}

fn s_rule() -> impl Strategy<Value = SRule> {
    prop_oneof![Just(SRule::Any), Just(SRule::Low)]
}

/// Any bytes at all: every second r is an x coordinate.
fn arbitrary_input() -> impl Strategy<Value = RecoverInput> {
    (
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        0u8..3,
        s_rule(),
    )
        .prop_map(|(prehash, r, s, y_parity, s_rule)| RecoverInput {
            prehash,
            r,
            s,
            y_parity,
            s_rule,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn signatures_name_their_signer(prehash: [u8; 32], secret in scalar(), k in scalar()) {
        let input = sign(prehash, secret, k);
        prop_assert_eq!(recover_one(input), Ok(address_of_secret(secret)));
        prop_assert_eq!(oracle::recover(&input), Ok(address_of_secret(secret)));
    }

    #[test]
    fn batches_agree_with_k256(
        inputs in prop::collection::vec(arbitrary_input(), 0..12),
        prehash: [u8; 32],
        secret in scalar(),
        k in scalar(),
        rule in s_rule(),
    ) {
        let mut inputs = inputs;
        inputs.push(RecoverInput { s_rule: rule, ..sign(prehash, secret, k) });
        let expected: Vec<Outcome> = inputs.iter().map(oracle::recover).collect();
        prop_assert_eq!(recover(&inputs), expected);
    }
}

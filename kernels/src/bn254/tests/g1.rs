//! The group G1: formulas by themselves, and the two precompiles against the oracle.

use super::super::{
    Bn254Error,
    field::Fp,
    frobenius::U,
    g1_add, g1_mul,
    glv::R,
    jacobian::{Affine, Jacobian},
    testing::{Random, affine1, big, encode1},
};
use ark_bn254::{Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, PrimeField};
use num_bigint::BigInt;

/// The same point with another z.
fn scaled(point: Affine<Fp>, z: Fp) -> Jacobian {
    let zz = z.square();
    Jacobian {
        x: point.x * zz,
        y: point.y * zz * z,
        z,
    }
}

fn is(sum: &Jacobian, expected: G1Affine) -> bool {
    if expected.is_zero() {
        return sum.is_infinity();
    }
    let expected = scaled(affine1(expected), sum.z);
    !sum.is_infinity() && sum.x == expected.x && sum.y == expected.y
}

#[test]
fn jacobian_formulas_in_every_case() {
    let mut random = Random(30);
    for _ in 0..200 {
        let (p, q, z) = (random.g1(), random.g1(), random.fp());
        let z = if z.is_zero() { Fp::ONE } else { z };
        let scaled_p = scaled(affine1(p), z);
        let double = |mut point: Jacobian| {
            point.double();
            point
        };
        let add = |mut point: Jacobian, other: G1Affine| {
            point.add(&affine1(other));
            point
        };
        assert!(is(&double(scaled_p), (p + p).into()));
        assert!(double(Jacobian::INFINITY).is_infinity());
        for other in [q, -q, p, -p] {
            assert!(is(&add(scaled_p, other), (p + other).into()));
            assert!(is(&add(Jacobian::INFINITY, other), other));
        }
    }
}

#[test]
fn sums() {
    let mut random = Random(31);
    let infinity = G1Affine::zero();
    for _ in 0..200 {
        let (p, q) = (random.g1(), random.g1());
        for (a, b) in [
            (p, q),
            (p, p),
            (p, -p),
            (p, infinity),
            (infinity, p),
            (infinity, infinity),
        ] {
            let sum = encode1((a + b).into());
            assert_eq!(g1_add(&encode1(a), &encode1(b)), Ok(sum));
        }
    }
}

/// Multiples of (1, 2) that EIP-196's readers know.
#[test]
fn twice_the_generator() {
    let mut generator = [0; 64];
    (generator[31], generator[63]) = (1, 2);
    let twice = "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3\
                 15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4";
    let hex = |bytes: [u8; 64]| bytes.map(|byte| format!("{byte:02x}")).concat();
    assert_eq!(
        hex(g1_add(&generator, &generator).expect("on the curve")),
        twice
    );
    let mut two = [0; 32];
    two[31] = 2;
    assert_eq!(hex(g1_mul(&generator, &two).expect("on the curve")), twice);
}

fn check_product(point: G1Affine, scalar: &[u8; 32]) {
    let expected = point * Fr::from_be_bytes_mod_order(scalar);
    assert_eq!(
        g1_mul(&encode1(point), scalar),
        Ok(encode1(expected.into())),
        "{scalar:02x?}"
    );
}

#[test]
fn products_with_scalars_at_the_ends() {
    let mut random = Random(32);
    let point = random.g1();
    let small = |i: u64| {
        let mut bytes = [0; 32];
        bytes[24..].copy_from_slice(&i.to_be_bytes());
        bytes
    };
    let wide = |scalar: Fr| <[u8; 32]>::try_from(scalar.into_bigint().to_bytes_be()).expect("32");
    for i in 0..70 {
        check_product(point, &small(i));
        check_product(point, &wide(-Fr::from(i)));
        check_product(point, &small(i).map(|byte| !byte));
        check_product(G1Affine::zero(), &small(i));
    }
    // r itself and its multiples below 2^256.
    let r = big(&R);
    for i in 1..=5u8 {
        for offset in [-1, 0, 1] {
            let multiple: BigInt = BigInt::from(&r * i) + offset;
            let (_, bytes) = multiple.to_bytes_be();
            check_product(point, &bytes.try_into().expect("32 bytes"));
        }
    }
    for bit in 0..256 {
        let mut bytes = [0; 32];
        bytes[bit / 8] = 1 << (bit % 8);
        check_product(point, &bytes);
    }
    // Halves that are small numbers, of both signs.
    let u = Fr::from(U);
    let lambda =
        Fr::from(36u8) * u * u * u + Fr::from(18u8) * u * u + Fr::from(6u8) * u + Fr::from(1u8);
    for i in -20i64..=20 {
        for j in -20i64..=20 {
            check_product(point, &wide(Fr::from(i) + Fr::from(j) * lambda));
        }
    }
}

#[test]
fn products_at_random() {
    let mut random = Random(33);
    for _ in 0..300 {
        check_product(random.g1(), &random.bytes());
    }
}

#[test]
fn infinity_is_no_excuse() {
    let infinity = [0; 64];
    let mut off = [0; 64];
    off[63] = 1;
    assert_eq!(g1_add(&infinity, &off), Err(Bn254Error::NotOnCurve));
    assert_eq!(g1_add(&off, &infinity), Err(Bn254Error::NotOnCurve));
    assert_eq!(g1_mul(&off, &[0; 32]), Err(Bn254Error::NotOnCurve));
    assert_eq!(g1_mul(&infinity, &[0xff; 32]), Ok(infinity));
}

//! The pairing against the oracle's, and by its own laws.

use super::super::{
    Bn254Error,
    final_exp::final_exponentiation,
    frobenius::U,
    glv::R,
    limbs::P,
    miller::miller_loop,
    pairing_check,
    testing::{Random, affine1, affine2, big, encode1, encode2, fq12, power},
};
use ark_bn254::{Bn254, Fr, G1Affine, G1Projective, G2Affine};
use ark_ec::{AffineRepr, pairing::Pairing};
use ark_ff::{AdditiveGroup, Field};
use num_bigint::BigUint;

fn check(pairs: &[(G1Affine, G2Affine)]) -> Result<bool, Bn254Error> {
    let bytes: Vec<_> = pairs
        .iter()
        .map(|&(p, q)| (encode1(p), encode2(q)))
        .collect();
    let pairs: Vec<_> = bytes.iter().map(|(p, q)| (p, q)).collect();
    pairing_check(&pairs)
}

/// Pairs the product of whose pairings is one: the last one undoes the others.
fn product_of_one(random: &mut Random, len: usize) -> Vec<(G1Affine, G2Affine)> {
    let mut logarithm = Fr::ZERO;
    let mut pairs = Vec::new();
    for _ in 1..len {
        let (a, b) = (random.fr(), random.fr());
        logarithm += a * b;
        pairs.push((
            (G1Affine::generator() * a).into(),
            (G2Affine::generator() * b).into(),
        ));
    }
    let c = random.fr();
    let undo = G1Affine::generator() * (-logarithm * c.inverse().expect("not zero"));
    pairs.push((undo.into(), (G2Affine::generator() * c).into()));
    pairs
}

#[test]
fn final_exponentiation_is_the_power_it_says() {
    let (p, r, u) = (big(&P), big(&R), BigUint::from(U));
    let exponent = (p.pow(12) - 1u8) / &r * (&u * 2u8) * (&u * &u * 6u8 + &u * 3u8 + 1u8);
    // The factor is prime to r, which is prime.
    assert_ne!(&u * 2u8 % &r, BigUint::ZERO);
    assert_ne!((&u * &u * 6u8 + &u * 3u8 + 1u8) % &r, BigUint::ZERO);
    let mut random = Random(50);
    for _ in 0..5 {
        let f = random.fp12();
        assert_eq!(fq12(final_exponentiation(&f)), power(fq12(f), &exponent));
    }
}

/// Both raise to the same multiple of (p¹² - 1)/r.
#[test]
fn pairings_are_the_oracles() {
    let mut random = Random(51);
    for len in [1, 2, 3, 5] {
        for _ in 0..5 {
            let (ps, qs): (Vec<_>, Vec<_>) = (0..len).map(|_| (random.g1(), random.g2())).unzip();
            let pairs: Vec<_> = ps
                .iter()
                .zip(&qs)
                .map(|(p, q)| (affine1(*p), affine2(*q)))
                .collect();
            let product = miller_loop(&pairs).expect("in the subgroup");
            let expected = Bn254::multi_pairing(&ps, &qs).0;
            assert_eq!(fq12(final_exponentiation(&product)), expected);
        }
    }
}

#[test]
fn products_that_are_one_and_that_are_not() {
    let mut random = Random(52);
    assert_eq!(check(&[]), Ok(true));
    assert_eq!(check(&[(random.g1(), random.g2())]), Ok(false));
    for len in [2, 3, 4, 10] {
        for _ in 0..3 {
            let mut pairs = product_of_one(&mut random, len);
            assert_eq!(check(&pairs), Ok(true));
            let turn = random.word() as usize % len;
            pairs.rotate_left(turn);
            assert_eq!(check(&pairs), Ok(true));
            pairs[0].0 = -pairs[0].0;
            assert_eq!(check(&pairs), Ok(false));
            pairs[0].0 = (pairs[0].0 + G1Affine::generator()).into();
            assert_eq!(check(&pairs), Ok(false));
        }
    }
}

#[test]
fn bilinearity() {
    let mut random = Random(53);
    for _ in 0..5 {
        let (p, q, a, b) = (random.g1(), random.g2(), random.fr(), random.fr());
        // e(aP, bQ) = e(abP, Q) = e(P, abQ).
        let left: (G1Affine, G2Affine) = ((p * a).into(), (q * b).into());
        assert_eq!(check(&[left, ((-(p * (a * b))).into(), q)]), Ok(true));
        assert_eq!(check(&[left, (-p, (q * (a * b)).into())]), Ok(true));
        assert_eq!(check(&[left, (p, (q * (a * b)).into())]), Ok(false));
        // e(P, Q)·e(-P, Q) and e(P, Q)·e(P, -Q); e(P, Q)·e(P, Q) is not one.
        assert_eq!(check(&[(p, q), (-p, q)]), Ok(true));
        assert_eq!(check(&[(p, q), (p, -q)]), Ok(true));
        assert_eq!(check(&[(p, q), (p, q)]), Ok(false));
        // e(P + P', Q) = e(P, Q)·e(P', Q).
        let other = random.g1();
        let sum: G1Projective = p + other;
        assert_eq!(check(&[(p, q), (other, q), ((-sum).into(), q)]), Ok(true));
    }
}

#[test]
fn small_multiples_of_the_generators() {
    let (g, h) = (G1Affine::generator(), G2Affine::generator());
    for i in 1..6u64 {
        for j in 1..6u64 {
            let pair = ((g * Fr::from(i)).into(), (h * Fr::from(j)).into());
            let undo = ((-(g * Fr::from(i * j))).into(), h);
            assert_eq!(check(&[pair, undo]), Ok(true));
            assert_eq!(check(&[pair, pair]), Ok(false));
        }
    }
}

#[test]
fn pairs_with_infinity_contribute_one() {
    let mut random = Random(54);
    let (o1, o2) = (G1Affine::zero(), G2Affine::zero());
    let (p, q) = (random.g1(), random.g2());
    for pair in [(o1, o2), (p, o2), (o1, q)] {
        assert_eq!(check(&[pair]), Ok(true));
        assert_eq!(check(&[pair, pair]), Ok(true));
        assert_eq!(check(&[pair, (p, q)]), Ok(false));
        let mut pairs = product_of_one(&mut random, 3);
        pairs.insert(1, pair);
        assert_eq!(check(&pairs), Ok(true));
    }
}

#[test]
fn points_outside_the_subgroup_are_refused_wherever_they_stand() {
    let mut random = Random(55);
    let outside = random.twist();
    let refused = Err(Bn254Error::NotInSubgroup);
    for p in [random.g1(), G1Affine::zero()] {
        assert_eq!(check(&[(p, outside)]), refused);
        for place in 0..4 {
            let mut pairs = product_of_one(&mut random, 3);
            pairs.insert(place, (p, outside));
            assert_eq!(check(&pairs), refused);
        }
        // Two pairs that undo each other all the same.
        assert_eq!(check(&[(p, outside), (-p, outside)]), refused);
    }
}

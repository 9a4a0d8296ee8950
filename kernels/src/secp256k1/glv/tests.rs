//! Digits against the scalars that they stand for.

use super::{
    super::words::{HALF_N, N, from_be_bytes, to_be_bytes},
    *,
};
use num_bigint::BigInt;
use num_bigint::Sign;
use proptest::prelude::*;

fn big(words: &Words) -> BigInt {
    BigInt::from_bytes_be(Sign::Plus, &to_be_bytes(words))
}

fn value(digits: &Digits, width: u32, count: u32) -> BigInt {
    (0..count).rev().fold(BigInt::ZERO, |sum, i| {
        let digit = raw_digit(digits, width, i) as i32 - (1 << (width - 1));
        assert!((-(1 << (width - 1))..1 << (width - 1)).contains(&digit));
        (sum << width) + digit
    })
}

fn check(k: &Words) {
    let n = big(&N);
    let [k1, k2] = split_point_scalar(k).map(|d| value(&d, POINT_WINDOW, POINT_WINDOWS));
    assert!(k1.magnitude().bits() <= 128 && k2.magnitude().bits() <= 128);
    let sum = k1 + k2 * big(&LAMBDA) - big(k);
    assert_eq!(sum % n, BigInt::ZERO, "{}", big(k));
    let [low, high] =
        split_generator_scalar(k).map(|d| value(&d, GENERATOR_WINDOW, GENERATOR_WINDOWS));
    assert_eq!(low + (high << 128), big(k));
}

#[test]
fn edges() {
    for small in 0..100u64 {
        check(&[small, 0, 0, 0]);
        check(&[N[0] - small - 1, N[1], N[2], N[3]]);
        check(&[HALF_N[0] - small, HALF_N[1], HALF_N[2], HALF_N[3]]);
        check(&[LAMBDA[0] - small, LAMBDA[1], LAMBDA[2], LAMBDA[3]]);
    }
    for words in [[u64::MAX, u64::MAX, 0, 0], [0, 0, u64::MAX, u64::MAX - 1]] {
        check(&words);
    }
    for bit in 0..256 {
        let mut k = [0; 4];
        k[bit / 64] = 1 << (bit % 64);
        check(&k);
    }
}

/// λ and the lattice: λ³ = 1, λ is not 1, and both basis vectors lie in the lattice.
#[test]
fn constants() {
    let (n, lambda) = (big(&N), big(&LAMBDA));
    assert_eq!((&lambda * &lambda + &lambda + 1) % &n, BigInt::ZERO);
    let (a1, minus_b1) = (BigInt::from(A1), BigInt::from(MINUS_B1));
    let a2 = BigInt::from(A2_LOW) + (BigInt::from(1) << 128);
    assert_eq!((&a1 - &minus_b1 * &lambda) % &n, BigInt::ZERO);
    assert_eq!((&a2 + &a1 * &lambda) % &n, BigInt::ZERO);
    for (g, b) in [(G1, a1), (G2, minus_b1)] {
        assert_eq!(big(&g), ((b << 384) + &n / 2) / &n);
    }
}

proptest! {
    #[test]
    fn random(bytes: [u8; 32]) {
        let k = from_be_bytes(&bytes);
        prop_assume!(big(&k) < big(&N));
        check(&k);
    }
}

//! Whole numbers, scalars, inverses and digits.

use crate::secp256k1::{
    glv::{
        Digits, GENERATOR_WINDOW, GENERATOR_WINDOWS, LAMBDA, POINT_WINDOW, POINT_WINDOWS,
        raw_digit, split_generator_scalar, split_point_scalar,
    },
    inversion::invert,
    scalar,
    testing::{
        big,
        oracle::{n, p},
        reader::Reader,
        words,
    },
    words::{self, N, P},
};
use num_bigint::{BigInt, BigUint};

/// Every operation of the scalar layer on numbers out of the bytes.
pub fn scalars(bytes: &[u8]) {
    let mut reader = Reader::new(bytes);
    let all = BigUint::from(1u8) << 256;
    let (a, b) = (reader.number(&all), reader.number(&all));
    whole_numbers(&a, &b);
    modulo_n(&a, &b);
    inverses(&a);
    let k = reader.number(&n());
    digits(&k);
    let mut elements = Vec::new();
    while !reader.is_empty() && elements.len() < 40 {
        elements.push(reader.number(&n()).max(BigUint::from(1u8)));
    }
    batch_of_inverses(&elements);
}

fn whole_numbers(a: &BigUint, b: &BigUint) {
    let all = BigUint::from(1u8) << 256;
    let (wa, wb) = (words(a), words(b));
    assert_eq!(words::from_be_bytes(&words::to_be_bytes(&wa)), wa);
    assert_eq!(words::is_zero(&wa), *a == BigUint::ZERO);
    assert_eq!(words::less(&wa, &wb), a < b);
    let (difference, below) = words::sub(&wa, &wb);
    assert_eq!((big(&difference), below), ((&all + a - b) % &all, a < b));
    let mut product = words::mul(&wa, &wb).map(u64::to_be_bytes);
    product.reverse();
    assert_eq!(BigUint::from_bytes_be(product.as_flattened()), a * b);
}

fn modulo_n(a: &BigUint, b: &BigUint) {
    let n = n();
    let reduced = scalar::reduce(words(a));
    assert_eq!(big(&reduced), a % &n);
    assert_eq!(big(&scalar::negate(&reduced)), (&n - a % &n) % &n);
    let other = scalar::reduce(words(b));
    // One factor may be any number of 256 bits.
    let product = big(&scalar::mul(&words(a), &other));
    assert!(product < n);
    assert_eq!((product << 256) % &n, a * (b % &n) % &n);
}

fn inverses(a: &BigUint) {
    for (modulus, m) in [(N, n()), (P, p())] {
        let a = a % &m;
        let inverse = big(&invert(&words(&a), &modulus));
        assert_eq!(inverse, a.modinv(&m).unwrap_or_default());
    }
}

fn batch_of_inverses(elements: &[BigUint]) {
    let n = n();
    let mut inverses = Vec::new();
    let numbers: Vec<_> = elements.iter().map(words).collect();
    scalar::invert_all(&numbers, &mut inverses);
    assert_eq!(inverses.len(), elements.len());
    for (element, inverse) in elements.iter().zip(&inverses) {
        assert!(big(inverse) < n);
        assert_eq!(
            big(inverse) * element % &n,
            (BigUint::from(1u8) << 256) % &n
        );
    }
}

fn digits(k: &BigUint) {
    let value = |digits: &Digits, width: u32, count: u32| {
        (0..count).rev().fold(BigInt::ZERO, |sum, i| {
            let digit = raw_digit(digits, width, i) as i32 - (1 << (width - 1));
            (sum << width) + digit
        })
    };
    let halves = split_point_scalar(&words(k));
    let [k1, k2] = halves.map(|half| value(&half, POINT_WINDOW, POINT_WINDOWS));
    assert!(k1.magnitude().bits() <= 128 && k2.magnitude().bits() <= 128);
    let sum = k1 + k2 * BigInt::from(big(&LAMBDA)) - BigInt::from(k.clone());
    assert_eq!(sum % BigInt::from(n()), BigInt::ZERO);
    let halves = split_generator_scalar(&words(k));
    let [low, high] = halves.map(|half| value(&half, GENERATOR_WINDOW, GENERATOR_WINDOWS));
    assert_eq!(low + (high << 128), BigInt::from(k.clone()));
}

//! Against num-bigint, and by hand.

use super::{Exponent, modexp_odd};
use num_bigint::BigUint;
use proptest::prelude::*;

fn slow(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Vec<u8> {
    let power = BigUint::from_bytes_be(base).modpow(
        &BigUint::from_bytes_be(exponent),
        &BigUint::from_bytes_be(modulus),
    );
    let mut bytes = power.to_bytes_be();
    if power == BigUint::ZERO {
        bytes.clear();
    }
    let mut padded = vec![0; modulus.len() - bytes.len()];
    padded.append(&mut bytes);
    padded
}

#[track_caller]
fn agree(base: &[u8], exponent: &[u8], modulus: &[u8]) {
    let got = modexp_odd(base, exponent, modulus);
    let wanted = slow(base, exponent, modulus);
    assert_eq!(
        got,
        Some(wanted),
        "{base:x?}^{exponent:x?} mod {modulus:x?}"
    );
}

/// Bytes in which long carries and words of one kind come up.
fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        3 => any::<u64>(),
        1 => Just(0),
        1 => Just(u64::MAX),
        1 => Just(1),
        1 => Just(1 << 63),
    ];
    let words = prop::collection::vec(word, 0..=most.div_ceil(8));
    (words, 0..8_usize).prop_map(move |(words, cut)| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let cut = cut.min(bytes.len());
        bytes[cut..].to_vec()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn powers_are_right(base in bytes(150), exponent in bytes(40), modulus in bytes(64)) {
        let mut modulus = modulus;
        match modulus.last_mut() {
            Some(last) => *last |= 1,
            None => modulus.push(1),
        }
        agree(&base, &exponent, &modulus);
    }
}

#[test]
fn long_exponents_use_every_window() {
    let modulus = [0xc5; 35];
    for bits in [1, 2, 11, 12, 13, 24, 25, 80, 81, 240, 241, 672, 673, 2100] {
        for pattern in [0xff, 0xa5, 0x11, 0x01, 0x80] {
            let mut exponent = vec![pattern; usize::div_ceil(bits, 8)];
            exponent[0] = 0xff >> (exponent.len() * 8 - bits);
            assert_eq!(Exponent::new(&exponent).len(), bits);
            agree(&[7; 40], &exponent, &modulus);
        }
    }
}

/// Where a number of words ends, R and the modulus are close or far apart.
#[test]
fn moduli_of_every_length_are_right() {
    for bits in 1..512 {
        let top = BigUint::from(1_u8) << bits;
        let moduli: [BigUint; 2] = [&top - 1_u8, &top + 1_u8];
        for modulus in moduli {
            let modulus = modulus.to_bytes_be();
            agree(&[0xfe; 70], &[0xb7; 5], &modulus);
        }
    }
}

#[test]
fn empty_and_small_inputs() {
    let one = Some(vec![1]);
    assert_eq!(modexp_odd(&[], &[], &[3]), one);
    assert_eq!(modexp_odd(&[0], &[0, 0], &[3]), one);
    assert_eq!(modexp_odd(&[], &[1], &[3]), Some(vec![0]));
    assert_eq!(modexp_odd(&[2], &[], &[3]), one);
    assert_eq!(modexp_odd(&[2], &[], &[1]), Some(vec![0]));
    assert_eq!(modexp_odd(&[], &[], &[0, 0, 1]), Some(vec![0, 0, 0]));
    assert_eq!(modexp_odd(&[5], &[3], &[0, 0, 7]), Some(vec![0, 0, 6]));
    assert_eq!(modexp_odd(&[0, 0, 5], &[0, 3], &[7]), Some(vec![6]));
}

#[test]
fn even_and_long_moduli_are_somebody_elses() {
    for modulus in [
        &[][..],
        &[0],
        &[0, 0],
        &[2],
        &[1, 0],
        &[0xff; 0],
        &[7, 0xfe],
    ] {
        assert_eq!(modexp_odd(&[3], &[5], modulus), None);
    }
    assert_eq!(modexp_odd(&[3], &[5], &[1; 65]), None);
    let mut padded = vec![0; 1000];
    padded.extend([1; 64]);
    agree(&[3], &[5], &padded);
}

/// EIP-198's own: 3^(p - 1) modulo the p of secp256k1 is one.
#[test]
fn fermat() {
    let p: BigUint = (BigUint::from(1_u8) << 256) - (1_u64 << 32) - 977_u32;
    let before: BigUint = &p - 1_u8;
    let exponent = before.to_bytes_be();
    let mut one = vec![0; 32];
    one[31] = 1;
    assert_eq!(modexp_odd(&[3], &exponent, &p.to_bytes_be()), Some(one));
}

//! Scalars against big integers.

use super::*;
use num_bigint::BigUint;
use proptest::prelude::*;
use words::{from_be_bytes, to_be_bytes};

fn big(words: &Words) -> BigUint {
    BigUint::from_bytes_be(&to_be_bytes(words))
}

/// Numbers at the ends of the ranges, and with words that carry as far as can be.
fn edges() -> Vec<Words> {
    let mut edges = vec![[0; 4], [1, 0, 0, 0], [2, 0, 0, 0], N, words::P];
    edges.extend([words::HALF_N, [u64::MAX; 4], RADIX_SQUARED]);
    for i in 0..4 {
        let mut word = [0; 4];
        word[i] = u64::MAX;
        edges.push(word);
        edges.push(sub(&N, &word).0);
        edges.push(sub(&N, &[i as u64 + 1, 0, 0, 0]).0);
    }
    edges
}

fn check_pair(a: &Words, b: &Words) {
    let n = big(&N);
    let product = mul(a, &reduce(*b));
    assert!(product < [u64::MAX; 4] && big(&product) < n);
    assert_eq!((big(&product) << 256) % &n, big(a) * big(b) % &n);
}

#[test]
fn products_of_edges() {
    for a in edges() {
        for b in edges() {
            check_pair(&a, &b);
        }
        let n = big(&N);
        assert_eq!(big(&reduce(a)), big(&a) % &n);
        assert_eq!((big(&negate(&reduce(a))) + big(&a)) % &n, BigUint::ZERO);
        assert!(big(&negate(&reduce(a))) < n);
    }
}

#[test]
fn every_element_times_its_inverse_is_the_radix() {
    let mut inverses = Vec::new();
    for count in [0usize, 1, 2, 3, 31, 100] {
        // 1, -2, 3, -4 ...: both ends of the range, and 1, which is its own inverse.
        let elements: Vec<Words> = (1..=count as u64)
            .map(|i| match i % 2 {
                0 => negate(&[i, 0, 0, 0]),
                _ => [i, 0, 0, 0],
            })
            .collect();
        invert_all(&elements, &mut inverses);
        assert_eq!(inverses.len(), count);
        for (element, inverse) in elements.iter().zip(&inverses) {
            assert_eq!(mul(element, inverse), [1, 0, 0, 0]);
        }
    }
}

proptest! {
    #[test]
    fn products(a: [u8; 32], b: [u8; 32]) {
        check_pair(&from_be_bytes(&a), &from_be_bytes(&b));
    }
}

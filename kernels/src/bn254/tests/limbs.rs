//! Words against whole numbers.

use super::super::{
    limbs::*,
    testing::{Random, big, ends},
};
use num_bigint::BigUint;

/// Factors as products take them: below 2p.
fn factors() -> Vec<Words> {
    let mut random = Random(1);
    let ends = ends();
    let (p, zero) = (P, [0; 4]);
    let mut factors: Vec<Words> = ends.iter().map(|end| end.0).collect();
    factors.extend(ends.iter().map(|end| add(&end.0, &p)));
    factors.extend((0..100).map(|_| add(&random.fp().0, &random.fp().0)));
    factors.extend([zero, p]);
    factors
}

#[test]
fn products_and_reductions() {
    let p = big(&P);
    let factors = factors();
    for a in &factors {
        assert_eq!(big(&square(a)), big(a) * big(a));
        for b in &factors {
            let product = mul(a, b);
            assert_eq!(big(&product), big(a) * big(b));
            let reduced = big(&reduce(&product));
            assert!(reduced < p);
            assert_eq!((reduced << 256) % &p, big(&product) % &p);
        }
    }
}

#[test]
fn reductions_at_the_ends_of_the_range() {
    let p = big(&P);
    let top = sub(&P, &[1, 0, 0, 0]).0;
    let mut random = Random(2);
    let mut lows = vec![[0; 4], [1, 0, 0, 0], [u64::MAX; 4]];
    lows.extend((0..1000).map(|_| random.words()));
    let mut highs = vec![[0; 4], top];
    highs.extend((0..20).map(|_| random.fp().0));
    for high in &highs {
        for low in &lows {
            let wide: Wide = [*low, *high].concat().try_into().expect("eight words");
            let reduced = big(&reduce(&wide));
            assert!(reduced < p);
            assert_eq!((reduced << 256) % &p, big(&wide) % &p);
        }
    }
}

#[test]
fn sums_and_differences() {
    let p = big(&P);
    let factors = factors();
    let reduced = factors.iter().filter(|a| big(&a[..]) < p);
    let reduced: Vec<Words> = reduced.copied().collect();
    for a in &reduced {
        assert_eq!((big(&halve_modulo(a)) * 2u8) % &p, big(a));
        assert!(big(&halve_modulo(a)) < p);
        let tripled = add(&add(a, a), a);
        let half = big(&halve_modulo(&tripled));
        assert!(half < &p * 2u8);
        assert_eq!((half * 2u8) % &p, big(&tripled) % &p);
        for b in reduced.iter().chain([&P]) {
            assert_eq!(big(&add_modulo(a, b)), (big(a) + big(b)) % &p);
            assert_eq!(big(&sub_modulo(a, b)), (&p + big(a) - big(b)) % &p);
        }
    }
}

#[test]
fn wide_sums_and_differences() {
    let p = big(&P);
    let mut random = Random(3);
    for _ in 0..1000 {
        let [a, b, c, d] = std::array::from_fn(|_| random.fp().0);
        let (ab, cd) = (mul(&a, &b), mul(&c, &d));
        let sum = add_wide(&ab, &cd);
        assert_eq!(big(&sum), big(&ab) + big(&cd));
        assert_eq!(big(&sub_wide(&sum, &ab)), big(&cd));
        let difference = big(&sub_wide_modulo(&ab, &cd));
        assert!(difference < &p << 256);
        assert_eq!((difference + big(&cd)) % &p, big(&ab) % &p);
    }
}

#[test]
fn bytes_and_constants() {
    let mut random = Random(4);
    for _ in 0..100 {
        let words = random.words();
        let bytes = to_be_bytes(&words);
        assert_eq!(BigUint::from_bytes_be(&bytes), big(&words));
        assert_eq!(from_be_bytes(&bytes), words);
    }
    let radix: BigUint = BigUint::from(1u8) << 256;
    for (constant, power) in [(RADIX, 1), (RADIX_SQUARED, 2), (RADIX_CUBED, 3)] {
        assert_eq!(big(&constant), radix.pow(power) % big(&P));
    }
}

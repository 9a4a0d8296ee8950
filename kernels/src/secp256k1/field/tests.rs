//! Every level's field against big integers, with limbs at the ends of their ranges.

use super::{
    super::words::{P, to_be_bytes},
    *,
};
use crate::secp256k1::inverse::invert_lanes;
use num_bigint::BigUint;
use proptest::prelude::*;

fn big(words: &Words) -> BigUint {
    BigUint::from_bytes_be(&to_be_bytes(words))
}

fn p() -> BigUint {
    big(&P)
}

/// Canonical numbers whose limbs, of 52 bits or 64, are all zeros or all ones, or nearly.
fn edges() -> Vec<Words> {
    let mut edges = Vec::new();
    for limbs in 0..32u32 {
        let mut number = BigUint::ZERO;
        for i in 0..5 {
            if limbs >> i & 1 == 1 {
                number += ((BigUint::from(1u8) << if i == 4 { 48 } else { 52 }) - 1u8) << (52 * i);
            }
        }
        for offset in [0u64, 1, 2, 977, 0x1_0000_03d0] {
            for number in [&number + offset, &number + p() - offset] {
                let digits = (number % p()).to_u64_digits();
                let mut words = [0; 4];
                words[..digits.len()].copy_from_slice(&digits);
                edges.push(words);
            }
        }
    }
    edges
}

/// The elements of a value.
fn words_of<F: Field>(a: F) -> Vec<BigUint> {
    let mut out = vec![Packed::default(); F::LANES];
    let a = a.canonical();
    F::store(a, a, &mut out);
    assert!(
        out.iter()
            .all(|point| point.x == point.y && big(&point.x) < p())
    );
    out.iter().map(|point| big(&point.x)).collect()
}

/// Every operation on two values with lanes of their own, in the ranges that the contract allows.
fn check<F: Field>(proof: F::Proof, numbers: &[(Words, Words)]) {
    let lanes: Vec<Packed> = (0..F::LANES)
        .map(|lane| {
            let (x, y) = numbers[lane % numbers.len()];
            Packed { x, y }
        })
        .collect();
    let (a, b) = F::load(proof, |lane| &lanes[lane]);
    let pairs: Vec<(BigUint, BigUint)> = lanes
        .iter()
        .map(|point| (big(&point.x), big(&point.y)))
        .collect();
    let expect = |name: &str, value: F, number: &dyn Fn(&BigUint, &BigUint) -> BigUint| {
        let expected: Vec<BigUint> = pairs.iter().map(|(a, b)| number(a, b) % p()).collect();
        assert_eq!(words_of(value), expected, "{name} of {pairs:x?}");
    };
    // Twenty times p takes negative numbers of the oracle home.
    let q = p() * p() * 40u8;
    expect("load", a, &|a, _| a.clone());
    expect("product", a.times(b), &|a, b| a * b);
    expect("square", a.squared(), &|a, _| a * a);
    expect("sum", F::factor(a.sum() + b.sum()), &|a, b| a + b);
    let three = F::factor(F::twice(a.sum()) + a.sum());
    expect("three times", three, &|a, _| a * 3u8);
    expect("square of three times", three.squared(), &|a, _| {
        a * a * 9u8
    });
    let less = F::factor_signed(a.sum() - b.sum());
    expect("difference", less, &|a, b| &q + a - b);
    expect("square of a difference", less.squared(), &|a, b| {
        (&q + a - b).pow(2)
    });
    let least = F::factor_signed(a.sum() - b.sum() - b.sum() - b.sum());
    expect("least factor", least.times(b), &|a, b| {
        (&q + a - b * 3u8) * b
    });
    let most = F::factor_signed(F::twice(F::twice(a.sum())) + a.sum() - b.sum());
    expect(
        "largest products",
        most.mul(three).pipe(F::factor),
        &|a, b| (&q + a * 5u8 - b) * a * 3u8,
    );
    let sixteen = |a: F| F::twice(F::twice(F::twice(F::twice(a.square()))));
    expect(
        "most negative",
        F::factor_signed(b.sum() - sixteen(a)),
        &|a, b| &q + b - a * a * 16u8,
    );
    expect("most positive", F::factor_signed(sixteen(a)), &|a, _| {
        a * a * 16u8
    });
    let tight = F::factor_signed(a.square() - F::twice(b.square()));
    expect("tight", tight.times(tight), &|a, b| {
        (&q + a * a - b * b * 2u8).pow(2)
    });
    let mask = 0b1010_0110_1100_0101_1001_0011_0101_1010 & (u32::MAX >> (32 - F::LANES));
    for mask in [0, mask, !mask] {
        let negated = words_of(F::factor_signed(F::negate_if(a.mul(b), mask)));
        let selected = words_of(F::select(mask, a, b));
        for (lane, (a, b)) in pairs.iter().enumerate() {
            let on = mask >> lane & 1 == 1;
            assert_eq!(negated[lane], if on { &q - a * b } else { a * b } % p());
            assert_eq!(selected[lane], *if on { a } else { b });
        }
    }
    let mut odd = 0;
    let mut zero = 0;
    for (lane, (a, b)) in pairs.iter().enumerate() {
        odd |= u32::from(a.bit(0)) << lane;
        zero |= u32::from(a == b) << lane;
    }
    assert_eq!(a.odd(), odd);
    assert_eq!(less.canonical().zeros(), zero);
    if lanes.iter().all(|point| point.x != [0; 4]) {
        expect("inverse", invert_lanes(proof, a).times(a), &|_, _| {
            BigUint::from(1u8)
        });
    }
}

/// `f` after a sum, for reading order.
trait Pipe: Sized {
    fn pipe<T>(self, f: impl FnOnce(Self) -> T) -> T {
        f(self)
    }
}
impl<T> Pipe for T {}

fn edges_of<F: Field>(proof: F::Proof) {
    let edges = edges();
    for (i, &a) in edges.iter().enumerate() {
        // Lanes that differ, and each edge with itself and with a few others.
        let pairs: Vec<(Words, Words)> = (0..F::LANES)
            .map(|lane| {
                (
                    edges[(i + lane) % edges.len()],
                    edges[(i + lane * lane * 7) % edges.len()],
                )
            })
            .collect();
        check::<F>(proof, &pairs);
        for step in [0, 1, 97] {
            check::<F>(proof, &[(a, edges[(i + step) % edges.len()])]);
        }
    }
}

macro_rules! levels {
    ($($name:ident: $field:ty, $proof:expr;)*) => {
        $(
            mod $name {
                use super::*;

                #[test]
                fn limbs_at_the_ends() {
                    let Some(proof) = $proof else {
                        return eprintln!("skipped: no {} on this machine", stringify!($name));
                    };
                    edges_of::<$field>(proof);
                }

                proptest! {
                    #[test]
                    fn random(bytes: [[u8; 32]; 8]) {
                        if let Some(proof) = $proof {
                            let words = bytes.map(|b| {
                                let reduced = BigUint::from_bytes_be(&b) % p();
                                let digits = reduced.to_u64_digits();
                                let mut words = [0; 4];
                                words[..digits.len()].copy_from_slice(&digits);
                                words
                            });
                            let pairs: Vec<_> = (0..8).map(|i| (words[i], words[(i * 3 + 1) % 8])).collect();
                            check::<$field>(proof, &pairs);
                        }
                    }
                }
            }
        )*
    };
}

levels! {
    one_portable: portable::Portable, Some(());
    two_portable: wide::Wide<portable::Portable, 2>, Some(());
}

#[cfg(target_arch = "x86_64")]
levels! {
    one_avx2: avx2::Avx2, crate::lanes::avx2::Avx2::detect();
    two_avx2: wide::Wide<avx2::Avx2, 2>, crate::lanes::avx2::Avx2::detect();
    one_avx512: avx512::Avx512, crate::lanes::avx512::Avx512::detect();
    two_avx512: wide::Wide<avx512::Avx512, 2>, crate::lanes::avx512::Avx512::detect();
}

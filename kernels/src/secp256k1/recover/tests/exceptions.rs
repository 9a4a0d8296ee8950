//! Signatures made to drive the ladder into every exception of its addition formulas. Whoever signs knows R's discrete
//! logarithm k, so any u1 and u2 that make partial sums meet can be had: s = u2·r and z = -u1·r.

use super::*;
use crate::level::testing::at_every_level;
use crate::secp256k1::glv::LAMBDA;
use crate::secp256k1::point::tests::exceptions_met;
use crate::secp256k1::words::to_be_bytes;

pub(super) fn lambda() -> Scalar {
    Scalar::from_repr(to_be_bytes(&LAMBDA).into()).expect("below n")
}

pub(super) fn power_of_two(exponent: u32) -> Scalar {
    (0..exponent).fold(Scalar::ONE, |power, _| power + power)
}

/// The signature with R = k·G that makes the ladder compute u1·G + u2·R, and what must come out.
pub(super) fn crafted(k: Scalar, u1: Scalar, u2: Scalar) -> (RecoverInput, Outcome) {
    let point = (ProjectivePoint::GENERATOR * k).to_affine();
    let r = Scalar::from_repr(point.x()).expect("x below n, as nearly all are");
    let input = RecoverInput {
        prehash: be(-(u1 * r)),
        r: be(r),
        s: be(u2 * r),
        y_parity: bool::from(point.y_is_odd()).into(),
        s_rule: SRule::Any,
    };
    let secret = u1 + u2 * k;
    let outcome = if bool::from(secret.is_zero()) {
        Err(RecoverError::Infinity)
    } else {
        Ok(address_of_secret(secret))
    };
    (input, outcome)
}

/// In vectors with ordinary signatures between, so that lanes mix.
pub(super) fn check(cases: Vec<(RecoverInput, Outcome)>) {
    let mut inputs = Vec::new();
    let mut expected = Vec::new();
    for (i, (input, outcome)) in cases.into_iter().enumerate() {
        if i % 3 == 0 {
            let secret = Scalar::from(i as u64 + 5);
            inputs.push(sign([i as u8; 32], secret, secret + Scalar::ONE));
            expected.push(Ok(address_of_secret(secret)));
        }
        inputs.push(input);
        expected.push(outcome);
    }
    assert_eq!(recover(&inputs), expected);
    let oracle: Vec<Outcome> = inputs.iter().step_by(5).map(oracle::recover).collect();
    let some: Vec<Outcome> = expected.iter().step_by(5).copied().collect();
    assert_eq!(oracle, some);
}

/// R = ±k·G and ±kλ·G for small k, with small and with random multipliers.
#[test]
fn small_logarithms() {
    let random = <Scalar as Reduce<FieldBytes>>::reduce(&[0xc5; 32].into());
    let mut cases = Vec::new();
    for k in 1..=64u64 {
        for unit in [Scalar::ONE, lambda(), lambda().square()] {
            for k in [unit * Scalar::from(k), -unit * Scalar::from(k)] {
                for (u1, u2) in [
                    (random, random),
                    (Scalar::ONE, Scalar::ONE),
                    (-k, Scalar::ONE),
                    (random, -Scalar::ONE),
                    (Scalar::ZERO, random),
                ] {
                    cases.push(crafted(k, u1, u2));
                }
            }
        }
    }
    check(cases);
}

/// u1 = 0 and u2 = ±1, ±λ and ±λ², ±2: one nonzero digit or two.
#[test]
fn few_digits() {
    let mut cases = Vec::new();
    let k = Scalar::from(0x1234_5678_9abc_u64);
    let l = lambda();
    for u2 in [
        Scalar::ONE,
        Scalar::from(2u64),
        Scalar::from(16u64),
        l,
        l.square(),
        l + Scalar::ONE,
    ] {
        for u2 in [u2, -u2] {
            for u1 in [Scalar::ZERO, Scalar::ONE, -Scalar::ONE, -(u2 * k), u2 * k] {
                cases.push(crafted(k, u1, u2));
            }
        }
    }
    check(cases);
}

/// At each window of the point: the sum so far meets the point to be added, or its opposite. With digits d at window w + 1
/// and e at w, R's halves meet where 32·d·R = ±e·λ^i·R for chosen multiples; here R and λR are made to meet by signs of
/// the two halves: a1·R + b1·λR = O for the vectors of the lattice, whose parts the windows cut anywhere.
#[test]
fn halves_that_cancel() {
    let k = Scalar::from(77u64);
    let l = lambda();
    let mut cases = Vec::new();
    for window in 0..26 {
        let shift = power_of_two(5 * window);
        for d in 1..=16u64 {
            let d = Scalar::from(d);
            for u2 in [
                d * shift,
                d * shift + d * shift * l,
                d * shift - d * shift * l,
            ] {
                for u1 in [Scalar::ZERO, -(u2 * k), u2 * k, Scalar::ONE - u2 * k] {
                    if !bool::from(u2.is_zero()) {
                        cases.push(crafted(k, u1, u2));
                    }
                }
            }
        }
    }
    check(cases);
}

/// At each addition from the tables of G: the sum so far equals what is added (doubling) or its opposite (infinity), and
/// goes on from there with more to add, or ends there. With u2 = 2^(15j) and R = ±d·G (or ±d·2^128·G) the sum at window
/// 3j is R itself, and u1's digit there is d.
#[test]
fn meetings_with_the_tables_of_the_generator() {
    let mut cases = Vec::new();
    for half in [0, 128] {
        for j in 0..9 {
            let place = power_of_two(15 * j);
            for d in [1u64, 2, 3, 16, 17, 337, 16_383] {
                let entry = Scalar::from(d) * power_of_two(half);
                for k in [entry, -entry] {
                    let u1 = entry * place;
                    cases.push(crafted(k, u1, place));
                    cases.push(crafted(k, -u1, place));
                    // Something below that goes on, where there is a below.
                    let low = Scalar::from(u64::from(j > 0) * 5);
                    cases.push(crafted(k, u1 + low, place));
                    cases.push(crafted(k, u1, place + low));
                    cases.push(crafted(k, -u1 + low, place + low));
                }
            }
        }
    }
    check(cases);
}

/// Meetings within the first digits: k1 and k2 of one digit each with d·R = ±e·λR can't be, but d·R meets itself after
/// doublings when R has small order relations with G's multiples that were added before.
#[test]
fn meetings_after_additions_of_the_generator() {
    let mut cases = Vec::new();
    for m in 1..=16u64 {
        for sign in [Scalar::ONE, -Scalar::ONE] {
            // At window 3j the sum becomes 2^w-multiples of G; the next window's digit adds e·R with R = 2^(5)·m·G/e.
            for e in 1..=15u64 {
                let e_inverse = Scalar::from(e).invert().expect("not zero");
                for j in 1..9 {
                    let k = sign * Scalar::from(32 * m) * e_inverse;
                    let u1 = Scalar::from(m) * power_of_two(15 * j);
                    // The point's digit stands one window lower.
                    let u2 = Scalar::from(e) * power_of_two(15 * j - 5);
                    cases.push(crafted(k, u1, u2));
                    cases.push(crafted(k, u1, u2 + Scalar::ONE));
                }
            }
        }
    }
    check(cases);
}

/// The crafted signatures do reach the exceptions, in the window and with the table that they were made for, and ordinary
/// ones don't: a doubling that is met in the middle, and an opposite point.
fn exceptions_are_met(level: Level) {
    let count = |k: Scalar, u1: Scalar, u2: Scalar| {
        let (input, outcome) = crafted(k, u1, u2);
        // Lanes beyond the end of a batch may hold other points: there are none.
        let mut out = [Ok([0xee; 20]); 16];
        let before = exceptions_met();
        recover_batch(level, &[input; 16], &mut out);
        assert_eq!(out, [outcome; 16]);
        let after = exceptions_met();
        (after.0 > before.0, after.1 > before.1)
    };
    for half in [0, 128] {
        for j in 0..9 {
            let place = power_of_two(15 * j);
            let entry = Scalar::from(101u64) * power_of_two(half);
            // Equal, opposite, and neither; something more to add below, or nothing.
            for below in [Scalar::ZERO, Scalar::from(u64::from(j > 0) * 5)] {
                let u1 = entry * place + below;
                assert_eq!(count(entry, u1, place), (true, false), "{half} {j}");
                assert_eq!(count(-entry, u1, place), (false, true), "{half} {j}");
                let other = entry + Scalar::ONE;
                assert_eq!(count(other, u1, place), (false, false), "{half} {j}");
            }
        }
    }
    for k in 1..=20u64 {
        let random = <Scalar as Reduce<FieldBytes>>::reduce(&[k as u8; 32].into());
        assert_eq!(count(random, random.square(), random), (false, false));
    }
}

at_every_level!(exceptions_are_met);

/// The flood: nothing but exceptions, more than a chunk.
#[test]
fn nothing_but_exceptions() {
    let cases = (1..=300u64).map(|k| {
        let k = Scalar::from(k);
        crafted(k, -k, Scalar::ONE)
    });
    let (inputs, expected): (Vec<_>, Vec<_>) = cases.unzip();
    assert!(
        expected
            .iter()
            .all(|outcome| *outcome == Err(RecoverError::Infinity))
    );
    assert_eq!(recover(&inputs), expected);
}

/// r at the ends of its range, with points and without, beside s and z at the ends of theirs.
#[test]
fn ends_of_all_ranges() {
    let near_n = |offset: u64| bytes(N.wrapping_sub(&U256::from(offset)));
    let ends: Vec<[u8; 32]> = (1..24)
        .flat_map(|i| [bytes(U256::from(i)), near_n(i)])
        .collect();
    let p_less_n =
        U256::from_be_hex("000000000000000000000000000000014551231950b75fc4402da1722fc9baee");
    let r_values = ends.iter().copied().chain((0..24u64).flat_map(|i| {
        [
            p_less_n.wrapping_sub(&U256::from(i)),
            p_less_n.wrapping_add(&U256::from(i)),
        ]
        .map(bytes)
    }));
    let half = N.shr_vartime(1);
    let s_values = [
        bytes(U256::ONE),
        near_n(1),
        bytes(half),
        bytes(half.wrapping_add(&U256::ONE)),
    ];
    let z_values = [bytes(U256::ZERO), near_n(1), bytes(N), bytes(U256::MAX)];
    let mut inputs = Vec::new();
    for r in r_values {
        for s in s_values {
            for prehash in z_values {
                let y_parity = (inputs.len() % 2) as u8;
                inputs.push(RecoverInput {
                    prehash,
                    r,
                    s,
                    y_parity,
                    s_rule: SRule::Any,
                });
            }
        }
    }
    let expected: Vec<Outcome> = inputs.iter().map(oracle::recover).collect();
    assert!(expected.iter().any(|outcome| outcome.is_ok()));
    assert!(expected.contains(&Err(RecoverError::NotOnCurve)));
    assert_eq!(recover(&inputs), expected);
    for (input, outcome) in inputs.iter().zip(&expected).step_by(7) {
        assert_eq!(oracle::recover(input), *outcome);
    }
}

/// Every size around the lanes of all levels.
#[test]
fn sizes_around_the_lanes() {
    let all: Vec<(RecoverInput, Outcome)> = (1..=40u64)
        .map(|i| {
            let k = Scalar::from(i);
            if i % 4 == 0 {
                crafted(k, -k, Scalar::ONE)
            } else {
                crafted(k, k + Scalar::ONE, Scalar::from(i * i))
            }
        })
        .collect();
    let (inputs, expected): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    for count in 0..=40 {
        assert_eq!(recover(&inputs[..count]), expected[..count], "{count}");
    }
}

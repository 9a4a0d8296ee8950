//! Points by x coordinate at every level against square roots of big integers.

use super::lift;
use crate::{
    Level,
    level::testing::at_every_level,
    secp256k1::{
        field::{Field, wide::Wide},
        testing::{
            for_fields, into_lanes,
            oracle::{Point, p},
            out_of_lanes, samples,
        },
    },
};
use num_bigint::BigUint;

at_every_level!(both_parities);

fn both_parities(level: Level) {
    for_fields!(level, one_group_and_two);
}

/// Recoveries lift two groups of lanes at a time, and the last one by itself.
fn one_group_and_two<F: Field>(proof: F::Proof) {
    parities_at::<F>(proof);
    parities_at::<Wide<F, 2>>(proof);
}

/// Lanes with a point and without, of both parities, beside each other.
fn parities_at<F: Field>(proof: F::Proof) {
    let mut numbers = samples::numbers(&p());
    numbers.push(BigUint::ZERO);
    numbers.extend((5..40u8).map(BigUint::from));
    let (mut with, mut without) = (0, 0);
    for first in 0..numbers.len() {
        let x: Vec<BigUint> = (0..F::LANES)
            .map(|lane| numbers[(first + 3 * lane) % numbers.len()].clone())
            .collect();
        for odd in [0, !0, 0x5a5a_6699] {
            let value = into_lanes::<F>(proof, &x);
            let seven = F::splat(proof, &[7, 0, 0, 0]);
            let (y, on_curve) = F::vectorize(
                proof,
                #[inline(always)]
                || lift(value, odd, seven),
            );
            assert_eq!(on_curve & !(u32::MAX >> (32 - F::LANES)), 0);
            let y = out_of_lanes(proof, y);
            for (lane, (x, y)) in x.iter().zip(y).enumerate() {
                let expected = Point::with_x(x, odd >> lane & 1 == 1);
                assert_eq!(on_curve >> lane & 1 == 1, expected.is_some(), "{x:x}");
                match expected {
                    Some(point) => {
                        with += 1;
                        assert_eq!(Point::affine(x.clone(), y), point);
                    }
                    None => without += 1,
                }
            }
        }
    }
    assert!(with > 0 && without > 0);
}

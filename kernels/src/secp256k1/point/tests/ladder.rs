//! Whole ladders, u1·G + u2·R, against the sum bit by bit.

use super::lanes;
use crate::{
    Level,
    level::testing::at_every_level,
    secp256k1::{
        field::Field,
        glv::LAMBDA,
        testing::{
            big, for_fields,
            oracle::{Point, n},
            points::check_ladder,
            samples,
        },
    },
};
use num_bigint::BigUint;

at_every_level!(scalars_at_the_ends, sums_that_meet);

fn scalars_at_the_ends(level: Level) {
    for_fields!(level, ends_at);
}

fn sums_that_meet(level: Level) {
    for_fields!(level, meetings_at);
}

/// Scalars with halves of few digits, of the most negative digits, and at the ends of ranges.
fn scalars() -> Vec<BigUint> {
    let (n, lambda) = (n(), big(&LAMBDA));
    let mut scalars = samples::numbers(&n);
    for width in [4, 5, 8, 15, 16] {
        // Every digit at its least, and one more, and every digit at its most.
        let least: BigUint = (1..128 / width)
            .map(|i| BigUint::from(1u8) << (width * i - 1))
            .sum();
        scalars.extend([&least + 1u8, &n - &least, &least * 2u8 - 1u8, least]);
    }
    let halves: Vec<BigUint> = scalars.iter().step_by(5).cloned().collect();
    scalars.extend(halves.iter().map(|half| half * &lambda % &n));
    scalars.extend(halves.iter().map(|half| half * (&lambda + 1u8) % &n));
    scalars
}

/// R whose logarithm nobody knows: no partial sums meet, whatever the scalars are.
fn ends_at<F: Field>(proof: F::Proof) {
    let (points, scalars) = (samples::points_by_coordinate(), scalars());
    let mut u1_choices = scalars.clone();
    u1_choices.push(BigUint::ZERO);
    for i in (0..scalars.len()).step_by(F::LANES.max(7)) {
        let u1 = lanes::<F, _>(&u1_choices, 5 * i, 1);
        let u2 = lanes::<F, _>(&scalars, i, 1);
        let points = lanes::<F, _>(&points, i, 1);
        let lanes: Vec<_> = points.into_iter().zip(u1).zip(u2).collect();
        let lanes: Vec<_> = lanes.into_iter().map(|((r, u1), u2)| (r, u1, u2)).collect();
        check_ladder::<F>(proof, &lanes);
    }
}

/// R = k·G with u1 = ±u2·k, which ends at infinity or in a doubling, beside lanes that do not.
fn meetings_at<F: Field>(proof: F::Proof) {
    let (n, lambda) = (n(), big(&LAMBDA));
    let mut lanes = Vec::new();
    for k in [1u32, 2, 15, 16, 17, 16_384] {
        let k = BigUint::from(k);
        for k in [k.clone(), &n - &k, &k * &lambda % &n] {
            let point = Point::generator().combine(&k, &Point::Infinity, &k, Point::add);
            for u2 in [BigUint::from(1u8), &n - 1u8, BigUint::from(1u8) << 45u8] {
                let u1 = &u2 * &k % &n;
                lanes.push((point.clone(), &n - &u1, u2.clone()));
                lanes.push((point.clone(), u1.clone(), u2.clone()));
                lanes.push((point.clone(), (u1 + 3u8) % &n, u2));
            }
        }
    }
    for i in (0..lanes.len()).step_by(F::LANES.max(5)) {
        check_ladder::<F>(proof, &super::lanes::<F, _>(&lanes, i, 1));
    }
}

//! Doublings and additions at every level against affine big integers.

mod ladder;

use crate::{
    Level,
    level::testing::at_every_level,
    secp256k1::{
        field::Field,
        testing::{
            for_fields,
            oracle::{Point, p},
            points::{Lane, Sums},
            samples,
        },
    },
};
use num_bigint::BigUint;
use std::cell::Cell;

thread_local! {
    static MET: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

/// Counts lanes that met an equal point, and an opposite one.
pub(in crate::secp256k1) fn meet(equal: u32, opposite: u32) {
    let (doublings, ends) = MET.get();
    MET.set((doublings + equal.count_ones(), ends + opposite.count_ones()));
}

/// The lanes of this thread's additions so far that met an equal point, and an opposite one.
pub(in crate::secp256k1) fn exceptions_met() -> (u32, u32) {
    MET.get()
}

at_every_level!(
    doublings,
    additions,
    sums_that_share_a_coordinate,
    negated_and_skipped_lanes,
    lanes_that_start_late,
    equal_and_opposite_points,
    lanes_of_every_kind,
);

fn doublings(level: Level) {
    for_fields!(level, doublings_at);
}

fn additions(level: Level) {
    for_fields!(level, additions_at);
}

fn sums_that_share_a_coordinate(level: Level) {
    for_fields!(level, shared_coordinates_at);
}

fn negated_and_skipped_lanes(level: Level) {
    for_fields!(level, masks_at);
}

fn lanes_that_start_late(level: Level) {
    for_fields!(level, late_starts_at);
}

fn equal_and_opposite_points(level: Level) {
    for_fields!(level, exceptions_at);
}

fn lanes_of_every_kind(level: Level) {
    for_fields!(level, every_kind_at);
}

fn samples() -> Vec<Point> {
    let mut points = samples::points_by_coordinate();
    points.extend(samples::multiples_of_the_generator(3));
    points
}

/// As many as there are lanes, from `first` on in steps.
fn lanes<F: Field, T: Clone>(all: &[T], first: usize, step: usize) -> Vec<T> {
    (0..F::LANES)
        .map(|lane| all[(first + lane * step) % all.len()].clone())
        .collect()
}

fn doublings_at<F: Field>(proof: F::Proof) {
    let (points, z) = (samples(), samples::numbers(&p()));
    for i in 0..points.len() {
        let z = lanes::<F, _>(&z, i, 5);
        let mut sums = Sums::<F>::given(proof, lanes::<F, _>(&points, i, 3), &z, i as u8);
        for _ in 0..3 {
            sums.double();
        }
        assert!(sums.lanes.iter().all(|lane| matches!(lane, Lane::Sum(_))));
    }
}

fn additions_at<F: Field>(proof: F::Proof) {
    let (points, z) = (samples(), samples::numbers(&p()));
    for i in 0..points.len() {
        let z = lanes::<F, _>(&z, 3 * i, 1);
        let mut sums = Sums::<F>::given(proof, lanes::<F, _>(&points, i, 1), &z, i as u8);
        for step in [7, 11, 1] {
            sums.add(&lanes::<F, _>(&points, i + step, step), 0, 0);
        }
    }
}

/// λP has the y of P: then R = 0 and H is not. With the sum's opposite it has neither.
fn shared_coordinates_at<F: Field>(proof: F::Proof) {
    let (points, z) = (samples(), samples::numbers(&p()));
    for i in 0..points.len() {
        let own = lanes::<F, _>(&points, i, 1);
        let other: Vec<Point> = own.iter().map(Point::times_lambda).collect();
        for negate in [0, !0] {
            let z = lanes::<F, _>(&z, i, 3);
            let mut sums = Sums::<F>::given(proof, own.clone(), &z, i as u8);
            sums.add(&other, negate, 0);
            assert!(sums.lanes.iter().all(|lane| matches!(lane, Lane::Sum(_))));
        }
        // P + λP + λ²P = O: the last addition is of an opposite point.
        let mut sums = Sums::<F>::given(proof, own, &lanes::<F, _>(&z, i, 2), 0);
        sums.add(&other, 0, 0);
        let last: Vec<Point> = other.iter().map(Point::times_lambda).collect();
        sums.add(&last, 0, 0);
        assert!(sums.lanes.iter().all(|lane| *lane == Lane::Infinity));
    }
}

/// Masks that tell every lane from its neighbours.
const MASKS: [u32; 8] = [
    0,
    !0,
    0x5555_5555,
    0xaaaa_aaaa,
    0x3333_3333,
    0xff00_ff00,
    0x8001_8001,
    0x6996_9669,
];

fn masks_at<F: Field>(proof: F::Proof) {
    let (points, z) = (samples(), samples::numbers(&p()));
    for (i, negate) in MASKS.into_iter().enumerate() {
        for (j, skip) in MASKS.into_iter().enumerate() {
            let first = 8 * i + j;
            let z = lanes::<F, _>(&z, first, 1);
            let own = lanes::<F, _>(&points, first, 1);
            let mut sums = Sums::<F>::given(proof, own, &z, first as u8);
            sums.add(&lanes::<F, _>(&points, first + 20, 3), negate, skip);
            sums.double();
            sums.add(&lanes::<F, _>(&points, first + 9, 5), !negate, skip);
        }
    }
}

/// Lanes stay at infinity through additions that skip them and through doublings, and take their first point whenever it comes.
fn late_starts_at<F: Field>(proof: F::Proof) {
    let points = samples();
    for (i, negate) in MASKS.into_iter().enumerate() {
        let mut sums = Sums::<F>::infinity(proof);
        for start in 0..=F::LANES {
            sums.double();
            // Lane `start` and those below.
            let started = u32::try_from((1u64 << start) - 1).expect("at most 32 lanes");
            sums.add(&lanes::<F, _>(&points, i + start, 3), negate, !started);
            // Those that began may have met an opposite point meanwhile, but for the last.
            let (begun, rest) = sums.lanes.split_at(start);
            assert!(rest.iter().all(|lane| *lane == Lane::Infinity));
            assert!(begun.last().is_none_or(|lane| *lane != Lane::Infinity));
        }
        for skip in MASKS {
            let mut sums = Sums::<F>::infinity(proof);
            sums.add(&lanes::<F, _>(&points, i, 1), negate, skip);
            sums.add(&lanes::<F, _>(&points, i + 40, 1), 0, 0);
        }
    }
}

/// Equal and opposite points under every Z, and sums that go on from there.
fn exceptions_at<F: Field>(proof: F::Proof) {
    let (points, z) = (samples(), samples::numbers(&p()));
    for i in 0..points.len() {
        for negate in [0, !0, MASKS[7]] {
            let own = lanes::<F, _>(&points, i, 1);
            let z = lanes::<F, _>(&z, 2 * i, 1);
            let mut sums = Sums::<F>::given(proof, own.clone(), &z, i as u8);
            sums.add(&own, negate, 0);
            for (lane, sum) in sums.lanes.iter().enumerate() {
                assert_eq!(*sum == Lane::Infinity, negate >> lane & 1 == 1);
            }
            sums.double();
            sums.add(&own, 0, MASKS[4]);
            sums.add(&lanes::<F, _>(&points, i + 1, 1), negate, MASKS[2]);
            sums.double();
        }
    }
}

/// In one vector: lanes that are at infinity and stay there, lanes that begin, equal points, opposite points and a new
/// beginning after them, sums that go on, skipped lanes; each kind in each lane.
fn every_kind_at<F: Field>(proof: F::Proof) {
    let points = samples();
    let one = vec![BigUint::from(1u8); F::LANES];
    for turn in 0..7 {
        let kind = |lane: usize| (lane + turn) % 7;
        let mask = |kinds: &[usize]| {
            let lanes = (0..F::LANES).filter(|&lane| kinds.contains(&kind(lane)));
            lanes.fold(0, |mask, lane| mask | 1u32 << lane)
        };
        let own = lanes::<F, _>(&points, turn, 1);
        let other = lanes::<F, _>(&points, turn + 30, 1);
        let choose = |kinds: &[usize]| -> Vec<Point> {
            let pairs = own.iter().zip(&other).enumerate();
            pairs
                .map(|(lane, (own, other))| {
                    let take_own = kinds.contains(&kind(lane));
                    if take_own { own } else { other }.clone()
                })
                .collect()
        };
        let mut sums = Sums::<F>::infinity(proof);
        // 0 and 1 stay at infinity, 2 meets itself at once.
        sums.add(&own, 0, mask(&[0, 1]));
        sums.add(&choose(&[2]), 0, !mask(&[2]));
        sums.double();
        sums.add(&choose(&[]), mask(&[5]), mask(&[0, 1, 3, 4, 6]));
        // 3 and 4 are 2·own now: equal and opposite.
        let doubles: Vec<Point> = own.iter().map(|point| point.add(point)).collect();
        sums.add(&doubles, mask(&[4]), !mask(&[3, 4]));
        sums.add(&choose(&[1]), 0, mask(&[0, 6]));
        for (lane, is) in sums.lanes.iter().enumerate() {
            match kind(lane) {
                0 => assert_eq!(*is, Lane::Infinity),
                1 => assert_eq!(*is, Lane::Sum(own[lane].clone())),
                2 | 3 => assert!(matches!(is, Lane::Sum(_))),
                4 => assert_eq!(*is, Lane::Sum(other[lane].clone())),
                5 => assert!(matches!(is, Lane::Sum(_))),
                _ => assert_eq!(*is, Lane::Sum(doubles[lane].clone())),
            }
        }
        // And once more from given Z, where nothing is at infinity.
        let mut sums = Sums::<F>::given(proof, own.clone(), &one, turn as u8);
        sums.add(&choose(&[3, 4]), mask(&[4, 5]), mask(&[6]));
        for (lane, is) in sums.lanes.iter().enumerate() {
            assert_eq!(*is == Lane::Infinity, kind(lane) == 4);
        }
    }
}

//! Tables at every level against sums by big integers.

use crate::{
    Level,
    level::testing::at_every_level,
    secp256k1::{
        field::Field,
        testing::{for_fields, oracle::Point, points::check_tables, samples},
    },
};

at_every_level!(multiples_of_points, one_group_and_many);

fn multiples_of_points(level: Level) {
    for_fields!(level, multiples_at);
}

fn one_group_and_many(level: Level) {
    for_fields!(level, groups_at);
}

fn group<F: Field>(points: &[Point], first: usize) -> Vec<Point> {
    let lanes = 0..F::LANES;
    lanes
        .map(|lane| points[(first + lane) % points.len()].clone())
        .collect()
}

/// Coordinates at the ends of ranges; and small multiples of one point and of its image under λ side by side, which share
/// inversions though their tables hold the same points.
fn multiples_at<F: Field>(proof: F::Proof) {
    let by_coordinate = samples::points_by_coordinate();
    let multiples = samples::multiples_of_the_generator(16);
    for points in [by_coordinate, multiples] {
        for first in (0..points.len()).step_by(2 * F::LANES) {
            let groups = [0, F::LANES].map(|next| group::<F>(&points, first + next));
            check_tables::<F>(proof, &groups);
        }
    }
}

fn groups_at<F: Field>(proof: F::Proof) {
    let points = samples::points_by_coordinate();
    for count in [0, 1, 3, 8] {
        let groups: Vec<_> = (0..count).map(|i| group::<F>(&points, 5 * i)).collect();
        check_tables::<F>(proof, &groups);
    }
    // All lanes and groups alike.
    let same = vec![points[0].clone(); F::LANES];
    check_tables::<F>(proof, &[same.clone(), same]);
}

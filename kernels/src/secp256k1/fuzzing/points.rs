//! Programs of point operations, tables and whole ladders.

use crate::{
    Level,
    secp256k1::{
        field::Field,
        testing::{
            for_fields,
            oracle::{Point, n, p},
            points::{Sums, check_ladder, check_tables},
            reader::Reader,
        },
    },
};
use num_bigint::BigUint;

/// Operations in a program.
const STEPS: usize = 24;

/// Lanes take turns with three of everything, so that neighbours differ and the oracle has little to do.
type Three<T> = [T; 3];

/// What bytes may ask for.
enum Case {
    /// Multiples of points in two groups of lanes.
    Tables([Three<Point>; 2]),
    /// u1·G + u2·R: R, u1, u2.
    Ladder(Three<(Point, BigUint, BigUint)>),
    Program(Vec<Step>),
}

enum Step {
    Given {
        points: Three<Point>,
        z: Three<BigUint>,
        shape: u8,
    },
    Double,
    Add {
        points: Three<Point>,
        negate: u32,
        skip: u32,
    },
}

/// Whatever the bytes say, at each field of the level.
pub fn points(level: Level, bytes: &[u8]) {
    let case = read(&mut Reader::new(bytes));
    for_fields!(level, run, &case);
}

fn three<T>(mut read: impl FnMut() -> T) -> Three<T> {
    [read(), read(), read()]
}

fn read(reader: &mut Reader) -> Case {
    let one = BigUint::from(1u8);
    match reader.byte() % 16 {
        0 => Case::Tables(std::array::from_fn(|_| three(|| reader.point()))),
        1 => Case::Ladder(three(|| {
            let u2 = reader.number(&n()).max(one.clone());
            (reader.point(), reader.number(&n()), u2)
        })),
        _ => {
            let mut steps = Vec::new();
            while !reader.is_empty() && steps.len() < STEPS {
                steps.push(match reader.byte() % 4 {
                    0 => Step::Given {
                        points: three(|| reader.point()),
                        z: three(|| reader.number(&p()).max(one.clone())),
                        shape: reader.byte(),
                    },
                    1 => Step::Double,
                    _ => Step::Add {
                        points: three(|| reader.point()),
                        negate: reader.mask(),
                        skip: reader.mask(),
                    },
                });
            }
            Case::Program(steps)
        }
    }
}

fn in_turns<F: Field, T: Clone>(three: &Three<T>) -> Vec<T> {
    let lanes = 0..F::LANES;
    lanes
        .map(|lane| three[(lane * 7 + lane / 3) % 3].clone())
        .collect()
}

fn run<F: Field>(proof: F::Proof, case: &Case) {
    match case {
        Case::Tables(groups) => {
            check_tables::<F>(proof, &groups.each_ref().map(in_turns::<F, _>));
        }
        Case::Ladder(lanes) => check_ladder::<F>(proof, &in_turns::<F, _>(lanes)),
        Case::Program(steps) => {
            let mut sums = Sums::<F>::infinity(proof);
            for step in steps {
                match step {
                    Step::Given { points, z, shape } => {
                        let (points, z) = (in_turns::<F, _>(points), in_turns::<F, _>(z));
                        sums = Sums::given(proof, points, &z, *shape);
                    }
                    Step::Double => sums.double(),
                    Step::Add {
                        points,
                        negate,
                        skip,
                    } => sums.add(&in_turns::<F, _>(points), *negate, *skip),
                }
            }
        }
    }
}

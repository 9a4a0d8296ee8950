//! u1·G + u2·R in lanes: 125 doublings and 70 additions of table points, the same for all lanes.
//!
//! u2·R is k1·R + k2·λR by signed windows of five bits, u1·G is l·G + h·2^128·G by signed windows of fifteen (`glv`).
//! Digits are public, so that every lane looks up its own line of memory.

use super::{
    field::{Field, Packed},
    generator,
    glv::{self, BETA, Digits, GENERATOR_WINDOW, GENERATOR_WINDOWS, POINT_WINDOW, POINT_WINDOWS},
    point::Jacobian,
    table::{MULTIPLES, Table},
    words::Words,
};

/// Windows of the point in one of the generator.
const POINT_WINDOWS_IN_ONE: u32 = GENERATOR_WINDOW / POINT_WINDOW;

/// The digits of u1 and u2.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Multipliers {
    /// Of k1 and k2.
    point: [Digits; 2],
    /// Of l and h.
    generator: [Digits; 2],
}

impl Multipliers {
    pub(super) fn new(u1: &Words, u2: &Words) -> Self {
        Self {
            point: glv::split_point_scalar(u2),
            generator: glv::split_generator_scalar(u1),
        }
    }
}

/// The tables of R and of λR of one group of lanes as lines of memory, by half, multiple and lane. Multiple 0, which
/// digits of value zero look at and leave out, holds the point itself.
pub(super) struct Lines(Vec<Packed>);

impl Lines {
    pub(super) fn new<F: Field>() -> Self {
        Self(vec![Packed::default(); 2 * (MULTIPLES + 1) * F::LANES])
    }

    #[inline(always)]
    fn start<F: Field>(half: usize, multiple: usize) -> usize {
        (half * (MULTIPLES + 1) + multiple) * F::LANES
    }

    #[inline(always)]
    fn fill<F: Field>(&mut self, proof: F::Proof, table: &Table<F>) {
        let beta = F::splat(proof, &BETA);
        for multiple in 0..=MULTIPLES {
            let (x, y) = table[multiple.max(1) - 1];
            let (x_of_lambda, y) = (x.times(beta).canonical(), y.canonical());
            for (half, x) in [x.canonical(), x_of_lambda].into_iter().enumerate() {
                F::store(
                    x,
                    y,
                    &mut self.0[Self::start::<F>(half, multiple)..][..F::LANES],
                );
            }
        }
    }
}

/// Which line each lane adds, and how.
struct Choice {
    multiples: [u16; 32],
    negate: u32,
    skip: u32,
}

impl Choice {
    /// By one digit a lane.
    #[inline(always)]
    fn new<F: Field>(digit: impl Fn(usize) -> i32) -> Self {
        let mut choice = Self {
            multiples: [0; 32],
            negate: 0,
            skip: 0,
        };
        for lane in 0..F::LANES {
            let digit = digit(lane);
            choice.multiples[lane] = digit.unsigned_abs() as u16;
            choice.negate |= u32::from(digit < 0) << lane;
            choice.skip |= u32::from(digit == 0) << lane;
        }
        choice
    }
}

/// The sum of each lane. Z is zero modulo p if it is the point at infinity, and also if two of its partial sums met in a
/// way that the formulas don't cover (see `point`). A lane may stay empty only if both of its multipliers are zero.
pub(super) fn ladder<F: Field>(
    proof: F::Proof,
    table: &Table<F>,
    lines: &mut Lines,
    multipliers: &[Multipliers],
) -> Jacobian<F> {
    F::vectorize(
        proof,
        #[inline(always)]
        || {
            lines.fill(proof, table);
            let multipliers = &multipliers[..F::LANES];
            let one = F::splat(proof, &[1, 0, 0, 0]);
            let (x, y) = table[0];
            let mut sum = Jacobian::empty(x, y, one);
            for window in (0..POINT_WINDOWS).rev() {
                if window + 1 != POINT_WINDOWS {
                    for _ in 0..POINT_WINDOW {
                        sum.double();
                    }
                }
                for half in 0..2 {
                    let choice = Choice::new::<F>(|lane| {
                        glv::digit(&multipliers[lane].point[half], POINT_WINDOW, window)
                    });
                    let point = F::load(proof, |lane| {
                        let multiple = usize::from(choice.multiples[lane]);
                        &lines.0[Lines::start::<F>(half, multiple) + lane]
                    });
                    sum.add(point, choice.negate, choice.skip, one);
                }
                if window % POINT_WINDOWS_IN_ONE == 0
                    && window / POINT_WINDOWS_IN_ONE < GENERATOR_WINDOWS
                {
                    for (half, line) in generator::TABLES.iter().enumerate() {
                        let choice = Choice::new::<F>(|lane| {
                            let digits = &multipliers[lane].generator[half];
                            glv::digit(digits, GENERATOR_WINDOW, window / POINT_WINDOWS_IN_ONE)
                        });
                        let point =
                            F::load(proof, |lane| &line[usize::from(choice.multiples[lane])]);
                        sum.add(point, choice.negate, choice.skip, one);
                    }
                }
            }
            sum
        },
    )
}

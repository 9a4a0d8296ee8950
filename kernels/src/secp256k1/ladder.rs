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
struct Choice<'a> {
    lines: [&'a Packed; 32],
    negate: u32,
    skip: u32,
}

/// By a raw digit of `width` bits, and the line of its absolute value, for each lane.
#[inline(always)]
fn choose<'a, F: Field>(
    width: u32,
    any: &'a Packed,
    raw_digit: impl Fn(usize) -> u32,
    line: impl Fn(usize, usize) -> &'a Packed,
) -> Choice<'a> {
    let mut lines = [any; 32];
    let (mut positive, mut skip) = (0, 0);
    for (lane, chosen) in lines.iter_mut().enumerate().take(F::LANES) {
        let raw = raw_digit(lane);
        let absolute = raw.abs_diff(1 << (width - 1));
        *chosen = line(lane, absolute as usize);
        positive |= (raw >> (width - 1)) << lane;
        skip |= u32::from(absolute == 0) << lane;
    }
    Choice {
        lines,
        negate: !positive,
        skip,
    }
}

/// For the window of one half of u2.
#[inline(always)]
fn choose_of_point<'a, F: Field>(
    lines: &'a Lines,
    multipliers: &[Multipliers],
    half: usize,
    window: u32,
) -> Choice<'a> {
    choose::<F>(
        POINT_WINDOW,
        &lines.0[0],
        |lane| glv::raw_digit(&multipliers[lane].point[half], POINT_WINDOW, window),
        |lane, multiple| &lines.0[Lines::start::<F>(half, multiple) + lane],
    )
}

/// For the window of one half of u1.
#[inline(always)]
fn choose_of_generator<'a, F: Field>(
    table: &'a [Packed],
    multipliers: &[Multipliers],
    half: usize,
    window: u32,
) -> Choice<'a> {
    choose::<F>(
        GENERATOR_WINDOW,
        &table[0],
        |lane| glv::raw_digit(&multipliers[lane].generator[half], GENERATOR_WINDOW, window),
        |_, multiple| &table[multiple],
    )
}

/// The sum of each lane.
pub(super) fn ladder<F: Field>(
    proof: F::Proof,
    table: &Table<F>,
    lines: &mut Lines,
    multipliers: &[Multipliers],
) -> Jacobian<F> {
    const { assert!(POINT_WINDOWS.div_ceil(POINT_WINDOWS_IN_ONE) == GENERATOR_WINDOWS) };
    let generator = &*generator::TABLES;
    F::vectorize(
        proof,
        #[inline(always)]
        || {
            lines.fill(proof, table);
            let multipliers = &multipliers[..F::LANES];
            let mut sum = Jacobian::infinity(table[0]);
            for window in (0..POINT_WINDOWS).rev() {
                if window + 1 != POINT_WINDOWS {
                    for _ in 0..POINT_WINDOW {
                        sum.double();
                    }
                }
                // One place in the code adds, whatever is added: instruction caches are small.
                let additions = match window % POINT_WINDOWS_IN_ONE {
                    0 => 4,
                    _ => 2,
                };
                for addition in 0..additions {
                    let half = addition % 2;
                    let choice = if addition < 2 {
                        choose_of_point::<F>(lines, multipliers, half, window)
                    } else {
                        let window = window / POINT_WINDOWS_IN_ONE;
                        choose_of_generator::<F>(&generator[half], multipliers, half, window)
                    };
                    let point = F::load(proof, |lane| choice.lines[lane]);
                    sum.add(proof, point, choice.negate, choice.skip);
                }
            }
            sum
        },
    )
}

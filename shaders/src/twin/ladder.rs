//! Twin of `ladder.wgsl`.

use super::{
    numbers::{Layout, difference},
    point::Jacobian,
    table::MULTIPLES,
};
use crate::layout::{FIRST_WINDOW, RecoverParams};
use num_bigint::BigUint;
use phalanx_kernels::curve::{GENERATOR_WINDOW, POINT_WINDOW};

/// Index of the column of `sum` that says that nothing is added yet.
const INFINITE: u32 = 24;

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(
    params: &RecoverParams,
    digits: &[u32],
    table: &[u32],
    generator: &[u32],
    sum: &mut [u32],
) {
    let layout = Layout::of_256_bits(params.stride);
    for row in 0..params.count {
        let infinite = (INFINITE * params.stride + row) as usize;
        let mut acc = (params.window_high != FIRST_WINDOW && sum[infinite] == 0).then(|| {
            let [x, y, z] = [0, 1, 2].map(|number| layout.load(sum, number, row));
            Jacobian { x, y, z }
        });
        for window in (params.window_low..=params.window_high).rev() {
            if let Some(acc) = acc.as_mut().filter(|_| window != FIRST_WINDOW) {
                for _ in 0..POINT_WINDOW {
                    *acc = acc.double();
                }
            }
            for (x, y) in points(params, digits, table, generator, window, row) {
                acc = Some(match acc {
                    None => Jacobian::affine(x, y),
                    Some(acc) => acc.add(&x, &y).0,
                });
            }
        }
        sum[infinite] = u32::from(acc.is_none());
        let acc = acc.unwrap_or_default();
        for (number, value) in (0..).zip([&acc.x, &acc.y, &acc.z]) {
            layout.store(sum, number, row, value);
        }
    }
}

/// The points to add in a window, in order; digits of zero add nothing.
fn points(
    params: &RecoverParams,
    digits: &[u32],
    table: &[u32],
    generator: &[u32],
    window: u32,
    row: u32,
) -> Vec<(BigUint, BigUint)> {
    let of_table = Layout::of_table(params.stride);
    // The point's windows in one of the generator.
    let in_one = GENERATOR_WINDOW / POINT_WINDOW;
    let mut points = Vec::new();
    for half in 0..2 {
        if let Some((multiple, negative)) = digit(params, digits, half, POINT_WINDOW, window, row) {
            // The multiples of λR have x in the third part of the table and the y of those of R.
            let x = of_table.load(table, 2 * MULTIPLES * half + multiple - 1, row);
            let y = of_table.load(table, MULTIPLES + multiple - 1, row);
            points.push((x, negate_if(negative, y)));
        }
    }
    for half in 0..2 {
        if !window.is_multiple_of(in_one) {
            break;
        }
        if let Some((multiple, negative)) = digit(
            params,
            digits,
            2 + half,
            GENERATOR_WINDOW,
            window / in_one,
            row,
        ) {
            let rows_of_table = (1 << (GENERATOR_WINDOW - 1)) + 1;
            let first = 16 * (half * rows_of_table + multiple) as usize;
            let coordinate = |at: usize| BigUint::from_slice(&generator[at..at + 8]);
            let y = negate_if(negative, coordinate(first + 8));
            points.push((coordinate(first), y));
        }
    }
    points
}

fn negate_if(negative: bool, y: BigUint) -> BigUint {
    match negative {
        true => difference(&BigUint::ZERO, &y),
        false => y,
    }
}

/// Absolute value and sign of a digit that is not zero.
fn digit(
    params: &RecoverParams,
    digits: &[u32],
    number: u32,
    width: u32,
    window: u32,
    row: u32,
) -> Option<(u32, bool)> {
    let layout = Layout::columns(5, params.stride);
    let shifted = layout.load(digits, number, row) >> (width * window);
    let raw = shifted.iter_u32_digits().next().unwrap_or(0) & ((1 << width) - 1);
    let half = 1 << (width - 1);
    (raw != half).then(|| (raw.abs_diff(half), raw < half))
}

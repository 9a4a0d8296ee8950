//! Twin of `affine.wgsl`.

use super::{
    numbers::{Layout, number, p},
    table::MULTIPLES,
};
use crate::layout::RecoverParams;
use phalanx_kernels::curve;

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(params: &RecoverParams, inverse: &[u32], table: &mut [u32]) {
    let layout = Layout::of_256_bits(params.stride);
    let of_table = Layout::of_table(params.stride);
    for row in 0..params.count {
        let mut z_inverse = layout.load(inverse, 0, row);
        for i in (0..MULTIPLES).rev() {
            let ratio = of_table.load(table, 2 * MULTIPLES + i, row);
            let square = &z_inverse * &z_inverse % p();
            let x = of_table.load(table, i, row) * &square % p();
            let y = of_table.load(table, MULTIPLES + i, row) * square * &z_inverse % p();
            of_table.store(table, i, row, &x);
            of_table.store(table, MULTIPLES + i, row, &y);
            let x_of_lambda = x * number(&curve::BETA) % p();
            of_table.store(table, 2 * MULTIPLES + i, row, &x_of_lambda);
            z_inverse = z_inverse * ratio % p();
        }
    }
}

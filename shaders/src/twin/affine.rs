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
    for row in 0..params.count {
        let mut z_inverse = layout.load(inverse, 0, row);
        for i in (0..MULTIPLES).rev() {
            let ratio = layout.load(table, 2 * MULTIPLES + i, row);
            let square = &z_inverse * &z_inverse % p();
            let x = layout.load(table, i, row) * &square % p();
            let y = layout.load(table, MULTIPLES + i, row) * square * &z_inverse % p();
            layout.store(table, i, row, &x);
            layout.store(table, MULTIPLES + i, row, &y);
            let x_of_lambda = x * number(&curve::BETA) % p();
            layout.store(table, 2 * MULTIPLES + i, row, &x_of_lambda);
            z_inverse = z_inverse * ratio % p();
        }
    }
}

//! Twin of `table.wgsl`.

use super::{numbers::Layout, point::Jacobian};
use crate::layout::RecoverParams;
use num_bigint::BigUint;

/// Multiples of R in the table: the absolute values of digits.
pub(super) const MULTIPLES: u32 = 1 << (phalanx_kernels::curve::POINT_WINDOW - 1);

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(params: &RecoverParams, point: &[u32], table: &mut [u32], sum: &mut [u32]) {
    let layout = Layout::of_256_bits(params.stride);
    let of_table = Layout::of_table(params.stride);
    for row in 0..params.count {
        let (x, y) = (layout.load(point, 0, row), layout.load(point, 1, row));
        let mut multiple = Jacobian::affine(x.clone(), y.clone());
        let mut ratio = BigUint::from(1u8);
        for i in 0..MULTIPLES {
            if i == 1 {
                (multiple, ratio) = (multiple.double(), y.clone());
            } else if i > 1 {
                (multiple, ratio) = multiple.add(&x, &y);
            }
            of_table.store(table, i, row, &multiple.x);
            of_table.store(table, MULTIPLES + i, row, &multiple.y);
            of_table.store(table, 2 * MULTIPLES + i, row, &ratio);
        }
        layout.store(sum, 2, row, &multiple.z);
    }
}

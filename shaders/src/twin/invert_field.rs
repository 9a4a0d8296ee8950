//! Twin of `invert_field.wgsl`.

use super::numbers::{Layout, p};
use crate::{Status, layout::RecoverParams};
use num_bigint::BigUint;

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(params: &RecoverParams, sum: &[u32], status: &mut [u32], inverse: &mut [u32]) {
    let layout = Layout::of_256_bits(params.stride);
    for row in 0..params.count {
        let z = layout.load(sum, 2, row);
        let z_inverse = z.modinv(&p()).unwrap_or_else(|| {
            let status = &mut status[row as usize];
            if *status == Status::Ok as u32 {
                *status = Status::Redo as u32;
            }
            BigUint::from(1u8)
        });
        layout.store(inverse, 0, row, &z_inverse);
    }
}

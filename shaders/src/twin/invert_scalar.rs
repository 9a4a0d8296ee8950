//! Twin of `invert_scalar.wgsl`.

use super::numbers::{Layout, n};
use crate::{
    Status,
    layout::{RecoverParams, SignatureRow},
};
use num_bigint::BigUint;

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says, or an r is zero whose status says otherwise.
pub fn run(params: &RecoverParams, rows: &[SignatureRow], status: &[u32], scalar: &mut [u32]) {
    let layout = Layout::of_256_bits(params.stride);
    for row in 0..params.count {
        let inverse = if status[row as usize] == Status::Ok as u32 {
            let r = BigUint::from_bytes_be(&rows[row as usize].r);
            r.modinv(&n()).expect("r is not zero")
        } else {
            BigUint::from(1u8)
        };
        layout.store(scalar, 0, row, &inverse);
    }
}

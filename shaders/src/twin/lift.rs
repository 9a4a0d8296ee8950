//! Twin of `lift.wgsl`.

use super::numbers::{Layout, n, number, p};
use crate::{
    Status,
    layout::{LOW_S, RecoverParams, SignatureRow},
};
use num_bigint::BigUint;
use phalanx_kernels::curve;

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(params: &RecoverParams, rows: &[SignatureRow], status: &mut [u32], point: &mut [u32]) {
    let layout = Layout::of_256_bits(params.stride);
    for row in 0..params.count {
        let (outcome, x, y) = match lift(&rows[row as usize]) {
            Ok((x, y)) => (Status::Ok, x, y),
            Err(status) => {
                let generator = [curve::GENERATOR_X, curve::GENERATOR_Y];
                let [x, y] = generator.map(|coordinate| number(&coordinate));
                (status, x, y)
            }
        };
        status[row as usize] = outcome as u32;
        layout.store(point, 0, row, &x);
        layout.store(point, 1, row, &y);
    }
}

/// R, or why there is none.
fn lift(row: &SignatureRow) -> Result<(BigUint, BigUint), Status> {
    let (r, s) = (
        BigUint::from_bytes_be(&row.r),
        BigUint::from_bytes_be(&row.s),
    );
    let in_range = |number: &BigUint| *number != BigUint::ZERO && *number < n();
    if row.flags & 0xff > 1 {
        return Err(Status::RecoveryId);
    }
    if !in_range(&r) {
        return Err(Status::ROutOfRange);
    }
    if !in_range(&s) {
        return Err(Status::SOutOfRange);
    }
    if row.flags & LOW_S != 0 && s > n() / 2u8 {
        return Err(Status::HighS);
    }
    let square = (&r * &r * &r + 7u8) % p();
    let root = square.modpow(&((p() + 1u8) / 4u8), &p());
    if &root * &root % p() != square {
        return Err(Status::NotOnCurve);
    }
    let odd = row.flags & 1 == 1;
    let y = if root.bit(0) == odd { root } else { p() - root };
    Ok((r, y))
}

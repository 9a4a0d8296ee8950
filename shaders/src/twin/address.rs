//! Twin of `address.wgsl`.

use super::numbers::{Layout, p};
use crate::{
    Status,
    layout::{RecoverParams, ResultRow},
};
use num_bigint::BigUint;
use sha3::{Digest, Keccak256};

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(
    params: &RecoverParams,
    sum: &[u32],
    inverse: &[u32],
    status: &[u32],
    results: &mut [ResultRow],
) {
    let layout = Layout::of_256_bits(params.stride);
    for row in 0..params.count {
        let mut address = [0; 20];
        let status = status[row as usize];
        if status == Status::Ok as u32 {
            let z_inverse = layout.load(inverse, 0, row);
            let x = layout.load(sum, 0, row) * z_inverse.pow(2) % p();
            let y = layout.load(sum, 1, row) * z_inverse.pow(3) % p();
            let hash = Keccak256::new()
                .chain_update(to_bytes(&x))
                .chain_update(to_bytes(&y))
                .finalize();
            address.copy_from_slice(&hash[12..]);
        }
        results[row as usize] = ResultRow { status, address };
    }
}

/// 32 big-endian bytes.
fn to_bytes(number: &BigUint) -> [u8; 32] {
    let bytes = number.to_bytes_be();
    let mut padded = [0; 32];
    padded[32 - bytes.len()..].copy_from_slice(&bytes);
    padded
}

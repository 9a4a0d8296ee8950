//! Twin of `scalars.wgsl`.

use super::numbers::{Layout, n, number};
use crate::layout::{RecoverParams, SignatureRow};
use num_bigint::BigUint;
use phalanx_kernels::curve;

/// Runs the stage on the buffers of its bindings.
///
/// # Panics
///
/// If a buffer is shorter than `params` says.
pub fn run(params: &RecoverParams, rows: &[SignatureRow], scalar: &[u32], digits: &mut [u32]) {
    let layout = Layout::of_256_bits(params.stride);
    let halves = Layout::columns(5, params.stride);
    for row in 0..params.count {
        let r_inverse = layout.load(scalar, 0, row);
        let SignatureRow { prehash, s, .. } = &rows[row as usize];
        let u1 = (n() - BigUint::from_bytes_be(prehash) * &r_inverse % n()) % n();
        let u2 = BigUint::from_bytes_be(s) * &r_inverse % n();
        for (half, value) in (0..).zip([split(&u2), cut(&u1)].concat()) {
            halves.store(digits, half, row, &value);
        }
    }
}

/// The nearest integers to the coordinates of (u2, 0) in the lattice's basis give u2 = k1 + k2·λ; both with their offset, which
/// is larger than they are if they are negative.
fn split(u2: &BigUint) -> [BigUint; 2] {
    let wide = |number: u128| BigUint::from(number);
    let nearest = |g: &curve::Words| (u2 * number(g) + (BigUint::from(1u8) << 383u32)) >> 384u32;
    let (c1, c2) = (nearest(&curve::G1), nearest(&curve::G2));
    let a2 = wide(curve::A2_LOW) + (BigUint::from(1u8) << 128u32);
    let offset = number(&curve::POINT_OFFSET);
    [
        u2 + &offset - &c1 * wide(curve::A1) - &c2 * a2,
        &offset + c1 * wide(curve::MINUS_B1) - c2 * wide(curve::A1),
    ]
}

/// u1 = l + h·2^128, both with their offset.
fn cut(u1: &BigUint) -> [BigUint; 2] {
    let high = u1 >> 128u32;
    let low = u1 - (&high << 128u32);
    [low, high].map(|half| half + number(&curve::GENERATOR_OFFSET))
}

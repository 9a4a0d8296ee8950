//! Scalars modulo the group's order r, cut in halves by the curve's endomorphism.
//!
//! (x, y) → (βx, y) multiplies a point by λ = 36u³ + 18u² + 6u + 1 (Gallant, Lambert, Vanstone, 2001). The pairs (a, b)
//! with a + b·λ = 0 modulo r are a lattice with the short basis (A, B), (B, -C) for A = 6u² + 4u + 1, B = 2u + 1 and
//! C = 6u² + 2u; its determinant is -r. A scalar's halves are (k, 0) less a nearby point of the lattice.

use super::{
    field::Fp,
    frobenius::U,
    limbs::{Words, mul, sub},
};

/// The order of the group, 36u⁴ + 36u³ + 18u² + 6u + 1.
pub(super) const R: Words = [
    0x43e1_f593_f000_0001,
    0x2833_e848_79b9_7091,
    0xb850_45b6_8181_585d,
    0x3064_4e72_e131_a029,
];

/// A cube root of one: the endomorphism's factor of x.
pub(super) const BETA: Fp = Fp::constant([
    0x5763_4731_77ff_fffe,
    0xd4f2_63f1_acdb_5c4f,
    0x59e2_6bce_a0d4_8bac,
    0,
]);

const A: u128 = C + 2 * U as u128 + 1;
const B: u128 = 2 * U as u128 + 1;
const C: u128 = 6 * U as u128 * U as u128 + 2 * U as u128;

/// ⌊2^256·C/r⌋ and ⌊2^256·B/r⌋.
pub(super) const C_OVER_R: Words = [
    0x7a7b_d9d4_391e_b18d,
    0x4cce_f014_a773_d2cf,
    0x0000_0000_0000_0002,
    0x0000_0000_0000_0000,
];
pub(super) const B_OVER_R: Words = [
    0xd91d_232e_c7e0_b3d7,
    0x0000_0000_0000_0002,
    0x0000_0000_0000_0000,
    0x0000_0000_0000_0000,
];

/// k1 and k2 with k = k1 + k2·λ modulo r, both below 2^127 in absolute value, of any number k.
pub(super) fn split(k: &Words) -> [i128; 2] {
    let k = reduced(*k);
    // (k, 0) is c1·(A, B) + c2·(B, -C) for c1 = k·C/r and c2 = k·B/r, here to the nearest integers or one below. All else
    // modulo 2^128, as the results are small.
    let (c1, c2) = (rounded_high(&k, &C_OVER_R), rounded_high(&k, &B_OVER_R));
    let low = u128::from(k[0]) | u128::from(k[1]) << 64;
    let k1 = low
        .wrapping_sub(c1.wrapping_mul(A))
        .wrapping_sub(c2.wrapping_mul(B));
    let k2 = c2.wrapping_mul(C).wrapping_sub(c1.wrapping_mul(B));
    [k1 as i128, k2 as i128]
}

/// k modulo r: 2^256 is below 6r.
fn reduced(mut k: Words) -> Words {
    loop {
        match sub(&k, &R) {
            (_, true) => return k,
            (less, false) => k = less,
        }
    }
}

/// a·b/2^256 to the nearest integer, where that is below 2^128.
fn rounded_high(a: &Words, b: &Words) -> u128 {
    let product = mul(a, b);
    let high = u128::from(product[4]) | u128::from(product[5]) << 64;
    high + u128::from(product[3] >> 63)
}

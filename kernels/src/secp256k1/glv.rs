//! Scalars cut into digits for the ladder.
//!
//! The curve has the endomorphism (x, y) → (βx, y), which multiplies a point by λ (Gallant, Lambert, Vanstone). A scalar k
//! is k1 + k2·λ with both halves below 2^128 in absolute value: (k, 0) less the nearest point of the lattice of all
//! (a, b) with a + b·λ = 0 modulo n, of which (a1, b1) and (a2, b2) are a short basis.
//!
//! Digits are signed and of fixed width w, from -2^(w-1) to 2^(w-1) - 1: with the offset Σ 2^(w-1)·2^(wi) added, they are
//! the plain base 2^w digits less 2^(w-1) each. [`Digits`] holds the number with its offset.

use super::words::{Words, mul};

/// Bits of a window of the halves of u2, and how many there are: 26·5 bits hold a half and its offset, as
/// 2^128 + 16·(2^130 - 1)/31 < 2^130.
pub(super) const POINT_WINDOW: u32 = 5;
pub(super) const POINT_WINDOWS: u32 = 26;

/// Bits of a window of the halves of u1, and how many there are: 9·15 bits hold a half and its offset. Three windows of
/// the point are one of the generator.
pub(super) const GENERATOR_WINDOW: u32 = 15;
pub(super) const GENERATOR_WINDOWS: u32 = 9;

/// β and λ: cube roots of one modulo p and modulo n that belong together.
pub(super) const BETA: Words = [
    0xc139_6c28_7195_01ee,
    0x9cf0_4975_12f5_8995,
    0x6e64_479e_ac34_34e9,
    0x7ae9_6a2b_657c_0710,
];
#[cfg(any(test, fuzzing))]
pub(super) const LAMBDA: Words = [
    0xdf02_967c_1b23_bd72,
    0x122e_22ea_2081_6678,
    0xa526_1c02_8812_645a,
    0x5363_ad4c_c05c_30e0,
];

/// The nearest integers to 2^384·b2/n and to -2^384·b1/n.
const G1: Words = [
    0xe893_209a_45db_b031,
    0x3daa_8a14_71e8_ca7f,
    0xe86c_90e4_9284_eb15,
    0x3086_d221_a7d4_6bcd,
];
const G2: Words = [
    0x1571_b4ae_8ac4_7f71,
    0x2212_08ac_9df5_06c6,
    0x6f54_7fa9_0abf_e4c4,
    0xe443_7ed6_010e_8828,
];

/// a1 = b2, -b1 and a2.
const A1: u128 = 0x3086_d221_a7d4_6bcd_e86c_90e4_9284_eb15;
const MINUS_B1: u128 = 0xe443_7ed6_010e_8828_6f54_7fa9_0abf_e4c3;
/// a2 without its bit 128.
const A2_LOW: u128 = 0x14ca_50f7_a8e2_f3f6_57c1_108d_9d44_cfd8;

/// A number with the offset of its width, in little-endian bytes: 24 of the number, and zeros for reads beyond.
pub(super) type Digits = [u8; 32];

const POINT_OFFSET: [u64; 3] = offset(POINT_WINDOW, POINT_WINDOWS);
const GENERATOR_OFFSET: [u64; 3] = offset(GENERATOR_WINDOW, GENERATOR_WINDOWS);

const fn offset(width: u32, count: u32) -> [u64; 3] {
    let mut words = [0; 3];
    let mut i = 0;
    while i < count {
        let bit = width * i + width - 1;
        words[(bit / 64) as usize] |= 1 << (bit % 64);
        i += 1;
    }
    words
}

/// Digit `i` of width `width`, plus 2^(width-1).
#[inline(always)]
pub(super) fn raw_digit(digits: &Digits, width: u32, i: u32) -> u32 {
    let bit = width * i;
    let first = (bit / 8) as usize;
    let bytes = [
        digits[first],
        digits[first + 1],
        digits[first + 2],
        digits[first + 3],
    ];
    (u32::from_le_bytes(bytes) >> (bit % 8)) & ((1 << width) - 1)
}

/// The digits of the halves k1 and k2 of a reduced scalar k = k1 + k2·λ.
#[inline]
pub(super) fn split_point_scalar(k: &Words) -> [Digits; 2] {
    // (c1, c2) are the coordinates of (k, 0) in the basis, to the nearest integers.
    let (c1, c2) = (rounded_high(k, &G1), rounded_high(k, &G2));
    // All of the rest modulo 2^192: the results are small. k2 = c1·(-b1) - c2·b2, k1 = k - c1·a1 - c2·a2.
    let low = [k[0], k[1], k[2]];
    let k1 = sub3(&sub3(&low, &mul3(c1, A1)), &mul3(c2, A2_LOW));
    let k1 = [k1[0], k1[1], k1[2].wrapping_sub(c2 as u64)];
    let k2 = sub3(&mul3(c1, MINUS_B1), &mul3(c2, A1));
    [
        with_offset(&k1, &POINT_OFFSET),
        with_offset(&k2, &POINT_OFFSET),
    ]
}

/// The digits of the halves l and h of k = l + h·2^128.
#[inline]
pub(super) fn split_generator_scalar(k: &Words) -> [Digits; 2] {
    [
        with_offset(&[k[0], k[1], 0], &GENERATOR_OFFSET),
        with_offset(&[k[2], k[3], 0], &GENERATOR_OFFSET),
    ]
}

/// a·b/2^384 to the nearest integer.
#[inline]
fn rounded_high(a: &Words, b: &Words) -> u128 {
    let product = mul(a, b);
    let high = u128::from(product[6]) | u128::from(product[7]) << 64;
    high + u128::from(product[5] >> 63)
}

/// a·b modulo 2^192.
#[inline]
fn mul3(a: u128, b: u128) -> [u64; 3] {
    let (a0, a1) = (a as u64, (a >> 64) as u64);
    let (b0, b1) = (b as u64, (b >> 64) as u64);
    let wide = |x: u64, y: u64| u128::from(x) * u128::from(y);
    let low = wide(a0, b0);
    let middle = (low >> 64) + u128::from(wide(a0, b1) as u64) + u128::from(wide(a1, b0) as u64);
    let high = (wide(a0, b1) >> 64) as u64;
    let high = high.wrapping_add((wide(a1, b0) >> 64) as u64);
    let high = high.wrapping_add((middle >> 64) as u64);
    [
        low as u64,
        middle as u64,
        high.wrapping_add(a1.wrapping_mul(b1)),
    ]
}

#[inline]
fn sub3(a: &[u64; 3], b: &[u64; 3]) -> [u64; 3] {
    let mut difference = [0; 3];
    let mut borrow = false;
    for i in 0..3 {
        (difference[i], borrow) = a[i].borrowing_sub(b[i], borrow);
    }
    difference
}

#[inline]
fn with_offset(a: &[u64; 3], offset: &[u64; 3]) -> Digits {
    let mut digits = [0; 32];
    let mut carry = false;
    for i in 0..3 {
        let (sum, carried) = a[i].carrying_add(offset[i], carry);
        digits[8 * i..][..8].copy_from_slice(&sum.to_le_bytes());
        carry = carried;
    }
    digits
}

#[cfg(test)]
mod tests;

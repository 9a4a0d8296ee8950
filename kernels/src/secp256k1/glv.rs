//! Scalars cut into digits for the ladder.
//!
//! The curve has the endomorphism (x, y) → (βx, y), which multiplies a point by λ (Gallant, Lambert, Vanstone). A scalar k
//! is k1 + k2·λ with both halves below 2^128 in absolute value: (k, 0) less the nearest point of the lattice of all
//! (a, b) with a + b·λ = 0 modulo n, of which (a1, b1) and (a2, b2) are a short basis.
//!
//! Digits are signed and of fixed width w, from -2^(w-1) to 2^(w-1) - 1: with the offset Σ 2^(w-1)·2^(wi) added, they are
//! the plain base 2^w digits less 2^(w-1) each. [`Digits`] holds the number with its offset.

use super::{
    curve::{A1, A2_LOW, G1, G2, GENERATOR_OFFSET, MINUS_B1, POINT_OFFSET},
    words::{Words, mul},
};

#[cfg(any(test, fuzzing))]
pub(super) use super::curve::LAMBDA;
pub(super) use super::curve::{
    BETA, GENERATOR_WINDOW, GENERATOR_WINDOWS, POINT_WINDOW, POINT_WINDOWS,
};

/// A number with the offset of its width, in little-endian bytes: 24 of the number, and zeros for reads beyond.
pub(super) type Digits = [u8; 32];

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

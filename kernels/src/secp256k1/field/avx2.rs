//! Four lanes of five limbs in double precision, by AVX2 and FMA (`product`).
//!
//! Limbs have 51 bits and the last 52, 256 in all. So the upper half of a product stands at 2^255, while it is 2^256 that
//! is small modulo p: a product is computed twice over, and a lane that stands for x holds x/2. Twice (x/2)·(y/2) is
//! (x·y)/2, so nothing but loads, stores and the parity see it.
//!
//! A factor has limbs within ±2^51, so that a product of two is at most 2^102, as `product` wants it. (Made from sums:
//! within ±(2^50 + 2^46), but for the last.) A unit is 3·2^56 a limb, and twice
//! that in the last; a product has at least 0. The terms of sums are positive but for differences, and a multiple of p
//! makes those positive again: 16 units are below 2^62 (2^63 in the last), and all below 2^64.
//!
//! The canonical form of x/2 is the representative in [-(p-1)/2, (p-1)/2]: x is odd just where that is negative.
#![allow(unsafe_code)]

mod product;
mod rows;

use self::{
    product::*,
    rows::{HALF_FOLD, from_words, to_words, transpose},
};
use super::{Field, Packed, Words};
use crate::lanes::avx2::Avx2 as Avx2Proof;
use std::{
    arch::x86_64::*,
    ops::{Add, Sub},
};

/// Four elements. Only made from an [`Avx2Proof`] or from another: whoever holds one may run the instructions.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Avx2([__m256d; 5]);

/// Limbs of sums as integers, signed modulo 2^64; made from elements only.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Sum([__m256i; 5]);

/// 2^11·p, at least 16 units.
const BIAS: [u64; 5] = [P[0] << 11, P[1] << 11, P[2] << 11, P[3] << 11, P[4] << 11];

impl Add for Sum {
    type Output = Self;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([
            add(a[0], b[0]),
            add(a[1], b[1]),
            add(a[2], b[2]),
            add(a[3], b[3]),
            add(a[4], b[4]),
        ])
    }
}

impl Sub for Sum {
    type Output = Self;
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn sub(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([
            sub(a[0], b[0]),
            sub(a[1], b[1]),
            sub(a[2], b[2]),
            sub(a[3], b[3]),
            sub(a[4], b[4]),
        ])
    }
}

/// The factor that limbs below 2^64 make which hold half a digit too much. `excess` is what arrives beyond the last limb
/// and doesn't count. Each limb carries once, so that none waits for another but the last, which has no room to spare.
#[cfg_attr(not(debug_assertions), inline(always))]
fn digits(a: [__m256i; 5], excess: f64) -> Avx2 {
    let last = add(a[4], right::<51>(a[3]));
    let beyond = to_double(right::<52>(last), excess);
    let first = to_double(and(a[0], word(LIMB)), TWO_50);
    Avx2([
        fma(beyond, double(FOLD), first),
        to_double(digit(a[1], a[0]), TWO_50),
        to_double(digit(a[2], a[1]), TWO_50),
        to_double(digit(a[3], a[2]), TWO_50),
        to_double(and(last, word(TOP_LIMB)), TWO_51),
    ])
}

/// Limbs in [0, 2^51), carried; what is beyond the last limb stays there.
#[cfg_attr(not(debug_assertions), inline(always))]
fn carry(a: [__m256i; 5]) -> [__m256i; 5] {
    let limb = word(LIMB);
    let a1 = add(a[1], right::<51>(a[0]));
    let a2 = add(a[2], right::<51>(a1));
    let a3 = add(a[3], right::<51>(a2));
    let a4 = add(a[4], right::<51>(a3));
    [
        and(a[0], limb),
        and(a1, limb),
        and(a2, limb),
        and(a3, limb),
        a4,
    ]
}

/// [`carry`], with what is beyond 2^256 folded into the first limb.
#[cfg_attr(not(debug_assertions), inline(always))]
fn carry_and_fold(a: [__m256i; 5]) -> [__m256i; 5] {
    let a = carry(a);
    let beyond = right::<52>(a[4]);
    let small = vector!(_mm256_mul_epu32(beyond, word(977)));
    [
        add(a[0], add(left::<32>(beyond), small)),
        a[1],
        a[2],
        a[3],
        and(a[4], word(TOP_LIMB)),
    ]
}

/// All ones in the lanes of a set.
#[cfg_attr(not(debug_assertions), inline(always))]
fn lanes(mask: u32) -> __m256i {
    let bit = vector!(_mm256_setr_epi64x(1, 2, 4, 8));
    vector!(_mm256_cmpeq_epi64(and(word(u64::from(mask)), bit), bit))
}

#[target_feature(enable = "avx2,bmi1,bmi2,fma")]
fn with_features<R>(f: impl FnOnce() -> R) -> R {
    f()
}

impl Field for Avx2 {
    type Proof = Avx2Proof;
    type Sum = Sum;

    const LANES: usize = 4;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn vectorize<R>(_: Avx2Proof, f: impl FnOnce() -> R) -> R {
        // SAFETY: the proof shows that the machine has the features.
        unsafe { with_features(f) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn splat(_: Avx2Proof, w: &Words) -> Self {
        from_words([word(w[0]), word(w[1]), word(w[2]), word(w[3])])
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn load<'a>(_: Avx2Proof, at: impl Fn(usize) -> &'a Packed) -> (Self, Self) {
        let (mut x, mut y) = ([word(0); 4], [word(0); 4]);
        for lane in 0..4 {
            let point = at(lane);
            let (px, py): (*const Words, *const Words) = (&point.x, &point.y);
            // SAFETY: the proof shows that the machine has the feature; four words are 32 readable bytes.
            unsafe {
                x[lane] = _mm256_loadu_si256(px.cast());
                y[lane] = _mm256_loadu_si256(py.cast());
            }
        }
        (from_words(transpose(x)), from_words(transpose(y)))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn store(x: Self, y: Self, out: &mut [Packed]) {
        let (x, y) = (transpose(to_words(x)), transpose(to_words(y)));
        let out = &mut out[..4];
        for lane in 0..4 {
            let (px, py): (*mut Words, *mut Words) = (&mut out[lane].x, &mut out[lane].y);
            // SAFETY: the operands show that the machine has the feature; four words are 32 writable bytes.
            unsafe {
                _mm256_storeu_si256(px.cast(), x[lane]);
                _mm256_storeu_si256(py.cast(), y[lane]);
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn mul(self, other: Self) -> Sum {
        Sum(multiply(Form::Sum, self.0, other.0))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn square(self) -> Sum {
        Sum(square(Form::Sum, self.0))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn times(self, other: Self) -> Self {
        digits(multiply(Form::Digits, self.0, other.0), DIGITS_EXCESS)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn squared(self) -> Self {
        digits(square(Form::Digits, self.0), DIGITS_EXCESS)
    }

    /// With p, which makes every limb positive.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn sum(self) -> Sum {
        let Self(a) = self;
        let integer = |a, p: u64| {
            let pattern = bits(add_double(a, double(MIDDLE)));
            add(pattern, word(p.wrapping_sub(MIDDLE_BITS)))
        };
        Sum([
            integer(a[0], P[0]),
            integer(a[1], P[1]),
            integer(a[2], P[2]),
            integer(a[3], P[3]),
            integer(a[4], P[4]),
        ])
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn twice(sum: Sum) -> Sum {
        sum + sum
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn negate_if(Sum(mut a): Sum, mask: u32) -> Sum {
        let sign = lanes(mask);
        for limb in &mut a {
            *limb = sub(vector!(_mm256_xor_si256(*limb, sign)), sign);
        }
        Sum(a)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn factor(Sum(a): Sum) -> Self {
        digits(
            [
                add(a[0], word(1 << 50)),
                add(a[1], word(1 << 50)),
                add(a[2], word(1 << 50)),
                add(a[3], word(1 << 50)),
                add(a[4], word(1 << 51)),
            ],
            0.0,
        )
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn factor_signed(Sum(a): Sum) -> Self {
        digits(
            [
                add(a[0], word(BIAS[0] + (1 << 50))),
                add(a[1], word(BIAS[1] + (1 << 50))),
                add(a[2], word(BIAS[2] + (1 << 50))),
                add(a[3], word(BIAS[3] + (1 << 50))),
                add(a[4], word(BIAS[4] + (1 << 51))),
            ],
            0.0,
        )
    }

    /// Zero is 0, as the last limb leaves no room for a multiple of p; and then the first limb is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn perhaps_zeros(self) -> u32 {
        let zero = vector!(_mm256_cmpeq_epi64(bits(self.0[0]), word(0)));
        vector!(_mm256_movemask_pd(of_bits(zero))) as u32
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn canonical(self) -> Self {
        // Below 2^256 + 2^34, then below 2^256 or small.
        let a = carry(carry_and_fold(carry_and_fold(self.sum().0)));
        // What is above (p-1)/2 = 2^255 - HALF_FOLD is taken p from, by adding 2^256 - p and taking 2^256.
        let compared = carry([add(a[0], word(HALF_FOLD - 1)), a[1], a[2], a[3], a[4]]);
        let above = vector!(_mm256_cmpgt_epi64(compared[4], word(LIMB)));
        let a = carry([
            add(a[0], and(above, word(0x1_0000_03d1))),
            a[1],
            a[2],
            a[3],
            a[4],
        ]);
        let top = sub(a[4], and(above, word(1 << 52)));
        let top = of_bits(add(top, word(MIDDLE_BITS)));
        Self([
            to_double(a[0], 0.0),
            to_double(a[1], 0.0),
            to_double(a[2], 0.0),
            to_double(a[3], 0.0),
            sub_double(top, double(MIDDLE)),
        ])
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn zeros(self) -> u32 {
        let a = self.0.map(bits);
        let any = or(or(or(a[0], a[1]), or(a[2], a[3])), a[4]);
        let zero = vector!(_mm256_cmpeq_epi64(any, word(0)));
        vector!(_mm256_movemask_pd(of_bits(zero))) as u32
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn odd(self) -> u32 {
        vector!(_mm256_movemask_pd(self.0[4])) as u32
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn select(mask: u32, on: Self, off: Self) -> Self {
        let mask = of_bits(lanes(mask));
        let (a, b) = (off.0, on.0);
        Self([
            vector!(_mm256_blendv_pd(a[0], b[0], mask)),
            vector!(_mm256_blendv_pd(a[1], b[1], mask)),
            vector!(_mm256_blendv_pd(a[2], b[2], mask)),
            vector!(_mm256_blendv_pd(a[3], b[3], mask)),
            vector!(_mm256_blendv_pd(a[4], b[4], mask)),
        ])
    }
}

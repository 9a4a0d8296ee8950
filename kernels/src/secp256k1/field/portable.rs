//! One lane of five 52-bit limbs in 64-bit words, products of 128 bits. For any processor.
//!
//! A unit is 1.01·2^52 a limb, and 1.01·2^48 in the last: what a product leaves. Sums are words modulo 2^64 that stand
//! for signed limbs; a bias, a multiple of p, makes them positive again: 4 units for a factor, so a factor has at most 9.
//! Products of at most 40 square units make columns below 5·41·2^104 < 2^112, and the carry that folds back last is
//! below 2^64.

use super::{Field, Packed, Words};
use std::ops::{Add, Sub};

const MASK: u64 = (1 << 52) - 1;
const TOP_MASK: u64 = (1 << 48) - 1;
/// 2^256 and 2^260 modulo p.
const FOLD_256: u64 = 0x1_0000_03d1;
const FOLD_260: u64 = FOLD_256 << 4;

/// An element. The limbs are those of a factor.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Portable([u64; 5]);

/// Signed limbs modulo 2^64.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Sum([u64; 5]);

impl Add for Sum {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([
            a[0].wrapping_add(b[0]),
            a[1].wrapping_add(b[1]),
            a[2].wrapping_add(b[2]),
            a[3].wrapping_add(b[3]),
            a[4].wrapping_add(b[4]),
        ])
    }
}

impl Sub for Sum {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([
            a[0].wrapping_sub(b[0]),
            a[1].wrapping_sub(b[1]),
            a[2].wrapping_sub(b[2]),
            a[3].wrapping_sub(b[3]),
            a[4].wrapping_sub(b[4]),
        ])
    }
}

/// `multiple`·p, limb by limb.
const fn bias(multiple: u64) -> Sum {
    Sum([
        multiple * 0xf_fffe_ffff_fc2f,
        multiple * MASK,
        multiple * MASK,
        multiple * MASK,
        multiple * TOP_MASK,
    ])
}

/// At least 3 units in every limb.
const SMALL_BIAS: Sum = bias(4);
/// At least 16 units in every limb.
const LARGE_BIAS: Sum = bias(32);

#[inline(always)]
fn wide(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

/// Folds nine columns of 2^52 into a product. Each is an expression that is evaluated where it is added, so that two sums
/// of 128 bits are alive at a time and not nine.
macro_rules! reduce {
    ($c0:expr, $c1:expr, $c2:expr, $c3:expr, $c4:expr, $c5:expr, $c6:expr, $c7:expr, $c8:expr $(,)?) => {{
        // The carry up the upper columns, and the one up the lower columns with what is folded into them.
        let upper = $c5;
        let lower = $c0 + wide(upper as u64 & MASK, FOLD_260);
        let r0 = lower as u64 & MASK;
        let upper = (upper >> 52) + $c6;
        let lower = (lower >> 52) + $c1 + wide(upper as u64 & MASK, FOLD_260);
        let r1 = lower as u64 & MASK;
        let upper = (upper >> 52) + $c7;
        let lower = (lower >> 52) + $c2 + wide(upper as u64 & MASK, FOLD_260);
        let r2 = lower as u64 & MASK;
        let upper = (upper >> 52) + $c8;
        let lower = (lower >> 52) + $c3 + wide(upper as u64 & MASK, FOLD_260);
        let r3 = lower as u64 & MASK;
        debug_assert!(upper >> 116 == 0);
        let lower = (lower >> 52) + $c4 + wide((upper >> 52) as u64, FOLD_260);
        debug_assert!(lower >> 112 == 0);
        let r4 = lower as u64 & TOP_MASK;
        let lower = u128::from(r0) + wide((lower >> 48) as u64, FOLD_256);
        Sum([
            lower as u64 & MASK,
            r1 + (lower >> 52) as u64,
            r2,
            r3,
            r4,
        ])
    }};
}

/// Carries positive limbs into a value below 2^256 + 2^220.
#[inline(always)]
fn carry(mut a: [u64; 5]) -> [u64; 5] {
    debug_assert!(a.iter().all(|limb| limb >> 62 == 0), "{a:x?}");
    a[0] += (a[4] >> 48) * FOLD_256;
    a[4] &= TOP_MASK;
    for i in 0..4 {
        a[i + 1] += a[i] >> 52;
        a[i] &= MASK;
    }
    a
}

impl Field for Portable {
    type Proof = ();
    type Sum = Sum;

    const LANES: usize = 1;

    #[inline(always)]
    fn vectorize<R>((): (), f: impl FnOnce() -> R) -> R {
        f()
    }

    #[inline(always)]
    fn splat((): (), w: &Words) -> Self {
        Self([
            w[0] & MASK,
            (w[0] >> 52 | w[1] << 12) & MASK,
            (w[1] >> 40 | w[2] << 24) & MASK,
            (w[2] >> 28 | w[3] << 36) & MASK,
            w[3] >> 16,
        ])
    }

    #[inline(always)]
    fn load<'a>((): (), at: impl Fn(usize) -> &'a Packed) -> (Self, Self) {
        let point = at(0);
        (Self::splat((), &point.x), Self::splat((), &point.y))
    }

    #[inline(always)]
    fn store(x: Self, y: Self, out: &mut [Packed]) {
        out[0] = Packed {
            x: x.to_words(),
            y: y.to_words(),
        };
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Sum {
        let (a, b) = (self.0, other.0);
        reduce!(
            wide(a[0], b[0]),
            wide(a[0], b[1]) + wide(a[1], b[0]),
            wide(a[0], b[2]) + wide(a[1], b[1]) + wide(a[2], b[0]),
            wide(a[0], b[3]) + wide(a[1], b[2]) + wide(a[2], b[1]) + wide(a[3], b[0]),
            wide(a[0], b[4])
                + wide(a[1], b[3])
                + wide(a[2], b[2])
                + wide(a[3], b[1])
                + wide(a[4], b[0]),
            wide(a[1], b[4]) + wide(a[2], b[3]) + wide(a[3], b[2]) + wide(a[4], b[1]),
            wide(a[2], b[4]) + wide(a[3], b[3]) + wide(a[4], b[2]),
            wide(a[3], b[4]) + wide(a[4], b[3]),
            wide(a[4], b[4]),
        )
    }

    #[inline(always)]
    fn square(self) -> Sum {
        let a = self.0;
        let (a0, a1, a2, a3) = (2 * a[0], 2 * a[1], 2 * a[2], 2 * a[3]);
        reduce!(
            wide(a[0], a[0]),
            wide(a0, a[1]),
            wide(a0, a[2]) + wide(a[1], a[1]),
            wide(a0, a[3]) + wide(a1, a[2]),
            wide(a0, a[4]) + wide(a1, a[3]) + wide(a[2], a[2]),
            wide(a1, a[4]) + wide(a2, a[3]),
            wide(a2, a[4]) + wide(a[3], a[3]),
            wide(a3, a[4]),
            wide(a[4], a[4]),
        )
    }

    #[inline(always)]
    fn sum(self) -> Sum {
        Sum(self.0)
    }

    #[inline(always)]
    fn twice(sum: Sum) -> Sum {
        sum + sum
    }

    #[inline(always)]
    fn negate_if(sum: Sum, mask: u32) -> Sum {
        let sign = u64::from(mask & 1).wrapping_neg();
        let Sum(a) = sum;
        Sum([
            a[0] ^ sign,
            a[1] ^ sign,
            a[2] ^ sign,
            a[3] ^ sign,
            a[4] ^ sign,
        ]) - Sum([sign; 5])
    }

    #[inline(always)]
    fn factor(sum: Sum) -> Self {
        debug_assert!(sum.0.iter().all(|limb| limb >> 56 == 0));
        Self(sum.0)
    }

    #[inline(always)]
    fn factor_signed(sum: Sum) -> Self {
        Self::factor(sum + SMALL_BIAS)
    }

    #[inline(always)]
    fn tight_signed(sum: Sum) -> Self {
        Self(carry((sum + LARGE_BIAS).0))
    }

    #[inline(always)]
    fn canonical(self) -> Self {
        // The first carry brings the value below 2^256 + 2^220, the second below 2^256 or to a small number.
        let a = carry(carry(self.0));
        // a ≥ p if a + 2^256 - p reaches 2^256: then that, less 2^256, is a - p.
        let mut less = a;
        less[0] += FOLD_256;
        for i in 0..4 {
            less[i + 1] += less[i] >> 52;
            less[i] &= MASK;
        }
        let reached = less[4] >> 48 != 0;
        less[4] &= TOP_MASK;
        Self(if reached { less } else { a })
    }

    #[inline(always)]
    fn zeros(self) -> u32 {
        u32::from(self.0 == [0; 5])
    }

    #[inline(always)]
    fn odd(self) -> u32 {
        (self.0[0] & 1) as u32
    }

    #[inline(always)]
    fn select(mask: u32, on: Self, off: Self) -> Self {
        if mask & 1 == 1 { on } else { off }
    }
}

impl Portable {
    /// The words of a canonical value.
    #[inline(always)]
    pub(in crate::secp256k1) fn to_words(self) -> Words {
        let Self(a) = self;
        [
            a[0] | a[1] << 52,
            a[1] >> 12 | a[2] << 40,
            a[2] >> 24 | a[3] << 28,
            a[3] >> 36 | a[4] << 16,
        ]
    }
}

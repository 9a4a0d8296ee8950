//! One lane of four 64-bit words, products of 128 bits. For any processor.
//!
//! A factor is any number below 2^256. A product keeps what its upper half leaves beyond 2^256 in a fifth word: a unit is
//! 2^289. Sums are numbers of five words in two's complement; a multiple of p above 16 units makes them positive again,
//! and then the fifth word is below 2^40.

use super::{super::words::P, Field, Packed, Words};
use std::ops::{Add, Sub};

/// 2^256 modulo p.
const FOLD: u64 = 0x1_0000_03d1;
/// 2^38·p, more than 16 units.
const BIAS: Sum = Sum([
    FOLD.wrapping_neg() << 38,
    u64::MAX - (FOLD >> 26),
    u64::MAX,
    u64::MAX,
    (1 << 38) - 1,
]);

/// An element: any of its representatives below 2^256.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Portable(Words);

/// Two's complement, lowest word first.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Sum([u64; 5]);

impl Add for Sum {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(add_five(self.0, other.0))
    }
}

impl Sub for Sum {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        let (r0, c) = a[0].borrowing_sub(b[0], false);
        let (r1, c) = a[1].borrowing_sub(b[1], c);
        let (r2, c) = a[2].borrowing_sub(b[2], c);
        let (r3, c) = a[3].borrowing_sub(b[3], c);
        let (r4, _) = a[4].borrowing_sub(b[4], c);
        Self([r0, r1, r2, r3, r4])
    }
}

#[inline(always)]
fn add_five(a: [u64; 5], b: [u64; 5]) -> [u64; 5] {
    let (r0, c) = a[0].carrying_add(b[0], false);
    let (r1, c) = a[1].carrying_add(b[1], c);
    let (r2, c) = a[2].carrying_add(b[2], c);
    let (r3, c) = a[3].carrying_add(b[3], c);
    let (r4, _) = a[4].carrying_add(b[4], c);
    [r0, r1, r2, r3, r4]
}

#[inline(always)]
fn wide(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    (product as u64, (product >> 64) as u64)
}

/// A number of four words times one word.
#[inline(always)]
fn row(a: Words, b: u64) -> [u64; 5] {
    let (l0, h0) = wide(a[0], b);
    let (l1, h1) = wide(a[1], b);
    let (l2, h2) = wide(a[2], b);
    let (l3, h3) = wide(a[3], b);
    let (r1, c) = l1.carrying_add(h0, false);
    let (r2, c) = l2.carrying_add(h1, c);
    let (r3, c) = l3.carrying_add(h2, c);
    [l0, r1, r2, r3, h3 + u64::from(c)]
}

/// The product of two factors, or its square, with the upper half folded once.
#[inline(always)]
fn fold(p: [u64; 8]) -> Sum {
    let upper = row([p[4], p[5], p[6], p[7]], FOLD);
    Sum(add_five(upper, [p[0], p[1], p[2], p[3], 0]))
}

/// Folds the fifth word, below 2^40, into the others.
#[inline(always)]
fn fold_fifth(Sum(a): Sum) -> Portable {
    debug_assert!(a[4] >> 40 == 0, "{a:x?}");
    let (low, high) = wide(a[4], FOLD);
    let (r0, c) = a[0].carrying_add(low, false);
    let (r1, c) = a[1].carrying_add(high, c);
    let (r2, c) = a[2].carrying_add(0, c);
    let (r3, c) = a[3].carrying_add(0, c);
    // Whatever wraps around is below 2^73, so that what folds again stays in the two lower words.
    let (r0, c) = r0.carrying_add(if c { FOLD } else { 0 }, false);
    Portable([r0, r1 + u64::from(c), r2, r3])
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
    fn splat((): (), words: &Words) -> Self {
        Self(*words)
    }

    #[inline(always)]
    fn load<'a>((): (), at: impl Fn(usize) -> &'a Packed) -> (Self, Self) {
        let point = at(0);
        (Self(point.x), Self(point.y))
    }

    #[inline(always)]
    fn store(x: Self, y: Self, out: &mut [Packed]) {
        out[0] = Packed { x: x.0, y: y.0 };
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Sum {
        let (a, b) = (self.0, other.0);
        let [p0, t1, t2, t3, t4] = row(a, b[0]);
        let [p1, t2, t3, t4, t5] = add_five(row(a, b[1]), [t1, t2, t3, t4, 0]);
        let [p2, t3, t4, t5, t6] = add_five(row(a, b[2]), [t2, t3, t4, t5, 0]);
        let [p3, p4, p5, p6, p7] = add_five(row(a, b[3]), [t3, t4, t5, t6, 0]);
        fold([p0, p1, p2, p3, p4, p5, p6, p7])
    }

    #[inline(always)]
    fn square(self) -> Sum {
        let a = self.0;
        // Products of different words, which count twice.
        let (c1, h01) = wide(a[0], a[1]);
        let (l02, h02) = wide(a[0], a[2]);
        let (l03, h03) = wide(a[0], a[3]);
        let (l12, h12) = wide(a[1], a[2]);
        let (l13, h13) = wide(a[1], a[3]);
        let (l23, h23) = wide(a[2], a[3]);
        let (c2, c) = l02.carrying_add(h01, false);
        let (c3, c) = l03.carrying_add(h02, c);
        let (c4, c) = l13.carrying_add(h03, c);
        let (c5, c) = l23.carrying_add(h13, c);
        let c6 = h23 + u64::from(c);
        let (c3, c) = c3.carrying_add(l12, false);
        let (c4, c) = c4.carrying_add(h12, c);
        let (c5, c) = c5.carrying_add(0, c);
        let c6 = c6 + u64::from(c);
        let (c1, c) = c1.carrying_add(c1, false);
        let (c2, c) = c2.carrying_add(c2, c);
        let (c3, c) = c3.carrying_add(c3, c);
        let (c4, c) = c4.carrying_add(c4, c);
        let (c5, c) = c5.carrying_add(c5, c);
        let (c6, c) = c6.carrying_add(c6, c);
        let c7 = u64::from(c);
        let (p0, h0) = wide(a[0], a[0]);
        let (l1, h1) = wide(a[1], a[1]);
        let (l2, h2) = wide(a[2], a[2]);
        let (l3, h3) = wide(a[3], a[3]);
        let (p1, c) = c1.carrying_add(h0, false);
        let (p2, c) = c2.carrying_add(l1, c);
        let (p3, c) = c3.carrying_add(h1, c);
        let (p4, c) = c4.carrying_add(l2, c);
        let (p5, c) = c5.carrying_add(h2, c);
        let (p6, c) = c6.carrying_add(l3, c);
        let (p7, _) = c7.carrying_add(h3, c);
        fold([p0, p1, p2, p3, p4, p5, p6, p7])
    }

    #[inline(always)]
    fn sum(self) -> Sum {
        let Self([a, b, c, d]) = self;
        Sum([a, b, c, d, 0])
    }

    #[inline(always)]
    fn twice(sum: Sum) -> Sum {
        sum + sum
    }

    #[inline(always)]
    fn negate_if(sum: Sum, mask: u32) -> Sum {
        let sign = u64::from(mask & 1).wrapping_neg();
        Sum(sum.0.map(|word| word ^ sign)) - Sum([sign; 5])
    }

    #[inline(always)]
    fn factor(sum: Sum) -> Self {
        fold_fifth(sum)
    }

    #[inline(always)]
    fn factor_signed(sum: Sum) -> Self {
        fold_fifth(sum + BIAS)
    }

    /// Zero is 0 or p.
    #[inline(always)]
    fn perhaps_zeros(self) -> u32 {
        u32::from(self.0 == [0; 4] || self.0 == P)
    }

    #[inline(always)]
    fn canonical(self) -> Self {
        let a = self.0;
        // a ≥ p if a + 2^256 - p reaches 2^256: then that, less 2^256, is a - p.
        let (r0, c) = a[0].carrying_add(FOLD, false);
        let (r1, c) = a[1].carrying_add(0, c);
        let (r2, c) = a[2].carrying_add(0, c);
        let (r3, c) = a[3].carrying_add(0, c);
        if c { Self([r0, r1, r2, r3]) } else { self }
    }

    #[inline(always)]
    fn zeros(self) -> u32 {
        u32::from(self.0 == [0; 4])
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
        self.0
    }
}

//! Eight lanes of five 52-bit limbs, by AVX-512 IFMA: `vpmadd52` takes the low 52 bits of two words and adds the low or
//! the high half of their product to a third.
//!
//! A factor has limbs below 2^52, the last below 2^49: the multiply-add would not see more. A unit is 12·2^52 a limb,
//! what a product leaves. Sums are words modulo 2^64 that stand for signed limbs; a bias of 2^60 and more a limb, a
//! multiple of p, makes them positive, as 16 units are below 2^60.
//!
//! A product is 50 multiply-adds and 12 to fold, a square 30 and 12; nothing is masked in between, for the multiply-add
//! cuts what is too long.
//!
//! All is inlined into `with_features`, or the compiler may not use the instructions. But not in debug builds, where each
//! value has a place of its own on the stack and frames would be of megabytes; there every intrinsic is a call anyway.
#![allow(unsafe_code)]

use self::rows::{from_words, to_words, transpose};
use super::{Field, Packed, Words};
use crate::lanes::avx512::Avx512 as Avx512Proof;
use std::{
    arch::x86_64::*,
    ops::{Add, Sub},
};

const MASK: u64 = (1 << 52) - 1;
const TOP_MASK: u64 = (1 << 48) - 1;
/// 2^256 and 2^260 modulo p.
const FOLD_256: u64 = 0x1_0000_03d1;
const FOLD_260: u64 = FOLD_256 << 4;
/// 2^13·p with limbs of at least 2^60: every limb but the last lifted by 2^8 units of the next.
const BIAS: [u64; 5] = {
    const LIFT: u64 = 1 << 8;
    const MULTIPLE: u64 = 1 << 13;
    const LOW: u64 = 0xf_fffe_ffff_fc2f;
    // 2^13·p, carried into limbs below 2^52, for the lift to come on top.
    let c0 = LOW as u128 * MULTIPLE as u128;
    let c1 = MASK as u128 * MULTIPLE as u128 + (c0 >> 52);
    let c2 = MASK as u128 * MULTIPLE as u128 + (c1 >> 52);
    let c3 = MASK as u128 * MULTIPLE as u128 + (c2 >> 52);
    let c4 = TOP_MASK * MULTIPLE + (c3 >> 52) as u64;
    [
        (c0 as u64 & MASK) + (LIFT << 52),
        (c1 as u64 & MASK) + (LIFT << 52) - LIFT,
        (c2 as u64 & MASK) + (LIFT << 52) - LIFT,
        (c3 as u64 & MASK) + (LIFT << 52) - LIFT,
        c4 - LIFT,
    ]
};

/// Eight elements. Only made from an [`Avx512Proof`] or from another: whoever holds one may run the instructions.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Avx512([__m512i; 5]);

/// Signed limbs modulo 2^64; made from elements only.
#[derive(Debug, Clone, Copy)]
pub(in crate::secp256k1) struct Sum([__m512i; 5]);

/// One intrinsic on vectors whose existence shows that the machine has it.
macro_rules! vector {
    ($call:expr) => {
        // SAFETY: the operands come from elements, which exist only behind an Avx512Proof.
        unsafe { $call }
    };
}

mod rows;

#[cfg_attr(not(debug_assertions), inline(always))]
fn add(a: __m512i, b: __m512i) -> __m512i {
    vector!(_mm512_add_epi64(a, b))
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn and(a: __m512i, b: __m512i) -> __m512i {
    vector!(_mm512_and_si512(a, b))
}

/// a + b·2^LEFT.
#[cfg_attr(not(debug_assertions), inline(always))]
fn or_left<const LEFT: u32>(a: __m512i, b: __m512i) -> __m512i {
    vector!(_mm512_or_si512(a, _mm512_slli_epi64::<LEFT>(b)))
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn right<const BITS: u32>(a: __m512i) -> __m512i {
    vector!(_mm512_srli_epi64::<BITS>(a))
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn low(c: __m512i, a: __m512i, b: __m512i) -> __m512i {
    vector!(_mm512_madd52lo_epu64(c, a, b))
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn high(c: __m512i, a: __m512i, b: __m512i) -> __m512i {
    vector!(_mm512_madd52hi_epu64(c, a, b))
}

/// The number in every lane; only for callers that hold a proof or an element.
#[cfg_attr(not(debug_assertions), inline(always))]
fn all(word: u64) -> __m512i {
    vector!(_mm512_set1_epi64(word as i64))
}

/// Adds a·b to columns `$i + $j` and, its high half, `$i + $j + 1`.
macro_rules! columns {
    ($c:ident; $($a:ident[$i:literal] * $b:ident[$j:literal]),* $(,)?) => {
        $(
            $c[$i + $j] = low($c[$i + $j], $a[$i], $b[$j]);
            $c[$i + $j + 1] = high($c[$i + $j + 1], $a[$i], $b[$j]);
        )*
    };
}

/// Folds ten columns, each below 10·2^52, into a product.
#[cfg_attr(not(debug_assertions), inline(always))]
fn reduce(c: [__m512i; 10]) -> Sum {
    let fold = all(FOLD_260);
    // Upper columns carried, not masked. The product is below 2^514, so column 9 is below 2^46.
    let h6 = add(c[6], right::<52>(c[5]));
    let h7 = add(c[7], right::<52>(h6));
    let h8 = add(c[8], right::<52>(h7));
    let h9 = add(c[9], right::<52>(h8));
    // What column 9 leaves beyond the fifth limb, below 2^31, folds once more.
    let beyond = high(all(0), h9, fold);
    let r0 = low(low(c[0], c[5], fold), beyond, fold);
    let r1 = high(high(low(c[1], h6, fold), c[5], fold), beyond, fold);
    let r2 = high(low(c[2], h7, fold), h6, fold);
    let r3 = high(low(c[3], h8, fold), h7, fold);
    let r4 = high(low(c[4], h9, fold), h8, fold);
    Sum(vector!(pinned([r0, r1, r2, r3, r4])))
}

/// The same vectors, opaque to the compiler, which would otherwise mix the instructions of neighbouring operations until
/// neither their order nor the registers suffice: doublings and additions take a fifth longer without.
#[target_feature(enable = "avx512f,avx512vl,avx512ifma")]
#[inline]
fn pinned(mut r: [__m512i; 5]) -> [__m512i; 5] {
    // SAFETY: no instruction at all.
    unsafe {
        std::arch::asm!(
            "/* {} {} {} {} {} */",
            inout(zmm_reg) r[0],
            inout(zmm_reg) r[1],
            inout(zmm_reg) r[2],
            inout(zmm_reg) r[3],
            inout(zmm_reg) r[4],
            options(nomem, nostack, preserves_flags)
        )
    }
    r
}

/// Carries limbs below 2^63 into a factor, a value below 2^256 + 2^220.
#[cfg_attr(not(debug_assertions), inline(always))]
fn carry(a: [__m512i; 5]) -> Avx512 {
    let mask = all(MASK);
    let a0 = low(a[0], right::<48>(a[4]), all(FOLD_256));
    let a1 = add(a[1], right::<52>(a0));
    let a2 = add(a[2], right::<52>(a1));
    let a3 = add(a[3], right::<52>(a2));
    let a4 = add(and(a[4], all(TOP_MASK)), right::<52>(a3));
    Avx512(vector!(pinned([
        and(a0, mask),
        and(a1, mask),
        and(a2, mask),
        and(a3, mask),
        a4,
    ])))
}

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
            vector!(_mm512_sub_epi64(a[0], b[0])),
            vector!(_mm512_sub_epi64(a[1], b[1])),
            vector!(_mm512_sub_epi64(a[2], b[2])),
            vector!(_mm512_sub_epi64(a[3], b[3])),
            vector!(_mm512_sub_epi64(a[4], b[4])),
        ])
    }
}

#[target_feature(enable = "avx512f,avx512vl,avx512ifma")]
fn with_features<R>(f: impl FnOnce() -> R) -> R {
    f()
}

impl Field for Avx512 {
    type Proof = Avx512Proof;
    type Sum = Sum;

    const LANES: usize = 8;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn vectorize<R>(_: Avx512Proof, f: impl FnOnce() -> R) -> R {
        // SAFETY: the proof shows that the machine has the features.
        unsafe { with_features(f) }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn splat(_: Avx512Proof, w: &Words) -> Self {
        from_words([all(w[0]), all(w[1]), all(w[2]), all(w[3])])
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn load<'a>(_: Avx512Proof, at: impl Fn(usize) -> &'a Packed) -> (Self, Self) {
        let mut rows = [all(0); 8];
        for (lane, row) in rows.iter_mut().enumerate() {
            let point: *const Packed = at(lane);
            // SAFETY: the proof shows that the machine has the feature; a point is 64 readable bytes, aligned to 64.
            *row = unsafe { _mm512_load_si512(point.cast()) };
        }
        let [x0, x1, x2, x3, y0, y1, y2, y3] = transpose(rows);
        (from_words([x0, x1, x2, x3]), from_words([y0, y1, y2, y3]))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn store(x: Self, y: Self, out: &mut [Packed]) {
        let [x0, x1, x2, x3] = to_words(x);
        let [y0, y1, y2, y3] = to_words(y);
        let rows = transpose([x0, x1, x2, x3, y0, y1, y2, y3]);
        let out = &mut out[..8];
        for lane in 0..8 {
            let point: *mut Packed = &mut out[lane];
            // SAFETY: the operand shows that the machine has the feature; a point is 64 writable bytes, aligned to 64.
            unsafe { _mm512_store_si512(point.cast(), rows[lane]) };
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn mul(self, other: Self) -> Sum {
        let (a, b) = (self.0, other.0);
        let mut c = [all(0); 10];
        columns!(c;
            a[4] * b[4], a[4] * b[3], a[3] * b[4],
            a[4] * b[2], a[3] * b[3], a[2] * b[4],
            a[4] * b[1], a[3] * b[2], a[2] * b[3], a[1] * b[4],
            a[4] * b[0], a[3] * b[1], a[2] * b[2], a[1] * b[3], a[0] * b[4],
            a[3] * b[0], a[2] * b[1], a[1] * b[2], a[0] * b[3],
            a[2] * b[0], a[1] * b[1], a[0] * b[2],
            a[1] * b[0], a[0] * b[1],
            a[0] * b[0],
        );
        reduce(c)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn square(self) -> Sum {
        let a = self.0;
        let mut c = [all(0); 10];
        columns!(c;
            a[4] * a[3], a[4] * a[2],
            a[4] * a[1], a[3] * a[2],
            a[4] * a[0], a[3] * a[1],
            a[3] * a[0], a[2] * a[1],
            a[2] * a[0], a[1] * a[0],
        );
        // Each of these counts twice, squares of limbs once.
        for column in &mut c[1..9] {
            *column = add(*column, *column);
        }
        columns!(c; a[4] * a[4], a[3] * a[3], a[2] * a[2], a[1] * a[1], a[0] * a[0]);
        reduce(c)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn sum(self) -> Sum {
        Sum(self.0)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn twice(sum: Sum) -> Sum {
        sum + sum
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn negate_if(Sum(mut a): Sum, mask: u32) -> Sum {
        for limb in &mut a {
            *limb = vector!(_mm512_mask_sub_epi64(*limb, mask as u8, all(0), *limb));
        }
        Sum(a)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn factor(sum: Sum) -> Self {
        carry(sum.0)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn factor_signed(sum: Sum) -> Self {
        let bias = [
            all(BIAS[0]),
            all(BIAS[1]),
            all(BIAS[2]),
            all(BIAS[3]),
            all(BIAS[4]),
        ];
        carry((sum + Sum(bias)).0)
    }

    /// A factor is below 2p, and its limbs but the last are below 2^52: zero is 0 or p.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn perhaps_zeros(self) -> u32 {
        let Self(a) = self;
        let zero = vector!(_mm512_testn_epi64_mask(a[0], a[0]));
        let p = vector!(_mm512_cmpeq_epi64_mask(a[0], all(0xf_fffe_ffff_fc2f)));
        (zero | p).into()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn canonical(self) -> Self {
        let Self(a) = self;
        let mask = all(MASK);
        // A factor is below 2p. It is at least p if, with 2^256 - p added, it reaches 2^256: then that, less 2^256, is
        // what is wanted.
        let s0 = add(a[0], all(FOLD_256));
        let s1 = add(a[1], right::<52>(s0));
        let s2 = add(a[2], right::<52>(s1));
        let s3 = add(a[3], right::<52>(s2));
        let s4 = add(a[4], right::<52>(s3));
        let reached = vector!(_mm512_cmpgt_epu64_mask(s4, all(TOP_MASK)));
        let less = Self([
            and(s0, mask),
            and(s1, mask),
            and(s2, mask),
            and(s3, mask),
            and(s4, all(TOP_MASK)),
        ]);
        Self::select(reached.into(), less, self)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn zeros(self) -> u32 {
        let Self(a) = self;
        let any = vector!(_mm512_or_si512(
            _mm512_or_si512(_mm512_or_si512(a[0], a[1]), _mm512_or_si512(a[2], a[3])),
            a[4]
        ));
        vector!(_mm512_testn_epi64_mask(any, any)).into()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn odd(self) -> u32 {
        vector!(_mm512_test_epi64_mask(self.0[0], all(1))).into()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn select(mask: u32, on: Self, off: Self) -> Self {
        let mask = mask as u8;
        let (a, b) = (off.0, on.0);
        Self([
            vector!(_mm512_mask_mov_epi64(a[0], mask, b[0])),
            vector!(_mm512_mask_mov_epi64(a[1], mask, b[1])),
            vector!(_mm512_mask_mov_epi64(a[2], mask, b[2])),
            vector!(_mm512_mask_mov_epi64(a[3], mask, b[3])),
            vector!(_mm512_mask_mov_epi64(a[4], mask, b[4])),
        ])
    }
}

//! Products of four lanes by double-precision fused multiply-add.
//!
//! The product of two whole numbers a and b, of at most 2^102, comes in two halves, a·b = h·2^51 + l with |l| ≤ 2^50:
//!
//! ```text
//! high = fma(a, b, 3·2^102)                    in [2^103, 2^104], where doubles are 2^51 apart: 3·2^102 + h·2^51
//! low  = fma(a, b, 3·2^102 + 3·2^51 - high)    in [2^52, 2^53], where doubles are whole numbers: 3·2^51 + l
//! ```
//!
//! Nothing but the first rounding is inexact, and which way that one goes does not matter. Within such a range, doubles
//! grow as their bit patterns do, so halves are added up as integers, bit pattern and all; what the patterns add beyond h
//! and l is known, and taken off by the constant that each column starts from.
//!
//! Columns have 51 bits, five of them 255; as 2^256 is what folds, and a limb's product counts twice there, the number
//! computed is twice the product. See the level's module for what that means.
#![allow(unsafe_code)]

mod starts;

use self::starts::{CARRIED_LIFT, SQUARE_STARTS, STARTS};
pub(super) use self::starts::{DIGITS_EXCESS, Form};
use std::arch::x86_64::*;

/// Bits of a limb, but for the last, which has one more.
pub(super) const LIMB: u64 = (1 << 51) - 1;
pub(super) const TOP_LIMB: u64 = (1 << 52) - 1;
/// p in limbs.
pub(super) const P: [u64; 5] = [LIMB - 0x1_0000_03d0, LIMB, LIMB, LIMB, TOP_LIMB];
/// 2^256 modulo p.
pub(super) const FOLD: f64 = 4_294_968_273.0;
pub(super) const TWO_50: f64 = (1u64 << 50) as f64;
pub(super) const TWO_51: f64 = 2.0 * TWO_50;
pub(super) const TWO_52: f64 = 4.0 * TWO_50;
/// The middle of the doubles that are whole numbers and one apart, and its bit pattern.
pub(super) const MIDDLE: f64 = 3.0 * TWO_51;
pub(super) const MIDDLE_BITS: u64 = MIDDLE.to_bits();
/// The middle of the doubles that are 2^51 apart, and its bit pattern.
const HIGH: f64 = 3.0 * TWO_51 * TWO_51;
const HIGH_BITS: u64 = HIGH.to_bits();
/// The middle of the doubles that are 2^52 apart.
const HIGHER: f64 = 3.0 * TWO_51 * TWO_52;

/// One intrinsic. Only for callers that hold a proof of the level or an element.
macro_rules! vector {
    ($call:expr) => {
        // SAFETY: the operands come from elements or with a proof, so the machine has the instruction.
        unsafe { $call }
    };
}
pub(super) use vector;

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident($($operand:ident: $kind:ty),*) -> $result:ty = $call:expr;)*) => {
        $(
            $(#[$doc])*
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub(super) fn $name($($operand: $kind),*) -> $result {
                vector!($call)
            }
        )*
    };
}

operations! {
    fma(a: __m256d, b: __m256d, c: __m256d) -> __m256d = _mm256_fmadd_pd(a, b, c);
    add_double(a: __m256d, b: __m256d) -> __m256d = _mm256_add_pd(a, b);
    sub_double(a: __m256d, b: __m256d) -> __m256d = _mm256_sub_pd(a, b);
    double(number: f64) -> __m256d = _mm256_set1_pd(number);
    word(number: u64) -> __m256i = _mm256_set1_epi64x(number as i64);
    bits(a: __m256d) -> __m256i = _mm256_castpd_si256(a);
    of_bits(a: __m256i) -> __m256d = _mm256_castsi256_pd(a);
    add(a: __m256i, b: __m256i) -> __m256i = _mm256_add_epi64(a, b);
    sub(a: __m256i, b: __m256i) -> __m256i = _mm256_sub_epi64(a, b);
    and(a: __m256i, b: __m256i) -> __m256i = _mm256_and_si256(a, b);
    or(a: __m256i, b: __m256i) -> __m256i = _mm256_or_si256(a, b);
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn right<const BITS: i32>(a: __m256i) -> __m256i {
    vector!(_mm256_srli_epi64::<BITS>(a))
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn left<const BITS: i32>(a: __m256i) -> __m256i {
    vector!(_mm256_slli_epi64::<BITS>(a))
}

/// A number below 2^52 as a double, less `offset`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn to_double(a: __m256i, offset: f64) -> __m256d {
    let pattern = or(a, word(TWO_52.to_bits()));
    sub_double(of_bits(pattern), double(TWO_52 + offset))
}

/// The bit patterns of both halves, low and high.
#[cfg_attr(not(debug_assertions), inline(always))]
fn halves(a: __m256d, b: __m256d) -> (__m256i, __m256i) {
    let high = fma(a, b, double(HIGH));
    let low = fma(a, b, sub_double(double(HIGH + MIDDLE), high));
    (bits(low), bits(high))
}

/// Adds the halves of products of limbs to columns `i + j` and `i + j + 1`.
macro_rules! columns {
    ($c:ident; $($a:ident[$i:literal] * $b:ident[$j:literal]),* $(,)?) => {
        $(
            let (low, high) = halves($a[$i], $b[$j]);
            $c[$i + $j] = add($c[$i + $j], low);
            $c[$i + $j + 1] = add($c[$i + $j + 1], high);
        )*
    };
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn start(words: &[u64; 9]) -> [__m256i; 9] {
    [
        word(words[0]),
        word(words[1]),
        word(words[2]),
        word(words[3]),
        word(words[4]),
        word(words[5]),
        word(words[6]),
        word(words[7]),
        word(words[8]),
    ]
}

/// A column's 51 bits and what the column below carries: below 2^52.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn digit(column: __m256i, below: __m256i) -> __m256i {
    add(and(column, word(LIMB)), right::<51>(below))
}

/// The last column folded: its share of the fifth limb, and what goes beyond 2^256, at most 2^34, times 2^52.
///
/// The column is the high half of the last limbs' product, within ±2^51, with a carry, which has no room in its pattern.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fold_last(high: __m256i, below: __m256i) -> (__m256i, __m256d) {
    let carry = to_double(right::<51>(below), CARRIED_LIFT as f64);
    let high = sub_double(of_bits(high), double(HIGH));
    let x = fma(high, double(1.0 / TWO_51), carry);
    let beyond = sub_double(fma(x, double(FOLD), double(HIGHER)), double(HIGHER));
    let low = fma(x, double(FOLD), sub_double(double(MIDDLE), beyond));
    (bits(low), beyond)
}

/// An upper column folded: what it adds to the limb five below, and to the next.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fold(column: __m256i, below: __m256i) -> (__m256i, __m256i) {
    halves(to_double(digit(column, below), 0.0), double(FOLD))
}

/// [`fold`] for the first of the upper columns, along with what goes beyond 2^256.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fold_first(column: __m256i, beyond: __m256d) -> (__m256i, __m256i) {
    let x = to_double(and(column, word(LIMB)), 0.0);
    halves(fma(beyond, double(1.0 / TWO_52), x), double(FOLD))
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn twice_and(twice: __m256i, once: __m256i) -> __m256i {
    add(add(twice, twice), once)
}

/// Twice the product of two elements, each limb of which is within ±2^51.
///
/// From the top down: folding takes long, and products of lower columns can be computed meanwhile.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn multiply(form: Form, a: [__m256d; 5], b: [__m256d; 5]) -> [__m256i; 5] {
    let mut c = start(&STARTS[form as usize]);
    let (low44, high44) = halves(a[4], b[4]);
    columns!(c; a[3] * b[4], a[4] * b[3]);
    c[8] = add(c[8], low44);
    let (low9, beyond) = fold_last(high44, c[8]);
    columns!(c; a[2] * b[4], a[3] * b[3], a[4] * b[2]);
    let (low8, high8) = fold(c[8], c[7]);
    columns!(c; a[1] * b[4], a[2] * b[3], a[3] * b[2], a[4] * b[1]);
    let (low7, high7) = fold(c[7], c[6]);
    columns!(c; a[0] * b[4], a[1] * b[3], a[2] * b[2], a[3] * b[1], a[4] * b[0]);
    let (low6, high6) = fold(c[6], c[5]);
    let (low5, high5) = fold_first(c[5], beyond);
    columns!(c; a[0] * b[3], a[1] * b[2], a[2] * b[1], a[3] * b[0]);
    let r4 = twice_and(c[4], add(low9, high8));
    columns!(c; a[0] * b[2], a[1] * b[1], a[2] * b[0]);
    let r3 = twice_and(c[3], add(low8, high7));
    columns!(c; a[0] * b[1], a[1] * b[0]);
    let r2 = twice_and(c[2], add(low7, high6));
    columns!(c; a[0] * b[0]);
    let r1 = twice_and(c[1], add(low6, high5));
    let r0 = twice_and(c[0], low5);
    [r0, r1, r2, r3, r4]
}

/// Twice the square of an element, each limb of which is within ±2^51; in the order of [`multiply`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn square(form: Form, a: [__m256d; 5]) -> [__m256i; 5] {
    // Products of different limbs count twice, squares of limbs once.
    let mut c = start(&SQUARE_STARTS[form as usize]);
    columns!(c; a[3] * a[4]);
    let (low44, high44) = halves(a[4], a[4]);
    let c8 = twice_and(c[8], low44);
    let (low9, beyond) = fold_last(high44, c8);
    columns!(c; a[2] * a[4]);
    let (low33, high33) = halves(a[3], a[3]);
    let c7 = twice_and(c[7], high33);
    let (low8, high8) = fold(c8, c7);
    columns!(c; a[1] * a[4], a[2] * a[3]);
    let c6 = twice_and(c[6], low33);
    let (low7, high7) = fold(c7, c6);
    columns!(c; a[0] * a[4], a[1] * a[3]);
    let (low22, high22) = halves(a[2], a[2]);
    let c5 = twice_and(c[5], high22);
    let (low6, high6) = fold(c6, c5);
    let (low5, high5) = fold_first(c5, beyond);
    columns!(c; a[0] * a[3], a[1] * a[2]);
    let c4 = twice_and(c[4], low22);
    let r4 = twice_and(c4, add(low9, high8));
    columns!(c; a[0] * a[2]);
    let (low11, high11) = halves(a[1], a[1]);
    let c3 = twice_and(c[3], high11);
    let r3 = twice_and(c3, add(low8, high7));
    columns!(c; a[0] * a[1]);
    let c2 = twice_and(c[2], low11);
    let r2 = twice_and(c2, add(low7, high6));
    let (low00, high00) = halves(a[0], a[0]);
    let c1 = twice_and(c[1], high00);
    let r1 = twice_and(c1, add(low6, high5));
    let r0 = twice_and(add(c[0], low00), low5);
    [r0, r1, r2, r3, r4]
}

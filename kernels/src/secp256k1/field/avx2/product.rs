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

/// Products leave each column's sum within ±2^56; this more makes it positive, and is a whole number of carries.
const LIFT: u64 = 1 << 58;
const CARRIED_LIFT: u64 = LIFT >> 51;

/// What a product comes as: limb by limb, the number that stands for zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A multiple of p: sums of products stay what they are.
    Sum,
    /// What [`super::digits`] takes off again.
    Digits,
}

/// 2^6·p, which has at least 2^56 in each limb.
const SUM_FORM: [u64; 5] = [P[0] << 6, P[1] << 6, P[2] << 6, P[3] << 6, P[4] << 6];
/// Half a digit more in the first limb and the last, for digits of both signs; and the lift, carried.
const DIGITS_FORM: [u64; 5] = [
    LIFT + (1 << 50),
    LIFT - CARRIED_LIFT,
    LIFT - CARRIED_LIFT,
    LIFT - CARRIED_LIFT,
    LIFT - CARRIED_LIFT + (1 << 51),
];
/// The lift that arrives above the last limb in [`Form::Digits`].
pub(super) const DIGITS_EXCESS: f64 = (LIFT >> 52) as f64;

/// Products of limbs i and j with i + j = column; `cross` without those of i = j, each pair once.
const fn pairs(column: i32, cross: bool) -> u64 {
    let mut pairs = 0;
    let mut i = 0;
    while i < 5 {
        let j = column - i;
        if j >= 0 && j < 5 && (!cross || i < j) {
            pairs += 1;
        }
        i += 1;
    }
    pairs
}

/// What bit patterns add to a column beyond the halves themselves.
const fn patterns(column: usize, cross: bool) -> u64 {
    let (low, high) = (pairs(column as i32, cross), pairs(column as i32 - 1, cross));
    low.wrapping_mul(MIDDLE_BITS)
        .wrapping_add(high.wrapping_mul(HIGH_BITS))
}

/// What a column must hold beyond its halves when all are added: upper columns are lifted, lower ones are to be what the
/// form says once they are doubled and what is folded is added.
const fn target(column: usize, form: Form) -> u64 {
    match column {
        0..5 => {
            let form = match form {
                Form::Sum => SUM_FORM[column],
                Form::Digits => DIGITS_FORM[column],
            };
            let folded = match column {
                0 => MIDDLE_BITS,
                _ => MIDDLE_BITS.wrapping_add(HIGH_BITS),
            };
            let rest = form.wrapping_sub(folded);
            assert!(rest % 4 == 0);
            rest / 2
        }
        5 => LIFT,
        6..9 => LIFT - CARRIED_LIFT,
        // The last becomes a double as it is.
        _ => MIDDLE_BITS.wrapping_sub(CARRIED_LIFT),
    }
}

/// What the columns of a product start from.
const fn starts(form: Form) -> [u64; 10] {
    let mut starts = [0; 10];
    let mut k = 0;
    while k < 10 {
        starts[k] = target(k, form).wrapping_sub(patterns(k, false));
        k += 1;
    }
    starts
}

/// What the columns of a square start from: half, as they are doubled before the squares of limbs are added.
const fn square_starts(form: Form) -> [u64; 10] {
    let mut starts = [0; 10];
    let mut k = 0;
    while k < 10 {
        let cross = patterns(k, true);
        let squares = patterns(k, false).wrapping_sub(cross).wrapping_sub(cross);
        let rest = target(k, form).wrapping_sub(squares);
        // The last has no cross products, and is not doubled.
        starts[k] = match k {
            9 => rest,
            _ => {
                assert!(rest % 2 == 0);
                (rest / 2).wrapping_sub(cross)
            }
        };
        k += 1;
    }
    starts
}

const STARTS: [[u64; 10]; 2] = [starts(Form::Sum), starts(Form::Digits)];
const SQUARE_STARTS: [[u64; 10]; 2] = [square_starts(Form::Sum), square_starts(Form::Digits)];

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
fn start(words: &[u64; 10]) -> [__m256i; 10] {
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
        word(words[9]),
    ]
}

/// Twice the product of two elements, each limb of which is within ±2^51.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn multiply(form: Form, a: [__m256d; 5], b: [__m256d; 5]) -> [__m256i; 5] {
    let mut c = start(&STARTS[form as usize]);
    columns!(c;
        a[0] * b[4], a[1] * b[3], a[2] * b[2], a[3] * b[1], a[4] * b[0],
        a[1] * b[4], a[2] * b[3], a[3] * b[2], a[4] * b[1],
        a[2] * b[4], a[3] * b[3], a[4] * b[2],
        a[3] * b[4], a[4] * b[3],
        a[4] * b[4],
        a[0] * b[3], a[1] * b[2], a[2] * b[1], a[3] * b[0],
        a[0] * b[2], a[1] * b[1], a[2] * b[0],
        a[0] * b[1], a[1] * b[0],
        a[0] * b[0],
    );
    fold(c)
}

/// Twice the square of an element, each limb of which is within ±2^51.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn square(form: Form, a: [__m256d; 5]) -> [__m256i; 5] {
    let mut c = start(&SQUARE_STARTS[form as usize]);
    columns!(c;
        a[0] * a[4], a[1] * a[3],
        a[1] * a[4], a[2] * a[3],
        a[2] * a[4],
        a[3] * a[4],
        a[0] * a[3], a[1] * a[2],
        a[0] * a[2],
        a[0] * a[1],
    );
    for column in &mut c[..9] {
        *column = add(*column, *column);
    }
    columns!(c; a[2] * a[2], a[3] * a[3], a[4] * a[4], a[1] * a[1], a[0] * a[0]);
    fold(c)
}

/// Folds the upper columns into the lower, doubled ones.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fold(c: [__m256i; 10]) -> [__m256i; 5] {
    let limb = word(LIMB);
    let c6 = add(c[6], right::<51>(c[5]));
    let c7 = add(c[7], right::<51>(c6));
    let c8 = add(c[8], right::<51>(c7));
    let c9 = add(c[9], right::<51>(c8));
    let factor = double(FOLD);
    // What the last one leaves beyond 52 bits of the fifth limb, at most 2^34, folds once more, with the first.
    let x9 = sub_double(of_bits(c9), double(MIDDLE));
    let beyond = sub_double(fma(x9, factor, double(HIGHER)), double(HIGHER));
    let low9 = bits(fma(x9, factor, sub_double(double(MIDDLE), beyond)));
    let x5 = to_double(and(c[5], limb), 0.0);
    let x5 = fma(beyond, double(1.0 / TWO_52), x5);
    let (low5, high5) = halves(x5, factor);
    let (low6, high6) = halves(to_double(and(c6, limb), 0.0), factor);
    let (low7, high7) = halves(to_double(and(c7, limb), 0.0), factor);
    let (low8, high8) = halves(to_double(and(c8, limb), 0.0), factor);
    [
        add(add(c[0], c[0]), low5),
        add(add(add(c[1], c[1]), low6), high5),
        add(add(add(c[2], c[2]), low7), high6),
        add(add(add(c[3], c[3]), low8), high7),
        add(add(add(c[4], c[4]), low9), high8),
    ]
}

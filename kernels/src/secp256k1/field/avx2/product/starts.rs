//! What the columns of a product start from, so that bit patterns added up as integers come to the halves that they stand
//! for, and more by a known, harmless number.

use super::{HIGH_BITS, MIDDLE_BITS, P};

/// Products leave each column's sum within ±2^56; this more makes it positive, and is a whole number of carries.
const LIFT: u64 = 1 << 58;
pub(super) const CARRIED_LIFT: u64 = LIFT >> 51;

/// What a product comes as: limb by limb, the number that stands for zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Form {
    /// A multiple of p: sums of products stay what they are.
    Sum,
    /// What the digits of a factor take off again.
    Digits,
}

/// 2^6·p, which has at least 2^56 in each limb.
const SUM_FORM: [u64; 5] = [P[0] << 6, P[1] << 6, P[2] << 6, P[3] << 6, P[4] << 6];
/// Half a digit more in each limb, for digits of both signs; and the lift, carried.
const DIGITS_FORM: [u64; 5] = [
    LIFT + (1 << 50),
    LIFT - CARRIED_LIFT + (1 << 50),
    LIFT - CARRIED_LIFT + (1 << 50),
    LIFT - CARRIED_LIFT + (1 << 50),
    LIFT - CARRIED_LIFT + (1 << 51),
];
/// The lift that arrives above the last limb in [`Form::Digits`].
pub(in super::super) const DIGITS_EXCESS: f64 = (LIFT >> 52) as f64;

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
            assert!(rest.is_multiple_of(4));
            rest / 2
        }
        5 => LIFT,
        _ => LIFT - CARRIED_LIFT,
    }
}

/// What the columns of a product start from.
const fn starts(form: Form) -> [u64; 9] {
    let mut starts = [0; 9];
    let mut k = 0;
    while k < 9 {
        starts[k] = target(k, form).wrapping_sub(patterns(k, false));
        k += 1;
    }
    starts
}

/// What the columns of a square start from: half, as they are doubled before the squares of limbs are added.
const fn square_starts(form: Form) -> [u64; 9] {
    let mut starts = [0; 9];
    let mut k = 0;
    while k < 9 {
        let cross = patterns(k, true);
        let squares = patterns(k, false).wrapping_sub(cross).wrapping_sub(cross);
        let rest = target(k, form).wrapping_sub(squares);
        // The first has no cross products, and is not doubled.
        starts[k] = match k {
            0 => rest,
            _ => {
                assert!(rest.is_multiple_of(2));
                (rest / 2).wrapping_sub(cross)
            }
        };
        k += 1;
    }
    starts
}

pub(super) const STARTS: [[u64; 9]; 2] = [starts(Form::Sum), starts(Form::Digits)];
pub(super) const SQUARE_STARTS: [[u64; 9]; 2] =
    [square_starts(Form::Sum), square_starts(Form::Digits)];

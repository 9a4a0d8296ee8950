//! Scalars: numbers modulo the group's order n, by Montgomery's reduction with radix 2^256.
//!
//! A product here is a·b/2^256. Nothing is converted to and from Montgomery's form: [`invert_all`] gives inverses that
//! hold one factor 2^256 too many, and the one product that each then enters takes it away.

use super::{
    inversion::invert,
    words::{self, N, Words, mul_add, sub},
};

/// -1/n modulo 2^64.
const MINUS_INVERSE_N: u64 = 0x4b0d_ff66_5588_b13f;

/// 2^512 modulo n: a product with it brings one factor 2^256 in.
const RADIX_SQUARED: Words = [
    0x896c_f214_67d7_d140,
    0x7414_96c2_0e7c_f878,
    0xe697_f5e4_5bcd_07c6,
    0x9d67_1cd5_81c6_9bc5,
];

/// a modulo n, for any number below 2^256, which is less than 2n.
pub(super) fn reduce(a: Words) -> Words {
    match sub(&a, &N) {
        (_, true) => a,
        (reduced, false) => reduced,
    }
}

/// -a modulo n, of a reduced number.
pub(super) fn negate(a: &Words) -> Words {
    if words::is_zero(a) {
        return *a;
    }
    sub(&N, a).0
}

/// a·b/2^256 modulo n, reduced, of numbers whose product is below n·2^256: one of them reduced is enough.
#[inline]
pub(super) fn mul(a: &Words, b: &Words) -> Words {
    let mut acc = [0u64; 4];
    // The sum of the rows so far stays below 2n, which is below 2^257: this is its bit 256.
    let mut top = 0u64;
    for &digit in a {
        let mut carry = 0;
        for j in 0..4 {
            (acc[j], carry) = mul_add(digit, b[j], acc[j], carry);
        }
        let (upper, over) = top.overflowing_add(carry);
        // Add the multiple of n that makes the lowest word zero, and drop that word.
        let quotient = acc[0].wrapping_mul(MINUS_INVERSE_N);
        let (_, mut carry) = mul_add(quotient, N[0], acc[0], 0);
        for j in 1..4 {
            (acc[j - 1], carry) = mul_add(quotient, N[j], acc[j], carry);
        }
        let (upper, over_again) = upper.overflowing_add(carry);
        acc[3] = upper;
        top = u64::from(over) + u64::from(over_again);
    }
    match sub(&acc, &N) {
        (_, true) if top == 0 => acc,
        (reduced, _) => reduced,
    }
}

/// For each element a of [1, n-1], 2^256/a: one inversion and three products an element (Montgomery's trick).
///
/// A single zero would make all results zero: the caller has none, as zero is out of range for r.
pub(super) fn invert_all(elements: &[Words], inverses: &mut Vec<Words>) {
    inverses.clear();
    let Some((&first, rest)) = elements.split_first() else {
        return;
    };
    debug_assert!(elements.iter().all(|a| !words::is_zero(a)));
    // Going up, inverses[i] holds the product of elements[..=i].
    let mut product = first;
    inverses.push(product);
    for element in rest {
        product = mul(&product, element);
        inverses.push(product);
    }
    // Going down, the product of suffix and of elements[..=i] is 1.
    let mut suffix = mul(&invert(&product, &N), &RADIX_SQUARED);
    for i in (1..elements.len()).rev() {
        inverses[i] = mul(&suffix, &inverses[i - 1]);
        suffix = mul(&suffix, &elements[i]);
    }
    inverses[0] = suffix;
}

#[cfg(test)]
mod tests;

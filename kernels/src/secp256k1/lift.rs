//! Points from x coordinates.

use super::field::Field;

/// For each lane, a y with y² = x³ + 7 and of the parity asked for, tight; and the lanes that have one.
#[inline(always)]
pub(super) fn lift<F: Field>(x: F, odd: u32, seven: F) -> (F, u32) {
    let square = F::factor(x.squared().mul(x) + seven.sum());
    let root = square_root(square);
    let difference = F::factor_signed(root.square() - square.sum());
    let on_curve = difference.canonical().zeros();
    let root = root.canonical();
    let y = F::factor_signed(F::negate_if(root.sum(), root.odd() ^ odd));
    (y, on_curve)
}

/// a^((p+1)/4), which is a root of a if there is one, as p = 3 modulo 4: 253 squares, 13 multiplications.
///
/// (p+1)/4 in binary is 223 ones, a zero, 22 ones, four zeros, two ones and two zeros.
#[inline(always)]
fn square_root<F: Field>(a: F) -> F {
    // Names tell how many ones the exponent has.
    let ones2 = a.squared().times(a);
    let ones3 = ones2.squared().times(a);
    let ones6 = power(ones3, 3).times(ones3);
    let ones9 = power(ones6, 3).times(ones3);
    let ones11 = power(ones9, 2).times(ones2);
    let ones22 = power(ones11, 11).times(ones11);
    let ones44 = power(ones22, 22).times(ones22);
    let ones88 = power(ones44, 44).times(ones44);
    let ones176 = power(ones88, 88).times(ones88);
    let ones220 = power(ones176, 44).times(ones44);
    let ones223 = power(ones220, 3).times(ones3);
    let upper = power(ones223, 23).times(ones22);
    power(power(upper, 6).times(ones2), 2)
}

/// a^(2^squares).
#[inline(always)]
fn power<F: Field>(mut a: F, squares: u32) -> F {
    for _ in 0..squares {
        a = a.squared();
    }
    a
}

#[cfg(test)]
mod tests;

//! Fp2 = Fp[i]/(i² + 1).

use super::{
    field::Fp,
    limbs::{add_wide, reduce, sub_wide, sub_wide_modulo},
};
use std::ops::{Add, Mul, Neg, Sub};

/// c0 + c1·i.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fp2 {
    pub(super) c0: Fp,
    pub(super) c1: Fp,
}

impl Fp2 {
    pub(super) const ZERO: Self = Self::new(Fp::ZERO, Fp::ZERO);
    pub(super) const ONE: Self = Self::new(Fp::ONE, Fp::ZERO);

    pub(super) const fn new(c0: Fp, c1: Fp) -> Self {
        Self { c0, c1 }
    }

    pub(super) fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    #[inline]
    pub(super) fn double(self) -> Self {
        self + self
    }

    #[inline]
    pub(super) fn square(self) -> Self {
        square(&self)
    }

    /// c0 - c1·i, which is also a^p.
    #[inline]
    pub(super) fn conjugate(self) -> Self {
        Self::new(self.c0, -self.c1)
    }

    #[inline]
    pub(super) fn scale(self, by: Fp) -> Self {
        Self::new(self.c0 * by, self.c1 * by)
    }

    /// ξ·a, with ξ = 9 + i, which Fp6 adjoins a cube root of.
    #[inline]
    pub(super) fn times_xi(self) -> Self {
        let nine = |a: Fp| a.double().double().double() + a;
        Self::new(nine(self.c0) - self.c1, nine(self.c1) + self.c0)
    }

    /// 1/a; 0 for 0.
    pub(super) fn invert(self) -> Self {
        let norm = self.c0.square() + self.c1.square();
        self.conjugate().scale(norm.invert())
    }
}

/// Karatsuba's product: three products, and two reductions after the sums.
#[inline(never)]
fn product(a: &Fp2, b: &Fp2) -> Fp2 {
    let real = a.c0.wide(b.c0);
    let imaginary = a.c1.wide(b.c1);
    let cross = a.c0.factor_sum(a.c1).wide(b.c0.factor_sum(b.c1));
    // Sums of two products of numbers below p are below p·2^256, as 2p is below 2^256.
    let cross = sub_wide(&cross, &add_wide(&real, &imaginary));
    Fp2::new(
        Fp(reduce(&sub_wide_modulo(&real, &imaginary))),
        Fp(reduce(&cross)),
    )
}

/// (c0 + c1)(c0 - c1) + 2·c0·c1·i; factors below 2p make products below 4p², which is below p·2^256.
#[inline(never)]
fn square(a: &Fp2) -> Fp2 {
    let real = a.c0.factor_sum(a.c1).wide(a.c0.factor_difference(a.c1));
    let imaginary = a.c0.factor_sum(a.c0).wide(a.c1);
    Fp2::new(Fp(reduce(&real)), Fp(reduce(&imaginary)))
}

impl Add for Fp2 {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self::new(self.c0 + other.c0, self.c1 + other.c1)
    }
}

impl Sub for Fp2 {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        Self::new(self.c0 - other.c0, self.c1 - other.c1)
    }
}

impl Neg for Fp2 {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self::new(-self.c0, -self.c1)
    }
}

impl Mul for Fp2 {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        product(&self, &other)
    }
}

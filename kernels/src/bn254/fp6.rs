//! Fp6 = Fp2[v]/(v³ - ξ).

use super::fp2::Fp2;
use std::ops::{Add, Neg, Sub};

/// c0 + c1·v + c2·v².
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fp6 {
    pub(super) c0: Fp2,
    pub(super) c1: Fp2,
    pub(super) c2: Fp2,
}

impl Fp6 {
    pub(super) const ZERO: Self = Self::new(Fp2::ZERO, Fp2::ZERO, Fp2::ZERO);
    pub(super) const ONE: Self = Self::new(Fp2::ONE, Fp2::ZERO, Fp2::ZERO);

    pub(super) const fn new(c0: Fp2, c1: Fp2, c2: Fp2) -> Self {
        Self { c0, c1, c2 }
    }

    /// Six products (Devegili, Ó hÉigeartaigh, Scott, Dahab, 2006).
    pub(super) fn times(&self, other: &Self) -> Self {
        let (a, b) = (self, other);
        let (t0, t1, t2) = (a.c0 * b.c0, a.c1 * b.c1, a.c2 * b.c2);
        let s12 = (a.c1 + a.c2) * (b.c1 + b.c2) - t1 - t2;
        let s01 = (a.c0 + a.c1) * (b.c0 + b.c1) - t0 - t1;
        let s02 = (a.c0 + a.c2) * (b.c0 + b.c2) - t0 - t2;
        Self::new(t0 + s12.times_xi(), s01 + t2.times_xi(), s02 + t1)
    }

    /// The product with b0 + b1·v: five products.
    pub(super) fn times_two(&self, b0: Fp2, b1: Fp2) -> Self {
        let a = self;
        let (t0, t1) = (a.c0 * b0, a.c1 * b1);
        let s12 = (a.c1 + a.c2) * b1 - t1;
        let s01 = (a.c0 + a.c1) * (b0 + b1) - t0 - t1;
        let s02 = (a.c0 + a.c2) * b0 - t0;
        Self::new(t0 + s12.times_xi(), s01, s02 + t1)
    }

    /// The product with an element of Fp2.
    pub(super) fn scale(&self, by: Fp2) -> Self {
        Self::new(self.c0 * by, self.c1 * by, self.c2 * by)
    }

    #[inline]
    pub(super) fn times_v(&self) -> Self {
        Self::new(self.c2.times_xi(), self.c0, self.c1)
    }

    /// 1/a; 0 for 0.
    pub(super) fn invert(&self) -> Self {
        let (a, b, c) = (self.c0, self.c1, self.c2);
        let t0 = a.square() - (b * c).times_xi();
        let t1 = c.square().times_xi() - a * b;
        let t2 = b.square() - a * c;
        let norm = a * t0 + (c * t1 + b * t2).times_xi();
        Self::new(t0, t1, t2).scale(norm.invert())
    }
}

impl Add for Fp6 {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        Self::new(self.c0 + other.c0, self.c1 + other.c1, self.c2 + other.c2)
    }
}

impl Sub for Fp6 {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        Self::new(self.c0 - other.c0, self.c1 - other.c1, self.c2 - other.c2)
    }
}

impl Neg for Fp6 {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self::new(-self.c0, -self.c1, -self.c2)
    }
}

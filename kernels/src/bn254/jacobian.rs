//! Points of curves: affine ones, and those of y² = x³ + b over Fp in Jacobian coordinates. No formula here needs b.
//!
//! Products stand in an order that puts independent ones next to each other, so that a processor overlaps them; and a
//! point changes in place, as a copy right after its words were written waits for them.

use super::field::Fp;

/// A point other than the one at infinity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Affine<F> {
    pub(super) x: F,
    pub(super) y: F,
}

impl<F: std::ops::Neg<Output = F>> std::ops::Neg for Affine<F> {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self {
            x: self.x,
            y: -self.y,
        }
    }
}

/// The point (x/z², y/z³), or infinity if z is zero.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jacobian {
    pub(super) x: Fp,
    pub(super) y: Fp,
    pub(super) z: Fp,
}

impl Jacobian {
    pub(super) const INFINITY: Self = Self {
        x: Fp::ONE,
        y: Fp::ONE,
        z: Fp::ZERO,
    };

    #[inline]
    pub(super) fn is_infinity(&self) -> bool {
        self.z.is_zero()
    }

    /// P becomes 2P, any P: five products, two squares. With m = 3x²/2: x' = m² - 2xy², y' = m(xy² - x') - y⁴, z' = yz.
    pub(super) fn double(&mut self) {
        let m = self.x.three_halves_factor() * self.x;
        let yy = self.y.square();
        let xyy = self.x * yy;
        let mm = m.square();
        let x = mm - xyy - xyy;
        let z = self.y * self.z;
        let y = Fp::product_difference(m, xyy - x, yy, yy);
        *self = Self { x, y, z };
    }

    /// P becomes P + Q, any P: eight products, three squares, where P is not Q, -Q or infinity.
    pub(super) fn add(&mut self, other: &Affine<Fp>) {
        if self.is_infinity() {
            *self = (*other).into();
            return;
        }
        let difference = self.difference(other);
        if !difference.h.is_zero() {
            *self = self.sum(&difference);
        } else if difference.r.is_zero() {
            self.double();
        } else {
            *self = Self::INFINITY;
        }
    }

    /// How Q differs from P, scaled by P's z.
    #[inline(always)]
    pub(super) fn difference(&self, other: &Affine<Fp>) -> Difference {
        let zz = self.z.square();
        let zzz = zz * self.z;
        let h = other.x * zz - self.x;
        let r = other.y * zzz - self.y;
        Difference { h, r }
    }

    /// P + Q for their difference, with h other than zero; its z is P's times h.
    #[inline(always)]
    pub(super) fn sum(&self, difference: &Difference) -> Self {
        let Difference { h, r } = *difference;
        let hh = h.square();
        let rr = r.square();
        let hhh = hh * h;
        let v = self.x * hh;
        let x = rr - hhh - v - v;
        let z = self.z * h;
        let y = Fp::product_difference(r, v - x, self.y, hhh);
        Self { x, y, z }
    }
}

/// Differences of x and y, times z² and z³.
#[derive(Debug, Clone, Copy)]
pub(super) struct Difference {
    pub(super) h: Fp,
    pub(super) r: Fp,
}

impl From<Affine<Fp>> for Jacobian {
    fn from(Affine { x, y }: Affine<Fp>) -> Self {
        Self { x, y, z: Fp::ONE }
    }
}

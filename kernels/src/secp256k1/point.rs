//! Points in Jacobian coordinates, x = X/Z² and y = Y/Z³, in lanes.
//!
//! The formulas are incomplete, and nothing in them branches. A sum of a point with itself or with its opposite has
//! H = 0, so it leaves Z = 0; every later formula multiplies by Z, so Z stays 0 to the end: whoever uses these looks
//! there and computes such a lane another way. (No point of the curve has y = 0, so doublings have no exceptions.) The
//! start of a sum, with nothing added yet, is kept as a mask of lanes beside the coordinates.
//!
//! Units (see `field`) stand beside each sum.

use super::field::Field;

/// A sum of points in each lane. X and Y are tight, Z a factor.
#[derive(Clone, Copy)]
pub(super) struct Jacobian<F> {
    pub(super) x: F,
    pub(super) y: F,
    pub(super) z: F,
    /// The lanes where nothing has been added yet; the coordinates there mean nothing.
    pub(super) empty: u32,
}

impl<F: Field> Jacobian<F> {
    /// Nothing added yet, with a point of the caller's to fill the coordinates.
    #[inline(always)]
    pub(super) fn empty(x: F, y: F, one: F) -> Self {
        let empty = u32::MAX >> (32 - F::LANES);
        Self {
            x,
            y,
            z: one,
            empty,
        }
    }

    /// 2P: 3 multiplications, 4 squares (with S = 4XY², M = 3X²: X' = M² - 2S, Y' = M(S - X') - 8Y⁴, Z' = 2YZ).
    #[inline(always)]
    pub(super) fn double(&mut self) {
        let xx = self.x.square();
        let yy = self.y.squared();
        let m = F::factor(F::twice(xx) + xx); // 3
        let xyy = self.x.mul(yy);
        let s = F::twice(F::twice(xyy)); // 4
        let yyyy8 = F::twice(F::twice(F::twice(yy.square()))); // 8
        self.z = F::factor(F::twice(self.y.mul(self.z))); // 2
        self.x = F::tight_signed(m.square() - F::twice(s)); // 1 - 8
        let t = F::factor_signed(s - self.x.sum()); // 4 - 1
        self.y = F::tight_signed(m.mul(t) - yyyy8); // 3·8 square units; 1 - 8
    }

    /// P + Q for an affine Q, negated in the lanes of `negate`, left out in those of `skip`: 8 multiplications, 3 squares
    /// (with U = x·Z², H = U - X, R = y·Z³ - Y: X' = R² - H³ - 2XH², Y' = R(XH² - X') - YH³, Z' = ZH).
    #[inline(always)]
    pub(super) fn add(&mut self, (x, y): (F, F), negate: u32, skip: u32, one: F) {
        let zz = self.z.squared();
        let h = F::factor_signed(x.mul(zz) - self.x.sum()); // 1 - 1
        let zzz = self.z.times(zz);
        let r = F::factor_signed(F::negate_if(y.mul(zzz), negate) - self.y.sum()); // 0 - 2
        let hh = h.squared();
        let hhh = h.times(hh);
        let v = self.x.mul(hh);
        let new_z = self.z.times(h);
        let new_x = F::tight_signed(r.square() - hhh.sum() - F::twice(v)); // 1 - 3
        let t = F::factor_signed(v - new_x.sum()); // 1 - 1
        let new_y = F::tight_signed(r.mul(t) - self.y.mul(hhh)); // 5·5 square units; 1 - 1
        self.x = F::select(skip, self.x, new_x);
        self.y = F::select(skip, self.y, new_y);
        self.z = F::select(skip, self.z, new_z);
        if self.empty != 0 {
            let first = self.empty & !skip;
            let signed = F::tight_signed(F::negate_if(y.sum(), negate));
            self.x = F::select(first, x, self.x);
            self.y = F::select(first, signed, self.y);
            self.z = F::select(first, one, self.z);
            self.empty &= skip;
        }
    }

    /// The lanes whose sum is the affine point: not those where Z is zero.
    #[inline(always)]
    pub(super) fn equals(&self, (x, y): (F, F)) -> u32 {
        let zz = self.z.squared();
        let zzz = self.z.times(zz);
        let same_x = F::tight_signed(x.mul(zz) - self.x.sum())
            .canonical()
            .zeros();
        let same_y = F::tight_signed(y.mul(zzz) - self.y.sum())
            .canonical()
            .zeros();
        same_x & same_y & !self.z.canonical().zeros()
    }
}

#[cfg(test)]
mod tests;

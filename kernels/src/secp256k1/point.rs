//! Points in Jacobian coordinates, x = X/Z² and y = Y/Z³, in lanes.
//!
//! The formulas of additions don't cover all points: a sum with an equal point needs those of doubling, and of opposite
//! points nothing remains. Whoever signs can arrange for either, so both are seen (H = 0) and put right, for all lanes of
//! the vector at the price of a doubling; between honest points they don't happen. No point of the curve has y = 0, so
//! doublings have no exceptions.

use super::field::Field;

/// A sum of points in each lane. Z is zero in no lane but those at infinity.
#[derive(Clone, Copy)]
pub(super) struct Jacobian<F> {
    pub(super) x: F,
    pub(super) y: F,
    pub(super) z: F,
    /// The lanes at infinity; their coordinates mean nothing.
    pub(super) infinite: u32,
}

impl<F: Field> Jacobian<F> {
    /// Infinity in all lanes, with a point of the caller's to fill the coordinates.
    #[inline(always)]
    pub(super) fn infinity((x, y): (F, F)) -> Self {
        Self {
            x,
            y,
            z: y,
            infinite: u32::MAX >> (32 - F::LANES),
        }
    }

    /// 2P: 2 multiplications, 5 squares (with A = X², B = Y², D = 2((X + B)² - A - B²), E = 3A: X' = E² - 2D,
    /// Y' = E(D - X') - 8B², Z' = 2YZ).
    #[inline(always)]
    pub(super) fn double(&mut self) {
        let a = self.x.square();
        let b = self.y.squared();
        let bb = b.square();
        let half_d = F::factor(self.x.sum() + b.sum()).square() - a - bb; // 1 - 2
        let d = F::twice(half_d); // 2 - 4
        let e = F::factor(F::twice(a) + a); // 3
        self.z = F::factor(F::twice(self.y.mul(self.z))); // 2
        self.x = F::factor_signed(e.square() - F::twice(d)); // 9 - 4
        let t = F::factor_signed(d - self.x.sum()); // 2 - 5
        self.y = F::factor_signed(e.mul(t) - F::twice(F::twice(F::twice(bb)))); // 1 - 8
    }

    /// P + Q for an affine Q, negated in the lanes of `negate`, left out in those of `skip`: 8 multiplications, 3 squares
    /// (with U = x·Z², H = U - X, R = y·Z³ - Y: X' = R² - H³ - 2XH², Y' = R(XH² - X') - YH³, Z' = ZH).
    #[inline(always)]
    pub(super) fn add(&mut self, proof: F::Proof, (x, y): (F, F), negate: u32, skip: u32) {
        let zz = self.z.squared();
        let h = F::factor_signed(x.mul(zz) - self.x.sum()); // 1 - 1
        let zzz = self.z.times(zz);
        let r = F::factor_signed(F::negate_if(y.mul(zzz), negate) - self.y.sum()); // 0 - 2
        let hh = h.squared();
        let hhh = h.times(hh);
        let v = self.x.mul(hh);
        let new_z = self.z.times(h);
        let new_x = F::factor_signed(r.square() - hhh.sum() - F::twice(v)); // 1 - 3
        let t = F::factor_signed(v - new_x.sum()); // 1 - 1
        let new_y = F::factor_signed(r.mul(t) - self.y.mul(hhh)); // 1 - 1
        let before = *self;
        self.x = F::select(skip, before.x, new_x);
        self.y = F::select(skip, before.y, new_y);
        self.z = F::select(skip, before.z, new_z);
        let exceptions = (before.infinite | h.perhaps_zeros()) & !skip;
        if exceptions & (u32::MAX >> (32 - F::LANES)) != 0 {
            let signed_y = F::factor_signed(F::negate_if(y.sum(), negate));
            self.put_right(proof, &before, &(x, signed_y), &(h, r), exceptions);
        }
    }

    /// What the formulas of [`Self::add`] got wrong, in some of the lanes of `exceptions`.
    #[cold]
    #[inline(never)]
    fn put_right(
        &mut self,
        proof: F::Proof,
        before: &Self,
        (x, y): &(F, F),
        (h, r): &(F, F),
        exceptions: u32,
    ) {
        F::vectorize(
            proof,
            #[inline(always)]
            || {
                let begin = before.infinite & exceptions;
                let one = F::splat(proof, &[1, 0, 0, 0]);
                let same_x = h.canonical().zeros() & exceptions & !begin;
                let equal = same_x & r.canonical().zeros();
                #[cfg(test)]
                tests::meet(equal, same_x & !equal);
                let mut twice = *before;
                twice.double();
                self.x = F::select(begin, *x, F::select(equal, twice.x, self.x));
                self.y = F::select(begin, *y, F::select(equal, twice.y, self.y));
                self.z = F::select(begin, one, F::select(equal, twice.z, self.z));
                self.infinite = before.infinite & !begin | same_x & !equal;
            },
        );
    }
}

#[cfg(test)]
pub(super) mod tests;

//! Fp12 = Fp6[w]/(w² - v).

use super::{fp2::Fp2, fp6::Fp6, frobenius::GAMMA};

/// c0 + c1·w.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fp12 {
    pub(super) c0: Fp6,
    pub(super) c1: Fp6,
}

impl Fp12 {
    pub(super) const ONE: Self = Self::new(Fp6::ONE, Fp6::ZERO);

    pub(super) const fn new(c0: Fp6, c1: Fp6) -> Self {
        Self { c0, c1 }
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let (a, b) = (self, other);
        let t0 = a.c0.times(&b.c0);
        let t1 = a.c1.times(&b.c1);
        let cross = (a.c0 + a.c1).times(&(b.c0 + b.c1));
        Self::new(t0 + t1.times_v(), cross - t0 - t1)
    }

    /// (c0 + c1)(c0 + v·c1) = c0² + v·c1² + (1 + v)·c0·c1.
    pub(super) fn square(&self) -> Self {
        let t = self.c0.times(&self.c1);
        let sum = (self.c0 + self.c1).times(&(self.c0 + self.c1.times_v()));
        Self::new(sum - t - t.times_v(), t + t)
    }

    /// c0 - c1·w, which is also a^(p⁶), and 1/a of an element of the cyclotomic subgroup.
    pub(super) fn conjugate(&self) -> Self {
        Self::new(self.c0, -self.c1)
    }

    /// 1/a; 0 for 0.
    pub(super) fn invert(&self) -> Self {
        let norm = self.c0.times(&self.c0) - self.c1.times(&self.c1).times_v();
        let inverse = norm.invert();
        Self::new(self.c0.times(&inverse), -self.c1.times(&inverse))
    }

    /// a^p: the coefficient of w^k is conjugated and gets a factor ξ^(k(p-1)/6).
    pub(super) fn frobenius(&self) -> Self {
        let image = |a: Fp2, k: usize| a.conjugate() * GAMMA[k];
        let (even, odd) = (&self.c0, &self.c1);
        Self::new(
            Fp6::new(even.c0.conjugate(), image(even.c1, 2), image(even.c2, 4)),
            Fp6::new(image(odd.c0, 1), image(odd.c1, 3), image(odd.c2, 5)),
        )
    }

    /// a², for a in the cyclotomic subgroup, the elements with a^(p⁴ - p² + 1) = 1 (Granger and Scott, 2010): three
    /// squares in Fp4 = Fp2[w³].
    pub(super) fn cyclotomic_square(&self) -> Self {
        let (even, odd) = (&self.c0, &self.c1);
        let (a0, a1) = square_fp4(even.c0, odd.c1);
        let (b0, b1) = square_fp4(odd.c0, even.c2);
        let (c0, c1) = square_fp4(even.c1, odd.c2);
        // 3t - 2z for even powers of w, 3t + 2z for odd ones.
        let minus = |t: Fp2, z: Fp2| (t - z).double() + t;
        let plus = |t: Fp2, z: Fp2| (t + z).double() + t;
        Self::new(
            Fp6::new(minus(a0, even.c0), minus(b0, even.c1), minus(c0, even.c2)),
            Fp6::new(
                plus(c1.times_xi(), odd.c0),
                plus(a1, odd.c1),
                plus(b1, odd.c2),
            ),
        )
    }
}

/// (a + b·s)² with s² = ξ.
#[inline]
fn square_fp4(a: Fp2, b: Fp2) -> (Fp2, Fp2) {
    let (t0, t1) = (a.square(), b.square());
    (t0 + t1.times_xi(), (a + b).square() - t0 - t1)
}

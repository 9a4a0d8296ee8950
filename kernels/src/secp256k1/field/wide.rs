//! Several vectors side by side: what one waits for, another computes meanwhile.

use super::{Field, Packed, Words};
use std::ops::{Add, Sub};

/// `V` vectors as one of `V` times the lanes.
#[derive(Clone, Copy)]
pub(in crate::secp256k1) struct Wide<F, const V: usize>(pub(in crate::secp256k1) [F; V]);

/// Sums of [`Wide`].
#[derive(Clone, Copy)]
pub(in crate::secp256k1) struct WideSum<S, const V: usize>([S; V]);

impl<S: Add<Output = S> + Copy, const V: usize> Add for WideSum<S, V> {
    type Output = Self;
    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        for i in 0..V {
            self.0[i] = self.0[i] + other.0[i];
        }
        self
    }
}

impl<S: Sub<Output = S> + Copy, const V: usize> Sub for WideSum<S, V> {
    type Output = Self;
    #[inline(always)]
    fn sub(mut self, other: Self) -> Self {
        for i in 0..V {
            self.0[i] = self.0[i] - other.0[i];
        }
        self
    }
}

/// An array by a function of the index: `std::array::from_fn` need not be inlined, and vectors must stay in registers.
macro_rules! each {
    ($i:ident => $value:expr) => {{
        let $i = 0;
        let mut all = [$value; V];
        for $i in 1..V {
            all[$i] = $value;
        }
        all
    }};
}

impl<F: Field, const V: usize> Field for Wide<F, V> {
    type Proof = F::Proof;
    type Sum = WideSum<F::Sum, V>;

    const LANES: usize = F::LANES * V;

    #[inline(always)]
    fn vectorize<R>(proof: Self::Proof, f: impl FnOnce() -> R) -> R {
        F::vectorize(proof, f)
    }

    #[inline(always)]
    fn splat(proof: Self::Proof, number: &Words) -> Self {
        Self([F::splat(proof, number); V])
    }

    #[inline(always)]
    fn load<'a>(proof: Self::Proof, at: impl Fn(usize) -> &'a Packed) -> (Self, Self) {
        let zero = F::splat(proof, &[0; 4]);
        let (mut x, mut y) = ([zero; V], [zero; V]);
        for i in 0..V {
            (x[i], y[i]) = F::load(proof, |lane| at(i * F::LANES + lane));
        }
        (Self(x), Self(y))
    }

    #[inline(always)]
    fn store(x: Self, y: Self, out: &mut [Packed]) {
        for i in 0..V {
            F::store(x.0[i], y.0[i], &mut out[i * F::LANES..][..F::LANES]);
        }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self::Sum {
        WideSum(each!(i => self.0[i].mul(other.0[i])))
    }

    #[inline(always)]
    fn square(self) -> Self::Sum {
        WideSum(each!(i => self.0[i].square()))
    }

    #[inline(always)]
    fn sum(self) -> Self::Sum {
        WideSum(each!(i => self.0[i].sum()))
    }

    #[inline(always)]
    fn twice(sum: Self::Sum) -> Self::Sum {
        WideSum(each!(i => F::twice(sum.0[i])))
    }

    #[inline(always)]
    fn negate_if(sum: Self::Sum, mask: u32) -> Self::Sum {
        WideSum(each!(i => F::negate_if(sum.0[i], mask >> (i * F::LANES))))
    }

    #[inline(always)]
    fn factor(sum: Self::Sum) -> Self {
        Self(each!(i => F::factor(sum.0[i])))
    }

    #[inline(always)]
    fn factor_signed(sum: Self::Sum) -> Self {
        Self(each!(i => F::factor_signed(sum.0[i])))
    }

    #[inline(always)]
    fn perhaps_zeros(self) -> u32 {
        let mut mask = 0;
        for i in 0..V {
            mask |= self.0[i].perhaps_zeros() << (i * F::LANES);
        }
        mask
    }

    #[inline(always)]
    fn canonical(self) -> Self {
        Self(each!(i => self.0[i].canonical()))
    }

    #[inline(always)]
    fn zeros(self) -> u32 {
        let mut mask = 0;
        for i in 0..V {
            mask |= self.0[i].zeros() << (i * F::LANES);
        }
        mask
    }

    #[inline(always)]
    fn odd(self) -> u32 {
        let mut mask = 0;
        for i in 0..V {
            mask |= self.0[i].odd() << (i * F::LANES);
        }
        mask
    }

    #[inline(always)]
    fn select(mask: u32, on: Self, off: Self) -> Self {
        Self(each!(i => F::select(mask >> (i * F::LANES), on.0[i], off.0[i])))
    }
}

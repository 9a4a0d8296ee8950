//! The field of p = 2^256 - 2^32 - 977 in lanes: the contract that every level's arithmetic keeps.
//!
//! A [`Field`] value holds one field element a lane. It is a *factor*: something that can be multiplied. A product is a
//! [`Field::Sum`], spread over limbs that are not reduced: sums and differences of products cost one addition a limb, and
//! only what is multiplied again is brought back to a factor. Ranges are counted in units:
//!
//! | class | how it comes about | at most | at least |
//! |---|---|---|---|
//! | factor | `factor`, `factor_signed`, loads, `canonical` | 1 unit as a term of a sum | 0 |
//! | product | `mul`, `square` | 1 unit | 0 |
//! | sum | `+`, `-`, `twice` | 16 units | -16 units |
//! | canonical | `canonical` | p - 1 | 0 |
//!
//! `factor` takes a sum without differences, of at most 4 units; `factor_signed` takes any.
//!
//! Every level has its own limbs and its own meaning of a unit; its file shows that the bounds above suffice.
//! Values of a level exist only where its instructions do: they begin with a [`Field::Proof`].

use super::words::Words;
use std::ops::{Add, Sub};

pub(super) mod portable;
pub(super) mod wide;

#[cfg(target_arch = "x86_64")]
pub(super) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512;

/// An affine point of canonical coordinates, as tables hold it: one cache line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(64))]
pub(super) struct Packed {
    pub(super) x: Words,
    pub(super) y: Words,
}

/// One field element in each of [`Field::LANES`] lanes. See the module for the ranges.
///
/// Sets of lanes are bit masks: bit i for lane i.
pub(super) trait Field: Copy {
    /// What shows that this machine has the level's instructions.
    type Proof: Copy;
    /// Sums of products and factors.
    type Sum: Copy + Add<Output = Self::Sum> + Sub<Output = Self::Sum>;

    /// Elements in one value; at most 32.
    const LANES: usize;

    /// Runs `f` compiled for the level: all that `f` calls must be `inline(always)` down to the level's operations.
    fn vectorize<R>(proof: Self::Proof, f: impl FnOnce() -> R) -> R;

    /// The same reduced number in every lane.
    fn splat(proof: Self::Proof, number: &Words) -> Self;
    /// The x and y of one point a lane.
    fn load<'a>(proof: Self::Proof, at: impl Fn(usize) -> &'a Packed) -> (Self, Self);
    /// Writes a point of canonical coordinates for each lane.
    fn store(x: Self, y: Self, out: &mut [Packed]);

    fn mul(self, other: Self) -> Self::Sum;
    fn square(self) -> Self::Sum;
    /// The factor as a term.
    fn sum(self) -> Self::Sum;

    fn twice(sum: Self::Sum) -> Self::Sum;
    /// The sum, negated in the lanes of the mask.
    fn negate_if(sum: Self::Sum, mask: u32) -> Self::Sum;
    fn factor(sum: Self::Sum) -> Self;
    fn factor_signed(sum: Self::Sum) -> Self;

    /// All the lanes where the value is zero modulo p, and few others.
    fn perhaps_zeros(self) -> u32;

    /// The representative below p.
    fn canonical(self) -> Self;
    /// The lanes where a canonical value is zero.
    fn zeros(self) -> u32;
    /// The lanes where a canonical value is odd.
    fn odd(self) -> u32;
    /// `on` in the lanes of the mask, `off` in the others.
    fn select(mask: u32, on: Self, off: Self) -> Self;

    /// The product as a factor.
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self::factor(self.mul(other))
    }

    /// The square as a factor.
    #[inline(always)]
    fn squared(self) -> Self {
        Self::factor(self.square())
    }
}

#[cfg(test)]
pub(super) mod tests;

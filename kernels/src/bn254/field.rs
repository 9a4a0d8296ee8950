//! Numbers modulo p.

use super::limbs::{self, P, RADIX, RADIX_CUBED, RADIX_SQUARED, Wide, Words};
use crate::secp256k1::invert;
use std::ops::{Add, Mul, Neg, Sub};

/// A number modulo p: a·2^256 modulo p, below p, so that equal numbers have equal words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fp(pub(super) Words);

impl Fp {
    pub(super) const ZERO: Self = Self([0; 4]);
    pub(super) const ONE: Self = Self(RADIX);

    /// The constant that these words are; they are below p.
    pub(super) const fn constant(words: Words) -> Self {
        Self(limbs::shifted(words, 256))
    }

    /// A coordinate as EIP-196 has it: 32 bytes, big-endian; `None` for p and above.
    pub(super) fn from_be_bytes(bytes: &[u8; 32]) -> Option<Self> {
        let words = limbs::from_be_bytes(bytes);
        let canonical = limbs::sub(&words, &P).1;
        canonical.then(|| Self(limbs::reduce(&limbs::mul(&words, &RADIX_SQUARED))))
    }

    pub(super) fn to_be_bytes(self) -> [u8; 32] {
        let [a, b, c, d] = self.0;
        limbs::to_be_bytes(&limbs::reduce(&[a, b, c, d, 0, 0, 0, 0]))
    }

    #[inline]
    pub(super) fn is_zero(self) -> bool {
        // The lowest word decides almost always.
        self.0[0] == 0 && self == Self::ZERO
    }

    #[inline]
    pub(super) fn double(self) -> Self {
        self + self
    }

    #[inline(always)]
    pub(super) fn square(self) -> Self {
        Self(limbs::reduce(&limbs::square(&self.0)))
    }

    /// 1/a; 0 for 0.
    pub(super) fn invert(self) -> Self {
        // 1/(a·2^256) as it stands, and 2^768 to make it 2^256/a.
        let inverse = invert(&self.0, &P);
        Self(limbs::reduce(&limbs::mul(&inverse, &RADIX_CUBED)))
    }

    /// The product before its reduction: below p². The factors may be sums of two.
    #[inline(always)]
    pub(super) fn wide(self, other: Self) -> Wide {
        limbs::mul(&self.0, &other.0)
    }

    /// a·b - c·d with one reduction.
    #[inline(always)]
    pub(super) fn product_difference(a: Self, b: Self, c: Self, d: Self) -> Self {
        Self(limbs::reduce(&limbs::sub_wide_modulo(
            &a.wide(b),
            &c.wide(d),
        )))
    }

    /// a + b, not reduced: below 2p. For a factor of a product, and nothing else.
    #[inline(always)]
    pub(super) fn factor_sum(self, other: Self) -> Self {
        Self(limbs::add(&self.0, &other.0))
    }

    /// 3a/2, not reduced: below 2p. For a factor of a product, and nothing else.
    #[inline(always)]
    pub(super) fn three_halves_factor(self) -> Self {
        let three = limbs::add(&limbs::add(&self.0, &self.0), &self.0);
        Self(limbs::halve_modulo(&three))
    }

    /// a - b + p, not reduced: below 2p. For a factor of a product, and nothing else.
    #[inline(always)]
    pub(super) fn factor_difference(self, other: Self) -> Self {
        Self(limbs::add(&self.0, &limbs::sub(&P, &other.0).0))
    }
}

impl Add for Fp {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(limbs::add_modulo(&self.0, &other.0))
    }
}

impl Sub for Fp {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(limbs::sub_modulo(&self.0, &other.0))
    }
}

impl Neg for Fp {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Mul for Fp {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(limbs::reduce(&self.wide(other)))
    }
}

//! The field, the scalars and the group of points by big integers, straight from the definitions.

use super::{big, words};
use crate::{
    RecoverError, RecoverInput, SRule,
    secp256k1::{
        field::Packed,
        glv::BETA,
        words::{GENERATOR, N, P},
    },
};
use num_bigint::BigUint;

/// The order of the field.
pub(in crate::secp256k1) fn p() -> BigUint {
    big(&P)
}

/// The order of the group.
pub(in crate::secp256k1) fn n() -> BigUint {
    big(&N)
}

/// A point of the curve.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::secp256k1) enum Point {
    Infinity,
    Affine { x: BigUint, y: BigUint },
}

impl Point {
    pub(in crate::secp256k1) fn generator() -> Self {
        Self::affine(big(&GENERATOR.x), big(&GENERATOR.y))
    }

    pub(in crate::secp256k1) fn affine(x: BigUint, y: BigUint) -> Self {
        let p = p();
        assert!(x < p && y < p);
        assert_eq!(&y * &y % &p, (&x * &x * &x + 7u8) % &p, "on the curve");
        Self::Affine { x, y }
    }

    /// The point with this x and a y of this parity, if there is one.
    pub(in crate::secp256k1) fn with_x(x: &BigUint, odd: bool) -> Option<Self> {
        let p = p();
        let square = (x.pow(3) + 7u8) % &p;
        // p = 3 modulo 4.
        let root = square.modpow(&((&p + 1u8) >> 2), &p);
        let y = if root.bit(0) == odd { root } else { &p - root };
        (&y * &y % &p == square).then(|| Self::affine(x.clone(), y))
    }

    /// A point with this y, if there is one.
    pub(in crate::secp256k1) fn with_y(y: &BigUint) -> Option<Self> {
        let p = p();
        let cube = (y * y + &p - 7u8) % &p;
        // p = 7 modulo 9: (p + 2)/9 is 1/3 modulo the order of the cubes.
        let x = cube.modpow(&((&p + 2u8) / 9u8), &p);
        (x.pow(3) % &p == cube).then(|| Self::affine(x, y.clone()))
    }

    /// x and y of a point that is not infinity.
    pub(in crate::secp256k1) fn coordinates(&self) -> (&BigUint, &BigUint) {
        match self {
            Self::Infinity => panic!("infinity has no coordinates"),
            Self::Affine { x, y } => (x, y),
        }
    }

    /// As tables hold it; not infinity.
    pub(in crate::secp256k1) fn packed(&self) -> Packed {
        let (x, y) = self.coordinates();
        Packed {
            x: words(x),
            y: words(y),
        }
    }

    pub(in crate::secp256k1) fn negate(&self) -> Self {
        match self {
            Self::Infinity => Self::Infinity,
            Self::Affine { x, y } => Self::affine(x.clone(), p() - y),
        }
    }

    /// λ times the point.
    pub(in crate::secp256k1) fn times_lambda(&self) -> Self {
        match self {
            Self::Infinity => Self::Infinity,
            Self::Affine { x, y } => Self::affine(x * big(&BETA) % p(), y.clone()),
        }
    }

    /// By the chord, or by the tangent where both points are the same.
    pub(in crate::secp256k1) fn add(&self, other: &Self) -> Self {
        let (Self::Affine { x: x1, y: y1 }, Self::Affine { x: x2, y: y2 }) = (self, other) else {
            return if *self == Self::Infinity { other } else { self }.clone();
        };
        let p = p();
        let (rise, run) = if x1 != x2 {
            (y2 + &p - y1, x2 + &p - x1)
        } else if y1 == y2 {
            (x1 * x1 * 3u8, y1 * 2u8)
        } else {
            return Self::Infinity;
        };
        let slope = rise * (run % &p).modinv(&p).expect("p is a prime") % &p;
        let x = (&slope * &slope + &p * 2u8 - x1 - x2) % &p;
        let y = (slope * (x1 + &p - &x) + &p - y1) % &p;
        Self::affine(x, y)
    }

    /// a·self + b·other, bit by bit, adding as it is told.
    pub(in crate::secp256k1) fn combine(
        &self,
        a: &BigUint,
        other: &Self,
        b: &BigUint,
        add: impl Fn(&Self, &Self) -> Self,
    ) -> Self {
        let both = add(self, other);
        let mut sum = Self::Infinity;
        for bit in (0..a.bits().max(b.bits())).rev() {
            sum = add(&sum, &sum);
            sum = match (a.bit(bit), b.bit(bit)) {
                (false, false) => sum,
                (true, false) => add(&sum, self),
                (false, true) => add(&sum, other),
                (true, true) => add(&sum, &both),
            };
        }
        sum
    }
}

/// k256's own recovery behind this crate's rules, which are spelled out here on whole numbers.
pub(in crate::secp256k1) fn recover(input: &RecoverInput) -> Result<[u8; 20], RecoverError> {
    use k256::{
        AffinePoint,
        ecdsa::{RecoveryId, Signature, VerifyingKey},
        elliptic_curve::point::{AffineCoordinates, DecompressPoint},
    };
    use sha3::{Digest, Keccak256};

    if input.y_parity > 1 {
        return Err(RecoverError::RecoveryId);
    }
    let in_range = |bytes: &[u8; 32]| {
        let number = BigUint::from_bytes_be(bytes);
        (number != BigUint::ZERO && number < n()).then_some(number)
    };
    in_range(&input.r).ok_or(RecoverError::ROutOfRange)?;
    let s = in_range(&input.s).ok_or(RecoverError::SOutOfRange)?;
    let negated = n() - &s;
    let (mut s_bytes, mut odd) = (input.s, input.y_parity == 1);
    if s > negated {
        if input.s_rule == SRule::Low {
            return Err(RecoverError::HighS);
        }
        // (r, s) for R is (r, -s) for -R.
        s_bytes = super::to_be_bytes(&words(&negated));
        odd = !odd;
    }
    let lifted = AffinePoint::decompress(&input.r.into(), 0.into()).into_option();
    lifted.ok_or(RecoverError::NotOnCurve)?;
    let signature = Signature::from_scalars(input.r, s_bytes).expect("in range");
    let id = RecoveryId::new(odd, false);
    let key = VerifyingKey::recover_from_prehash(&input.prehash, &signature, id)
        .map_err(|_| RecoverError::Infinity)?;
    let point = key.as_affine();
    let hash = Keccak256::new()
        .chain_update(point.x())
        .chain_update(point.y())
        .finalize();
    Ok(hash[12..].try_into().expect("20 bytes"))
}

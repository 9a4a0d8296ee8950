//! Signatures whose author knows the discrete logarithm of R, and has made partial sums meet where formulas for the
//! addition of points have exceptions.
//!
//! A recovery computes u1·G + u2·R with u1 = -z/r and u2 = s/r. For R = k·G any u1 and u2 can be had by s = u2·r and
//! z = -u1·r.

use super::Words;
use alloy_primitives::Address;
use k256::{
    FieldBytes, ProjectivePoint, PublicKey, Scalar,
    elliptic_curve::{ff::PrimeField, ops::Reduce, point::AffineCoordinates, sec1::ToSec1Point},
};
use phalanx::{RecoverInput, SRule};

/// Signatures and their signers; `None` for the point at infinity, which has no address.
pub type Crafted = (Vec<RecoverInput>, Vec<Option<Address>>);

/// All sums end at the point at infinity, with multipliers like any other's on the way there.
pub fn infinite(seed: u64, count: usize) -> Crafted {
    let mut words = Words::new(seed);
    (0..count).map(|_| infinite_one(&mut words)).unzip()
}

/// Sums that meet what is to be added to them, or its opposite, on the way: where windows of 5 bits of u2 and of 15 bits
/// of either half of u1 are added from the highest down, as the kernels' are, they meet at a window of 15 bits with
/// random ones below.
pub fn meeting(seed: u64, count: usize) -> Crafted {
    let mut words = Words::new(seed);
    let meet = |index| {
        let place = 15 * (1 + words.below(8));
        let digit = Scalar::from(1 + words.below(16_383) as u64);
        let entry = digit * power_of_two(128 * words.below(2));
        let logarithm = if index % 2 == 0 { entry } else { -entry };
        // Below a quarter of the place, so that no window carries into it.
        let mut below = || Scalar::reduce(&low_bits(words.next(), place - 2));
        let u1 = entry * power_of_two(place) + below();
        let u2 = power_of_two(place) + below();
        craft(logarithm, u1, u2)
    };
    (0..count).map(meet).unzip()
}

/// Ordinary signatures with one in eight at the point at infinity: one lane of each vector.
pub fn one_in_eight(seed: u64, count: usize) -> Crafted {
    let (mut inputs, signers) = super::signatures(seed, count);
    let mut signers: Vec<Option<Address>> = signers.into_iter().map(Some).collect();
    let mut words = Words::new(seed + 1);
    for index in (3..count).step_by(8) {
        (inputs[index], signers[index]) = infinite_one(&mut words);
    }
    (inputs, signers)
}

fn infinite_one(words: &mut Words) -> (RecoverInput, Option<Address>) {
    let logarithm = scalar(words);
    let u2 = scalar(words);
    craft(logarithm, -(u2 * logarithm), u2)
}

/// The signature with R = `logarithm`·G of which a recovery computes u1·G + u2·R.
fn craft(logarithm: Scalar, u1: Scalar, u2: Scalar) -> (RecoverInput, Option<Address>) {
    let point = ProjectivePoint::mul_by_generator(&logarithm).to_affine();
    let r = Scalar::from_repr(point.x()).expect("x is below n, as all but one in 2^128 are");
    let input = RecoverInput {
        prehash: (-(u1 * r)).to_repr().into(),
        r: r.to_repr().into(),
        s: (u2 * r).to_repr().into(),
        y_parity: bool::from(point.y_is_odd()).into(),
        s_rule: SRule::Any,
    };
    let key = ProjectivePoint::mul_by_generator(&(u1 + u2 * logarithm));
    let signer = PublicKey::from_affine(key.to_affine())
        .ok()
        .map(|key| Address::from_raw_public_key(&key.to_sec1_point(false).as_bytes()[1..]));
    (input, signer)
}

fn scalar(words: &mut Words) -> Scalar {
    <Scalar as Reduce<FieldBytes>>::reduce(&words.next().into())
}

/// The number of the lowest `bits` bits.
fn low_bits(mut bytes: [u8; 32], bits: usize) -> FieldBytes {
    for (place, byte) in bytes.iter_mut().rev().enumerate() {
        let kept = bits.saturating_sub(8 * place).min(8);
        *byte &= ((1u16 << kept) - 1) as u8;
    }
    bytes.into()
}

fn power_of_two(exponent: usize) -> Scalar {
    (0..exponent).fold(Scalar::ONE, |power, _| power + power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::libsecp256k1;

    #[test]
    fn what_is_crafted_is_what_libsecp256k1_recovers() {
        for (inputs, signers) in [infinite(1, 9), meeting(2, 200), one_in_eight(3, 24)] {
            assert_eq!(libsecp256k1::recover(&inputs), signers);
        }
        let (_, signers) = infinite(1, 9);
        assert_eq!(signers, [None; 9]);
        let (_, signers) = meeting(2, 200);
        assert!(signers.iter().all(Option::is_some));
        let (_, signers) = one_in_eight(3, 24);
        assert_eq!(signers.iter().filter(|signer| signer.is_none()).count(), 3);
    }

    #[test]
    fn bits() {
        let low = |bits| low_bits([0xff; 32], bits);
        assert_eq!(low(0), FieldBytes::default());
        assert_eq!(low(13)[30..], [0x1f, 0xff]);
        assert_eq!(low(13)[..30], [0; 30]);
        assert_eq!(low(256), FieldBytes::from([0xff; 32]));
    }
}

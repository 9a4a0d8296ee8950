//! The second way to a sum that the formulas couldn't finish: (u1 + t)·G + u2·R and then -t·G.
//!
//! An exception needs partial sums that meet, and whoever signs can arrange that for the sums of u1·G + u2·R. With t the
//! hash of the signatures at hand, t changes with every attempt to aim at it: what remains is chance, of some 2^-120. So a
//! flood of crafted signatures costs two passes in lanes. Chance is not relied on: an exception of the second pass is
//! seen like one of the first, and left to `reference`.

use crate::{
    RecoverInput,
    secp256k1::{
        field::Packed,
        generator::packed,
        scalar,
        words::{self, Words},
    },
};
use k256::{ProjectivePoint, Scalar, elliptic_curve::ff::PrimeField};
use sha3::{Digest, Keccak256};

/// t and t·G.
pub(super) struct Blinding {
    pub(super) scalar: Words,
    pub(super) point: Packed,
}

impl Blinding {
    /// By the hash of all the signatures; none in the case, never to be seen, that t is zero.
    pub(super) fn new(inputs: &[RecoverInput]) -> Option<Self> {
        let mut hasher = Keccak256::new();
        for input in inputs {
            hasher.update(input.prehash);
            hasher.update(input.r);
            hasher.update(input.s);
            hasher.update([input.y_parity]);
        }
        let scalar = scalar::reduce(words::from_be_bytes(&hasher.finalize().into()));
        let t = Scalar::from_repr(words::to_be_bytes(&scalar).into()).into_option()?;
        let point = ProjectivePoint::mul_by_generator(&t).to_affine();
        (!words::is_zero(&scalar)).then(|| Self {
            scalar,
            point: packed(&point),
        })
    }
}

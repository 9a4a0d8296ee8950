//! One signature at a time, by k256.

use crate::{RecoverError, RecoverInput, SRule};
use k256::{
    AffinePoint, FieldBytes, NonZeroScalar, ProjectivePoint, Scalar,
    elliptic_curve::{
        group::CurveAffine,
        ops::{Invert, LinearCombination, Reduce},
        point::{AffineCoordinates, DecompressPoint},
        scalar::IsHigh,
        subtle::Choice,
    },
};
use sha3::{Digest, Keccak256};

/// The address of the signer. Complete: no signature is an exception.
pub(super) fn recover(input: &RecoverInput) -> Result<[u8; 20], RecoverError> {
    if input.y_parity > 1 {
        return Err(RecoverError::RecoveryId);
    }
    let r = scalar_in_range(&input.r).ok_or(RecoverError::ROutOfRange)?;
    let s = scalar_in_range(&input.s).ok_or(RecoverError::SOutOfRange)?;
    if input.s_rule == SRule::Low && bool::from(s.is_high()) {
        return Err(RecoverError::HighS);
    }
    let point = AffinePoint::decompress(&input.r.into(), Choice::from(input.y_parity))
        .into_option()
        .ok_or(RecoverError::NotOnCurve)?;
    let z = Scalar::reduce(&FieldBytes::from(input.prehash));
    let r_inverse = r.invert_vartime();
    let u1 = -(z * *r_inverse);
    let u2 = *(s * r_inverse);
    let public_key =
        ProjectivePoint::lincomb_vartime(&[(ProjectivePoint::GENERATOR, u1), (point.into(), u2)]);
    address(&public_key.to_affine())
}

/// The number that the bytes are, if it is in [1, n-1].
fn scalar_in_range(bytes: &[u8; 32]) -> Option<NonZeroScalar> {
    NonZeroScalar::from_repr((*bytes).into()).into_option()
}

fn address(public_key: &AffinePoint) -> Result<[u8; 20], RecoverError> {
    if bool::from(public_key.is_identity()) {
        return Err(RecoverError::Infinity);
    }
    let hash = Keccak256::new()
        .chain_update(public_key.x())
        .chain_update(public_key.y())
        .finalize();
    let mut address = [0; 20];
    address.copy_from_slice(&hash[12..]);
    Ok(address)
}

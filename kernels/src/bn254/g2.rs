//! The twist y² = x³ + 3/ξ over Fp2, of order r·(2p - r), its endomorphism ψ and the subgroup of order r.
//!
//! ψ takes a point to the curve over Fp12, to the p-th power there, and back; it satisfies ψ² - tψ + p = 0 for the trace
//! t = 6u² + 1. In the subgroup it multiplies by p, and 6u + 2 + p - p² + p³ is a multiple of r, which the optimal ate
//! pairing rests on. So a point Q of the subgroup has [6u+2]Q + ψ(Q) - ψ²(Q) + ψ³(Q) = 0.
//!
//! The converse holds too, which makes this sum the test for the subgroup, after Scott ("A note on group membership
//! tests for G1, G2 and GT on BLS pairing-friendly curves", 2021) and Dai, Lin, Zhao and Zhou ("Fast subgroup membership
//! testings for G1, G2 and GT on pairing-friendly curves", 2022): by its equation the left side is (a + bψ)(Q) for integers
//! a and b. Times a + b(t - ψ) it is a² + abt + b²p, so that number annihilates Q, as r·(2p - r) does; their greatest
//! common divisor is r. Tests compute it.

use super::{
    Bn254Error,
    field::Fp,
    fp2::Fp2,
    frobenius::{GAMMA, TWIST_B},
    jacobian::Affine,
};

/// A point as EIP-197 has it: x, y, of each the factor of i first; `None` is infinity. On the curve, but not always in the
/// subgroup.
pub(super) fn from_bytes(bytes: &[u8; 128]) -> Result<Option<Affine<Fp2>>, Bn254Error> {
    let ([x1, x0, y1, y0], []) = bytes.as_chunks() else {
        unreachable!("128 bytes are four coordinates");
    };
    let [x1, x0, y1, y0] = [x1, x0, y1, y0].map(Fp::from_be_bytes);
    let coordinate = |c0: Option<Fp>, c1: Option<Fp>| Some(Fp2::new(c0?, c1?));
    let x = coordinate(x0, x1).ok_or(Bn254Error::Coordinate)?;
    let y = coordinate(y0, y1).ok_or(Bn254Error::Coordinate)?;
    if x.is_zero() && y.is_zero() {
        return Ok(None);
    }
    if y.square() != x.square() * x + TWIST_B {
        return Err(Bn254Error::NotOnCurve);
    }
    Ok(Some(Affine { x, y }))
}

/// ψ(Q).
pub(super) fn psi(q: &Affine<Fp2>) -> Affine<Fp2> {
    Affine {
        x: q.x.conjugate() * GAMMA[2],
        y: q.y.conjugate() * GAMMA[3],
    }
}

//! BN254 (alt_bn128) as the precompiles 0x06 to 0x08 use it (EIP-196, EIP-197): y² = x³ + 3 over a prime p of 254 bits,
//! a group of prime order r, and its pairing.
//!
//! - `limbs`: whole numbers and Montgomery's reduction; `field`, `fp2`, `fp6`, `fp12`: the tower of fields;
//!   `frobenius`: constants.
//! - `jacobian`: points; `digits`: numbers in signed digits; `glv`: scalars in halves; `g1`, `g2`: the two groups.
//! - `walk`, `miller`, `final_exp`: the pairing, step by step.
//!
//! One level for all processors, no dispatch; nothing here is secret, so variable time is fine throughout.

mod digits;
mod field;
mod final_exp;
mod fp12;
mod fp2;
mod fp6;
mod frobenius;
mod g1;
mod g2;
mod glv;
mod jacobian;
mod limbs;
mod miller;
#[cfg(test)]
mod testing;
mod walk;

use fp12::Fp12;

/// Why an input is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Bn254Error {
    /// A coordinate is not below p.
    #[error("coordinate is not below the prime of BN254")]
    Coordinate,
    /// A point is not on its curve.
    #[error("point is not on the curve")]
    NotOnCurve,
    /// A point of the twist is not in the subgroup of order r.
    #[error("point is not in the subgroup of G2")]
    NotInSubgroup,
}

/// The sum of two points of G1 (EIP-196, 0x06).
///
/// A point is x and y, 32 bytes each, big-endian; zeros are the point at infinity.
///
/// # Errors
///
/// If a coordinate is not below p or a point not on the curve.
pub fn g1_add(a: &[u8; 64], b: &[u8; 64]) -> Result<[u8; 64], Bn254Error> {
    let sum = match (g1::from_bytes(a)?, g1::from_bytes(b)?) {
        (Some(a), Some(b)) => g1::add(a, b),
        (a, b) => a.or(b),
    };
    Ok(g1::to_bytes(sum))
}

/// A multiple of a point of G1 (EIP-196, 0x07).
///
/// The scalar is any number of 256 bits, big-endian.
///
/// # Errors
///
/// If a coordinate is not below p or the point not on the curve.
pub fn g1_mul(point: &[u8; 64], scalar: &[u8; 32]) -> Result<[u8; 64], Bn254Error> {
    let scalar = limbs::from_be_bytes(scalar);
    let product = g1::from_bytes(point)?.and_then(|point| g1::mul(point, &scalar));
    Ok(g1::to_bytes(product))
}

/// Whether the product of the pairings of all pairs is one (EIP-197, 0x08); true for none.
///
/// A pair is a point of G1 and a point of G2. That is x and y, 64 bytes each: the factor of i, then the rest. A pair with a
/// point at infinity contributes one, but its other point must be right as well.
///
/// # Errors
///
/// If any coordinate is not below p, any point not on its curve, or any point of G2 not in the subgroup of order r. Where
/// more than one thing is wrong, which is told is unspecified.
pub fn pairing_check(pairs: &[(&[u8; 64], &[u8; 128])]) -> Result<bool, Bn254Error> {
    let mut finite = Vec::with_capacity(pairs.len());
    for (p, q) in pairs {
        match (g1::from_bytes(p)?, g2::from_bytes(q)?) {
            (Some(p), Some(q)) => finite.push((p, q)),
            (None, Some(q)) if !walk::is_in_subgroup(q) => return Err(Bn254Error::NotInSubgroup),
            _ => {}
        }
    }
    if finite.is_empty() {
        return Ok(true);
    }
    let product = miller::miller_loop(&finite)?;
    Ok(final_exp::final_exponentiation(&product) == Fp12::ONE)
}

#[cfg(test)]
mod tests;

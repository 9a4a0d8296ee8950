//! Precompiles whose arithmetic is Phalanx's own, for any EVM that is built on revm.
//!
//! | address | precompile | where it differs from revm's own arithmetic |
//! |---|---|---|
//! | 1 | ecrecover | the recovery of [`phalanx_kernels`], as for senders |
//! | 5 | modexp (EIP-198) | odd moduli of up to 512 bits; others stay with revm's default |
//! | 6, 7, 8 | sums, multiples and pairings of BN254 (EIP-196, EIP-197) | all of it |
//!
//! Everything else is revm's. Gas, padding and refusals are the same: answers differ in nothing but time.
//!
//! [`precompiles`] is what Phalanx's executors run, whatever this process has installed. [`PhalanxCrypto`] is for
//! executors of others: `revm::precompile::install_crypto(PhalanxCrypto)`, before anything runs, Phalanx's executors
//! included: an EVM that finds nothing installed installs revm's default, and that stays.

mod forks;
#[cfg(test)]
mod tests;

pub use forks::precompiles;

use phalanx_kernels::{
    Level, RecoverInput, SRule,
    bn254::{self, Bn254Error},
    modexp_odd, recover_batch,
};
use revm::precompile::{Crypto, DefaultCrypto, PrecompileHalt};

/// Phalanx's arithmetic behind revm's interface; what Phalanx has none for is revm's default.
#[derive(Debug, Clone, Copy, Default)]
pub struct PhalanxCrypto;

impl Crypto for PhalanxCrypto {
    fn secp256k1_ecrecover(
        &self,
        signature: &[u8; 64],
        recovery_id: u8,
        prehash: &[u8; 32],
    ) -> Result<[u8; 32], PrecompileHalt> {
        // The precompile never asks with an x past n, but an interface of bytes can.
        if recovery_id > 1 {
            return DefaultCrypto.secp256k1_ecrecover(signature, recovery_id, prehash);
        }
        let ([r, s], []) = signature.as_chunks::<32>() else {
            return Err(PrecompileHalt::Secp256k1RecoverFailed);
        };
        let input = RecoverInput {
            prehash: *prehash,
            r: *r,
            s: *s,
            y_parity: recovery_id,
            s_rule: SRule::Any,
        };
        let mut signer = [Ok([0; 20])];
        recover_batch(Level::portable(), &[input], &mut signer);
        let [signer] = signer;
        let signer = signer.map_err(|_| PrecompileHalt::Secp256k1RecoverFailed)?;
        let mut word = [0; 32];
        word[12..].copy_from_slice(&signer);
        Ok(word)
    }

    fn modexp(
        &self,
        base: &[u8],
        exponent: &[u8],
        modulus: &[u8],
    ) -> Result<Vec<u8>, PrecompileHalt> {
        match modexp_odd(base, exponent, modulus) {
            Some(power) => Ok(power),
            None => DefaultCrypto.modexp(base, exponent, modulus),
        }
    }

    fn bn254_g1_add(&self, a: &[u8], b: &[u8]) -> Result<[u8; 64], PrecompileHalt> {
        bn254::g1_add(sized(a)?, sized(b)?).map_err(refused)
    }

    fn bn254_g1_mul(&self, point: &[u8], scalar: &[u8]) -> Result<[u8; 64], PrecompileHalt> {
        bn254::g1_mul(sized(point)?, sized(scalar)?).map_err(refused)
    }

    fn bn254_pairing_check(&self, pairs: &[(&[u8], &[u8])]) -> Result<bool, PrecompileHalt> {
        let pairs = pairs.iter().map(|(p, q)| Ok((sized(p)?, sized(q)?)));
        let pairs: Vec<_> = pairs.collect::<Result<_, _>>()?;
        bn254::pairing_check(&pairs).map_err(refused)
    }
}

/// The bytes of a point or a scalar. revm passes no other number of them.
fn sized<const N: usize>(bytes: &[u8]) -> Result<&[u8; N], PrecompileHalt> {
    bytes
        .try_into()
        .map_err(|_| PrecompileHalt::Bn254PairLength)
}

/// The same refusal by revm's name; whichever it is, the call fails and takes all of its gas.
fn refused(error: Bn254Error) -> PrecompileHalt {
    match error {
        Bn254Error::Coordinate => PrecompileHalt::Bn254FieldPointNotAMember,
        Bn254Error::NotOnCurve | Bn254Error::NotInSubgroup => {
            PrecompileHalt::Bn254AffineGFailedToCreate
        }
    }
}

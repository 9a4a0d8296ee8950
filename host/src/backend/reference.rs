//! The reference: each item by itself, by published crates that share no code with the kernels.

use super::BatchBackend;
use crate::Backend;
use k256::{
    AffinePoint, NonZeroScalar,
    ecdsa::{RecoveryId, Signature, VerifyingKey},
    elliptic_curve::{point::DecompressPoint, scalar::IsHigh, subtle::Choice},
};
use phalanx_kernels::{RecoverError, RecoverInput, SRule};
use sha3::{Digest, Keccak256};

/// k256 and sha3 on the thread that calls: what every other backend's answers must equal, and slow.
#[derive(Debug)]
pub(super) struct Reference;

impl BatchBackend for Reference {
    fn backend(&self) -> Backend {
        Backend::Reference
    }

    fn here(&self) -> &dyn BatchBackend {
        self
    }

    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        assert_eq!(inputs.len(), results.len(), "one result for each signature");
        for (input, result) in inputs.iter().zip(results) {
            *result = recover(input);
        }
    }

    fn keccak256(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        assert_eq!(messages.len(), hashes.len(), "one hash for each message");
        for (message, hash) in messages.iter().zip(hashes) {
            *hash = Keccak256::digest(message).into();
        }
    }
}

/// The signer's address. What is wrong is looked for in the order in which [`RecoverError`] lists it.
fn recover(input: &RecoverInput) -> Result<[u8; 20], RecoverError> {
    if input.y_parity > 1 {
        return Err(RecoverError::RecoveryId);
    }
    let r = in_range(&input.r).ok_or(RecoverError::ROutOfRange)?;
    let s = in_range(&input.s).ok_or(RecoverError::SOutOfRange)?;
    if input.s_rule == SRule::Low && bool::from(s.is_high()) {
        return Err(RecoverError::HighS);
    }
    // k256 has one error for whatever it can't recover, so the point is looked at first.
    let point = AffinePoint::decompress(&input.r.into(), Choice::from(input.y_parity));
    if point.into_option().is_none() {
        return Err(RecoverError::NotOnCurve);
    }
    let id = RecoveryId::new(input.y_parity == 1, false);
    let key = Signature::from_scalars(r, s)
        .and_then(|signature| VerifyingKey::recover_from_prehash(&input.prehash, &signature, id))
        .map_err(|_| RecoverError::Infinity)?;
    let hash = Keccak256::digest(&key.to_sec1_point(false).as_bytes()[1..]);
    let mut address = [0; 20];
    address.copy_from_slice(&hash[12..]);
    Ok(address)
}

/// The number that the bytes are, if it is in [1, n-1].
fn in_range(bytes: &[u8; 32]) -> Option<NonZeroScalar> {
    NonZeroScalar::from_repr((*bytes).into()).into_option()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_primitives::{Address, address, b256, hex, keccak256};

    /// A signature of go-ethereum's tests of its ecrecover precompile.
    fn published() -> (RecoverInput, Address) {
        let input = RecoverInput {
            prehash: hex!("18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"),
            r: hex!("73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"),
            s: hex!("eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"),
            y_parity: 1,
            s_rule: SRule::Any,
        };
        (input, address!("a94f5374fce5edbc8e2a8697c15331677e6ebf0b"))
    }

    #[test]
    fn a_published_signature_and_every_error() {
        let (good, signer) = published();
        let n = hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
        let mut five = [0; 32];
        five[31] = 5;
        // R is G and z is s: s·R - z·G is the point at infinity.
        let generator = hex!("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        let infinite = RecoverInput {
            prehash: five,
            r: generator,
            s: five,
            y_parity: 0,
            s_rule: SRule::Low,
        };
        let low = SRule::Low;
        let cases = [
            (good, Ok(signer.into_array())),
            (
                RecoverInput {
                    y_parity: 2,
                    r: n,
                    ..good
                },
                Err(RecoverError::RecoveryId),
            ),
            (
                RecoverInput { r: n, s: n, ..good },
                Err(RecoverError::ROutOfRange),
            ),
            (
                RecoverInput { r: [0; 32], ..good },
                Err(RecoverError::ROutOfRange),
            ),
            (
                RecoverInput {
                    s: n,
                    r: five,
                    ..good
                },
                Err(RecoverError::SOutOfRange),
            ),
            (
                RecoverInput { s: [0; 32], ..good },
                Err(RecoverError::SOutOfRange),
            ),
            (
                RecoverInput {
                    s_rule: low,
                    r: five,
                    ..good
                },
                Err(RecoverError::HighS),
            ),
            (
                RecoverInput { r: five, ..good },
                Err(RecoverError::NotOnCurve),
            ),
            (infinite, Err(RecoverError::Infinity)),
        ];
        let (inputs, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
        let mut results = vec![Ok([0xee; 20]); inputs.len()];
        Reference.recover(&inputs, &mut results);
        assert_eq!(results, expected);
    }

    #[test]
    fn the_original_padding() {
        let mut hashes = [[0xee; 32]; 2];
        Reference.keccak256(&[b"", b"abc"], &mut hashes);
        let empty = b256!("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
        assert_eq!(hashes, [empty, keccak256("abc")].map(|hash| hash.0));
    }
}

//! RustCrypto's k256, `VerifyingKey::recover_from_prehash`, with sha3 for the address.

use crate::RecoverInput;
use alloy_primitives::Address;
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use sha3::{Digest, Keccak256};

/// Recovers one signature after the other; `None` where it can't.
pub fn recover(inputs: &[RecoverInput]) -> Vec<Option<Address>> {
    inputs.iter().map(recover_one).collect()
}

fn recover_one(input: &RecoverInput) -> Option<Address> {
    let signature = Signature::from_scalars(input.r, input.s).ok()?;
    let id = RecoveryId::from_byte(input.y_parity)?;
    let key = VerifyingKey::recover_from_prehash(&input.prehash, &signature, id).ok()?;
    let hash = Keccak256::digest(&key.to_sec1_point(false).as_bytes()[1..]);
    Some(Address::from_slice(&hash[12..]))
}

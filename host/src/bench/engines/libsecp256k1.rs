//! Bitcoin Core's libsecp256k1 through the `secp256k1` crate, with keccak-asm for the address: what reth and revm use.

use crate::RecoverInput;
use alloy_primitives::Address;
use keccak_asm::Keccak256;
use rayon::{ThreadPool, prelude::*};
use secp256k1::{
    Message,
    ecdsa::{RecoverableSignature, RecoveryId},
};

/// Recovers one signature after the other; `None` where it can't.
pub fn recover(inputs: &[RecoverInput]) -> Vec<Option<Address>> {
    inputs.iter().map(recover_one).collect()
}

/// The same over the threads of a pool, as clients do for a block; a few on the caller's.
pub fn recover_on(pool: &ThreadPool, inputs: &[RecoverInput]) -> Vec<Option<Address>> {
    /// Below, handing over costs more than it saves.
    const FEW: usize = 8;
    if inputs.len() < FEW {
        return recover(inputs);
    }
    pool.install(|| inputs.par_iter().map(recover_one).collect())
}

fn recover_one(input: &RecoverInput) -> Option<Address> {
    let id = RecoveryId::from_u8_masked(input.y_parity);
    let mut compact = [0; 64];
    compact[..32].copy_from_slice(&input.r);
    compact[32..].copy_from_slice(&input.s);
    let signature = RecoverableSignature::from_compact(&compact, id).ok()?;
    let message = Message::from_digest(input.prehash);
    let key = signature.recover_ecdsa(message).ok()?;
    let hash = Keccak256::digest(&key.serialize_uncompressed()[1..]);
    Some(Address::from_slice(&hash[12..]))
}

//! alloy: `recover_signer` with its `secp256k1` feature over rayon, as execution clients call it for a block.

use crate::block::Transaction;
use alloy_consensus::transaction::SignerRecoverable;
use alloy_primitives::Address;
use rayon::prelude::*;

/// Hashes for signing and recovers, one transaction after the other on each thread of the pool that this is called in;
/// `None` where it can't.
pub fn recover_signers(transactions: &[Transaction]) -> Vec<Option<Address>> {
    let recover = |transaction: &Transaction| transaction.recover_signer().ok();
    transactions.par_iter().map(recover).collect()
}

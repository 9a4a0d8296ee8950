//! Senders of signed transactions and authorities of EIP-7702 authorizations, recovered in one batch.

use crate::{Engine, block::Transaction};
use alloy_primitives::Address;
use phalanx_kernels::RecoverError;

/// The addresses recovered from one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Sender of the transaction.
    pub sender: Result<Address, RecoverError>,
    /// Authority of each authorization in order (EIP-7702); empty for other transaction types.
    pub authorities: Vec<Result<Address, RecoverError>>,
}

/// Recovers senders and authorities of all transactions in one batch; results by index.
///
/// `low_s` says for each transaction whether its block is under EIP-2 (Homestead on). Authorizations always are.
pub fn recover_transactions(
    engine: &Engine,
    transactions: &[(&Transaction, bool)],
) -> Vec<Recovered> {
    let _ = (engine, transactions);
    todo!()
}

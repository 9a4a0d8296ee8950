//! Senders of signed transactions and authorities of EIP-7702 authorizations, recovered in one batch.
//!
//! Three steps for all of them together: what was signed is encoded, the encodings are hashed in one batch, and the
//! hashes with their signatures are recovered in another.

#[cfg(feature = "exec")]
mod arriving;

#[cfg(feature = "exec")]
pub use arriving::Arriving;

use crate::{Engine, block::Transaction};
use alloy_consensus::SignableTransaction;
use alloy_eips::eip7702::{SignedAuthorization, constants::MAGIC};
use alloy_primitives::{Address, B256, Signature};
use alloy_rlp::Encodable;
use phalanx_kernels::{RecoverError, RecoverInput, SRule};

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
    let mut batch = Batch::default();
    for &(transaction, low_s) in transactions {
        batch.add(transaction, if low_s { SRule::Low } else { SRule::Any });
    }
    let addresses = batch.recover(engine);
    by_transaction(
        transactions.iter().map(|(transaction, _)| *transaction),
        &addresses,
    )
}

/// Recovers the sender of each transaction whatever its s, and says what was recovered from.
#[cfg(feature = "alloy")]
pub(crate) fn recover_any(
    engine: &Engine,
    transactions: &[Transaction],
) -> (Vec<RecoverInput>, Vec<Result<Address, RecoverError>>) {
    let mut batch = Batch::default();
    for transaction in transactions {
        batch.add_sender(transaction, SRule::Any);
    }
    batch.fill_prehashes(|payloads| engine.keccak256(payloads));
    let senders = engine.recover(&batch.inputs);
    (batch.inputs, senders)
}

/// Parts the results of a batch to which transactions have been added.
fn by_transaction<'a>(
    transactions: impl Iterator<Item = &'a Transaction>,
    addresses: &[Result<Address, RecoverError>],
) -> Vec<Recovered> {
    let mut rest = addresses;
    transactions
        .map(|transaction| {
            let (own, after) = rest.split_at(1 + authorizations(transaction).len());
            rest = after;
            Recovered {
                sender: own[0],
                authorities: own[1..].to_vec(),
            }
        })
        .collect()
}

impl Engine {
    /// Recovers the sender of each transaction under the rules from Homestead on (EIP-2): s at most n/2.
    /// [`recover_senders_under`](Self::recover_senders_under) takes another rule; [`recover_transactions`] takes one for
    /// each transaction, and recovers authorities as well.
    pub fn recover_senders(
        &self,
        transactions: &[&Transaction],
    ) -> Vec<Result<Address, RecoverError>> {
        self.recover_senders_under(transactions, SRule::Low)
    }

    /// Recovers the sender of each transaction, all under one rule for s.
    pub fn recover_senders_under(
        &self,
        transactions: &[&Transaction],
        s_rule: SRule,
    ) -> Vec<Result<Address, RecoverError>> {
        let mut batch = Batch::default();
        for transaction in transactions {
            batch.add_sender(transaction, s_rule);
        }
        batch.recover(self)
    }

    /// Recovers the authority of each authorization (EIP-7702): s at most n/2, y parity 0 or 1.
    pub fn recover_authorities(
        &self,
        authorizations: &[SignedAuthorization],
    ) -> Vec<Result<Address, RecoverError>> {
        let mut batch = Batch::default();
        for authorization in authorizations {
            batch.add_authority(authorization);
        }
        batch.recover(self)
    }
}

/// Signatures that transactions hold: senders' and authorities'.
pub(crate) fn signatures(transactions: &[Transaction]) -> usize {
    let authorities = transactions.iter().map(|tx| authorizations(tx).len());
    transactions.len() + authorities.sum::<usize>()
}

fn authorizations(transaction: &Transaction) -> &[SignedAuthorization] {
    match transaction {
        Transaction::Eip7702(signed) => &signed.tx().authorization_list,
        Transaction::Legacy(_)
        | Transaction::Eip2930(_)
        | Transaction::Eip1559(_)
        | Transaction::Eip4844(_) => &[],
    }
}

/// Signatures and what they sign.
#[derive(Default)]
struct Batch {
    /// What was signed, one after the other.
    payloads: Vec<u8>,
    /// Where each payload ends.
    ends: Vec<usize>,
    /// The signatures; their prehashes come by [`Batch::fill_prehashes`].
    inputs: Vec<RecoverInput>,
}

impl Batch {
    fn add_sender(&mut self, transaction: &Transaction, s_rule: SRule) {
        let out = &mut self.payloads;
        match transaction {
            // With a chain id, what is signed ends in (chain id, 0, 0) (EIP-155); without, it does not.
            Transaction::Legacy(signed) => signed.tx().encode_for_signing(out),
            Transaction::Eip2930(signed) => signed.tx().encode_for_signing(out),
            Transaction::Eip1559(signed) => signed.tx().encode_for_signing(out),
            Transaction::Eip4844(signed) => signed.tx().encode_for_signing(out),
            Transaction::Eip7702(signed) => signed.tx().encode_for_signing(out),
        }
        let signature: &Signature = transaction.signature();
        self.close(RecoverInput {
            prehash: [0; 32],
            r: signature.r().to_be_bytes(),
            s: signature.s().to_be_bytes(),
            y_parity: signature.v().into(),
            s_rule,
        });
    }

    fn add_authority(&mut self, authorization: &SignedAuthorization) {
        self.payloads.push(MAGIC);
        authorization.inner().encode(&mut self.payloads);
        self.close(RecoverInput {
            prehash: [0; 32],
            r: authorization.r().to_be_bytes(),
            s: authorization.s().to_be_bytes(),
            y_parity: authorization.y_parity(),
            s_rule: SRule::Low,
        });
    }

    /// Ends a payload with its signature.
    fn close(&mut self, input: RecoverInput) {
        self.ends.push(self.payloads.len());
        self.inputs.push(input);
    }

    /// A transaction's sender and authorities.
    fn add(&mut self, transaction: &Transaction, s_rule: SRule) {
        self.add_sender(transaction, s_rule);
        for authorization in authorizations(transaction) {
            self.add_authority(authorization);
        }
    }

    fn recover(self, engine: &Engine) -> Vec<Result<Address, RecoverError>> {
        self.recover_by(
            |payloads| engine.keccak256(payloads),
            |inputs| engine.recover(inputs),
        )
    }

    /// On the calling thread, which waits for no other.
    fn recover_here(self, engine: &Engine) -> Vec<Result<Address, RecoverError>> {
        self.recover_by(
            |payloads| engine.keccak256_here(payloads),
            |inputs| engine.recover_here(inputs),
        )
    }

    fn recover_by(
        mut self,
        hash: impl FnOnce(&[&[u8]]) -> Vec<B256>,
        recover: impl FnOnce(&[RecoverInput]) -> Vec<Result<Address, RecoverError>>,
    ) -> Vec<Result<Address, RecoverError>> {
        self.fill_prehashes(hash);
        recover(&self.inputs)
    }

    fn fill_prehashes(&mut self, hash: impl FnOnce(&[&[u8]]) -> Vec<B256>) {
        let mut start = 0;
        let payloads: Vec<&[u8]> = self
            .ends
            .iter()
            .map(|&end| {
                let payload = &self.payloads[start..end];
                start = end;
                payload
            })
            .collect();
        let hashes = hash(&payloads);
        for (input, hash) in self.inputs.iter_mut().zip(hashes) {
            input.prehash = hash.0;
        }
    }
}

#[cfg(test)]
mod tests;

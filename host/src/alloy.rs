//! Phalanx under alloy: programs that recover senders through alloy-consensus profit without a change.
//!
//! alloy asks for one signer at a time, and a signature alone fills no lane. So a [`Provider`] takes blocks beforehand, in
//! one batch, and answers alloy out of what it kept:
//!
//! ```
//! # use phalanx::{Engine, alloy::Provider, block::Transaction};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let transactions: Vec<Transaction> = Vec::new();
//! let phalanx = Provider::install(&Engine::builder().build()?)?;
//! // Once a block:
//! phalanx.prefetch(&transactions);
//! // And wherever alloy is asked, `transaction.recover_signer()` and the like, as before.
//! # Ok(())
//! # }
//! ```
//!
//! What is kept is found by the whole signature with all that it signs, so that no answer can be another's.

mod kept;
#[cfg(test)]
mod tests;

use crate::{Engine, block::Transaction, senders};
use alloy_consensus::crypto::{
    RecoveryError, SECP256K1N_HALF,
    backend::{CryptoProvider, install_default_provider},
};
use alloy_eips::Encodable2718;
use alloy_primitives::{Address, TxHash, keccak256};
use k256::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier};
use kept::Kept;
use phalanx_kernels::{Level, RecoverError, RecoverInput, SRule, recover_batch};
use std::sync::Arc;

/// Senders that are kept by default: those of an hour of blocks, in some 30 MB.
const DEFAULT_SENDERS: usize = 100_000;

/// n/2, as bytes of s.
const HALF_ORDER: [u8; 32] = SECP256K1N_HALF.to_be_bytes();

/// Recovers for alloy-consensus, in batches where it is told beforehand. May be shared between threads.
#[derive(Debug)]
pub struct Provider {
    engine: Engine,
    by_signature: Kept<Signed>,
    by_transaction: Kept<TxHash>,
}

/// A signature, and what it signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Signed {
    prehash: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
    y_parity: u8,
}

impl From<&RecoverInput> for Signed {
    fn from(input: &RecoverInput) -> Self {
        Self {
            prehash: input.prehash,
            r: input.r,
            s: input.s,
            y_parity: input.y_parity,
        }
    }
}

/// alloy-consensus has a provider already: the first one stays as long as the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("alloy-consensus has a crypto provider already")]
pub struct AlreadyInstalled;

impl Provider {
    /// A provider that recovers on an engine's threads and keeps the senders of the last 100,000 transactions or more.
    pub fn new(engine: &Engine) -> Self {
        Self::keeping(engine, DEFAULT_SENDERS)
    }

    /// The same that keeps so many senders, and twice as many at most; one takes some 150 bytes.
    pub fn keeping(engine: &Engine, senders: usize) -> Self {
        Self {
            engine: engine.clone(),
            by_signature: Kept::new(senders),
            by_transaction: Kept::new(senders),
        }
    }

    /// Makes a provider what alloy-consensus asks from now on, everywhere in this process.
    ///
    /// # Errors
    ///
    /// If it has one already.
    pub fn install(engine: &Engine) -> Result<Arc<Self>, AlreadyInstalled> {
        let provider = Arc::new(Self::new(engine));
        install_default_provider(provider.clone()).map_err(|_| AlreadyInstalled)?;
        Ok(provider)
    }

    /// Recovers the senders of transactions in one batch, and keeps those that there are. Results stand by index.
    ///
    /// s may be in either half: alloy holds EIP-2 against it where its callers ask for that, and [`sender`](Self::sender)
    /// knows no transaction whose s is in the upper one.
    pub fn prefetch(&self, transactions: &[Transaction]) -> Vec<Result<Address, RecoverError>> {
        let (inputs, senders) = senders::recover_any(&self.engine, transactions);
        let mut encodings = Vec::new();
        let ends: Vec<usize> = transactions
            .iter()
            .map(|transaction| {
                transaction.encode_2718(&mut encodings);
                encodings.len()
            })
            .collect();
        let mut start = 0;
        let encodings: Vec<&[u8]> = ends
            .into_iter()
            .map(|end| &encodings[std::mem::replace(&mut start, end)..end])
            .collect();
        let hashes = self.engine.keccak256(&encodings);
        for ((input, hash), sender) in inputs.iter().zip(hashes).zip(&senders) {
            if let Ok(sender) = sender {
                self.by_signature.keep(input.into(), *sender);
                if input.s <= HALF_ORDER {
                    self.by_transaction.keep(hash, *sender);
                }
            }
        }
        senders
    }

    /// The sender of a transaction that was prefetched, by its hash; `None` if it wasn't, or so long ago that it is
    /// forgotten, or if its s is above n/2, which EIP-2 forbids from Homestead on.
    pub fn sender(&self, transaction: &TxHash) -> Option<Address> {
        self.by_transaction.get(transaction)
    }
}

/// Answers are those of alloy's backend `k256`. Recovery ids 2 and 3, which alloy never asks with, are refused.
impl CryptoProvider for Provider {
    fn recover_signer_unchecked(
        &self,
        signature: &[u8; 65],
        prehash: &[u8; 32],
    ) -> Result<Address, RecoveryError> {
        let ([r, s], [y_parity]) = signature.as_chunks::<32>() else {
            return Err(RecoveryError::new());
        };
        let input = RecoverInput {
            prehash: *prehash,
            r: *r,
            s: *s,
            y_parity: *y_parity,
            s_rule: SRule::Any,
        };
        if let Some(sender) = self.by_signature.get(&Signed::from(&input)) {
            return Ok(sender);
        }
        let mut signer = [Ok([0; 20])];
        recover_batch(Level::portable(), &[input], &mut signer);
        let [signer] = signer;
        signer.map(Address::from).map_err(|_| RecoveryError::new())
    }

    /// s may be in either half.
    fn verify_and_compute_signer_unchecked(
        &self,
        public_key: &[u8; 65],
        signature: &[u8; 64],
        prehash: &[u8; 32],
    ) -> Result<Address, RecoveryError> {
        let refused = |_| RecoveryError::new();
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(refused)?;
        let signature = Signature::from_slice(signature).map_err(refused)?;
        let signature = signature.normalize_s();
        key.verify_prehash(prehash, &signature).map_err(refused)?;
        Ok(Address::from_slice(&keccak256(&public_key[1..])[12..]))
    }
}

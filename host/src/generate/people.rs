//! Accounts that sign.

use alloy_primitives::{Address, B256, Signature, U256, keccak256};
use k256::ecdsa::SigningKey;

/// An account with its key, and the nonce of what it signs next.
#[derive(Debug, Clone)]
pub(super) struct Person {
    key: SigningKey,
    pub(super) address: Address,
    pub(super) nonce: u64,
}

/// The right to send one transaction.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) key: SigningKey,
    pub(super) sender: Address,
    pub(super) nonce: u64,
}

impl Person {
    /// The account of this role and index in the chain of this seed.
    pub(super) fn derive(seed: u64, role: &str, index: u64) -> Self {
        let name = format!("phalanx {seed} {role} {index}");
        let mut secret = keccak256(name);
        let key = loop {
            match SigningKey::from_slice(secret.as_slice()) {
                Ok(key) => break key,
                // Zero or not below the group order, as one hash in 2^127 is.
                Err(_) => secret = keccak256(secret),
            }
        };
        let point = key.verifying_key().to_sec1_point(false);
        let hash = keccak256(point.as_bytes().get(1..).unwrap_or_default());
        Self {
            address: Address::from_word(hash),
            key,
            nonce: 0,
        }
    }

    /// Takes the next nonce.
    pub(super) fn ticket(&mut self) -> Ticket {
        let nonce = self.nonce;
        self.nonce += 1;
        Ticket {
            key: self.key.clone(),
            sender: self.address,
            nonce,
        }
    }

    pub(super) fn sign(&self, hash: B256) -> Signature {
        sign(&self.key, hash)
    }
}

/// The deterministic signature (RFC 6979) with the lower s.
pub(super) fn sign(key: &SigningKey, hash: B256) -> Signature {
    let (signature, id) = key.sign_prehash_recoverable(hash.as_slice());
    let (r, s) = signature.split_bytes();
    Signature::new(
        U256::from_be_slice(&r),
        U256::from_be_slice(&s),
        id.is_y_odd(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_recover_to_the_signer() {
        for index in 0..20 {
            let person = Person::derive(7, "test", index);
            let hash = keccak256(index.to_be_bytes());
            let signature = person.sign(hash);
            assert_eq!(signature.normalize_s(), None);
            let signer = signature.recover_address_from_prehash(&hash).unwrap();
            assert_eq!(signer, person.address);
            assert_eq!(signature, person.sign(hash));
        }
    }
}

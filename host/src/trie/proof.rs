//! Proofs of an account and some of its slots (EIP-1186), as `eth_getProof` gives them.

use super::{
    EMPTY_ROOT_HASH, Preimages, StateError, TrieError, WorldState,
    forest::{Forest, Found, Key, Name, Root},
    state::{Account, decode_account, decode_slot},
};
use crate::Engine;
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy_rpc_types_eth::{EIP1186AccountProofResponse, EIP1186StorageProof};
use std::sync::Arc;

/// Why a proof proves something else than it says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A node is missing or malformed.
    #[error(transparent)]
    State(#[from] StateError),
    /// The account is another one than the proof says, or none.
    #[error("account {address}: the proof's nodes say {proven:?}")]
    Account {
        /// The account's address.
        address: Address,
        /// What they say; `None` if there is no such account.
        proven: Option<Box<Account>>,
    },
    /// The slot has another value than the proof says.
    #[error("slot {slot:#x} of account {address}: the proof's nodes say {proven:#x}")]
    Slot {
        /// The account's address.
        address: Address,
        /// The slot's number.
        slot: U256,
        /// What they say.
        proven: U256,
    },
}

impl WorldState {
    /// The nodes on the paths of an account and of slots, with what they lead to; if there is no such account, the nodes
    /// that prove it, and a code hash of zero.
    pub fn proof(
        &self,
        address: Address,
        slots: &[U256],
    ) -> Result<EIP1186AccountProofResponse, StateError> {
        let hashed = keccak256(address);
        let (account_proof, found) = nodes(&self.forest, Name::Accounts, self.root, &hashed.0)
            .map_err(StateError::account(address))?;
        let mut proof = EIP1186AccountProofResponse {
            address,
            account_proof,
            storage_hash: EMPTY_ROOT_HASH,
            ..EIP1186AccountProofResponse::default()
        };
        let mut storage = Root::EMPTY;
        if let Some(found) = found {
            let account =
                decode_account(&hashed.0, found.value).map_err(StateError::account(address))?;
            proof.balance = account.balance;
            proof.code_hash = account.code_hash;
            proof.nonce = account.nonce;
            proof.storage_hash = account.storage_root;
            storage = Root {
                hash: account.storage_root,
                id: found.link,
            };
        }
        for slot in slots {
            let name = Name::Storage(hashed);
            let key = keccak256(slot.to_be_bytes::<32>()).0;
            let (nodes, found) = nodes(&self.forest, name, storage, &key)
                .map_err(StateError::slot(address, *slot))?;
            let value = match found {
                None => U256::ZERO,
                Some(found) => decode_slot(name, &key, found.value)
                    .map_err(StateError::slot(address, *slot))?,
            };
            proof.storage_proof.push(EIP1186StorageProof {
                key: B256::from(*slot).into(),
                value,
                proof: nodes,
            });
        }
        Ok(proof)
    }
}

/// The nodes on a key's path that have a hash, the root first, and what it leads to.
fn nodes<'a>(
    forest: &'a Forest,
    name: Name,
    root: Root,
    key: &Key,
) -> Result<(Vec<Bytes>, Option<Found<'a>>), TrieError> {
    let mut nodes = Vec::new();
    let found = forest.walk(name, root, key, |node| {
        nodes.push(Bytes::copy_from_slice(node.rlp));
    })?;
    Ok((nodes, found))
}

/// Verifies that a state with this root holds what the proof says. All its nodes are hashed as one batch before any of
/// them is read; more of them than are needed do no harm.
pub fn verify_proof(
    engine: &Engine,
    state_root: B256,
    proof: &EIP1186AccountProofResponse,
) -> Result<(), ProofError> {
    let storage = proof.storage_proof.iter().flat_map(|slot| &slot.proof);
    let nodes = proof.account_proof.iter().chain(storage).cloned();
    let state = WorldState::from_witness(state_root, Arc::new(Preimages::new(engine, nodes)));
    let address = proof.address;
    let said = Account {
        nonce: proof.nonce,
        balance: proof.balance,
        storage_root: proof.storage_hash,
        code_hash: proof.code_hash,
    };
    let proven = state.account(address)?;
    let agrees = match proven {
        Some(account) => said == account,
        None => is_nothing(&said),
    };
    if !agrees {
        let proven = proven.map(Box::new);
        return Err(ProofError::Account { address, proven });
    }
    for slot in &proof.storage_proof {
        let number = slot.key.as_b256().into();
        let proven = state.slot(address, number)?;
        if proven != slot.value {
            return Err(ProofError::Slot {
                address,
                slot: number,
                proven,
            });
        }
    }
    Ok(())
}

/// True for what clients say of an account that does not exist: either hash may be zero.
fn is_nothing(account: &Account) -> bool {
    account.nonce == 0
        && account.balance.is_zero()
        && [EMPTY_ROOT_HASH, B256::ZERO].contains(&account.storage_root)
        && [KECCAK256_EMPTY, B256::ZERO].contains(&account.code_hash)
}

//! Proofs made and verified, and altered ones refused.

use super::engine;
use crate::{
    exec::{AccountChange, StateChanges},
    trie::{ProofError, StateError, WorldState, verify_proof},
};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_trie::Nibbles;
use revm::state::AccountInfo;

/// Accounts of which the first has many slots, the second one, and the others none.
fn state() -> WorldState {
    let accounts = (0..100u8).map(|who| {
        let slots = [100, 1].get(usize::from(who)).copied().unwrap_or(0);
        let change = AccountChange {
            info: Some(AccountInfo {
                balance: U256::from(who),
                ..AccountInfo::default()
            }),
            storage_wiped: false,
            storage: (0..slots)
                .map(|slot| (U256::from(slot), U256::from(slot + 7)))
                .collect(),
        };
        (Address::repeat_byte(who), change)
    });
    let accounts = accounts.collect();
    let mut state = WorldState::default();
    state
        .apply(&engine(), &StateChanges { accounts })
        .expect("in memory");
    state
}

#[test]
fn proofs_are_what_alloy_trie_verifies_too() {
    let state = state();
    for who in [0, 1, 2, 200] {
        let address = Address::repeat_byte(who);
        let slots = [0, 1, 99, 1000].map(U256::from);
        let proof = state.proof(address, &slots).expect("in memory");
        assert_eq!(verify_proof(&engine(), state.root(), &proof), Ok(()));
        let account = state.account(address).expect("in memory");
        alloy_trie::proof::verify_proof(
            state.root(),
            Nibbles::unpack(keccak256(address)),
            account.map(alloy_rlp::encode),
            &proof.account_proof,
        )
        .expect("a proof");
        for (slot, part) in slots.iter().zip(&proof.storage_proof) {
            assert_eq!(part.value, state.slot(address, *slot).expect("in memory"));
            if part.proof.is_empty() {
                continue;
            }
            let value = (!part.value.is_zero()).then(|| alloy_rlp::encode(part.value));
            alloy_trie::proof::verify_proof(
                proof.storage_hash,
                Nibbles::unpack(keccak256(B256::from(*slot))),
                value,
                &part.proof,
            )
            .expect("a proof");
        }
    }
}

#[test]
fn what_is_not_proven_is_refused() {
    let (engine, state) = (engine(), state());
    let address = Address::repeat_byte(0);
    let slot = U256::from(5);
    let proof = state.proof(address, &[slot]).expect("in memory");
    let verify = |proof| verify_proof(&engine, state.root(), &proof);

    let mut other = proof.clone();
    other.nonce += 1;
    let proven = state.account(address).expect("in memory").map(Box::new);
    assert_eq!(verify(other), Err(ProofError::Account { address, proven }));
    let mut other = proof.clone();
    other.storage_proof[0].value = U256::from(13);
    let proven = U256::from(12);
    assert_eq!(
        verify(other),
        Err(ProofError::Slot {
            address,
            slot,
            proven
        })
    );
    let mut other = proof.clone();
    other.address = Address::repeat_byte(200);
    assert!(verify(other).is_err());
    let lacks = |result| matches!(result, Err(ProofError::State(StateError::Account { .. })));
    assert!(lacks(verify_proof(&engine, B256::ZERO, &proof)));
    for index in 0..proof.account_proof.len() {
        let mut other = proof.clone();
        other.account_proof.remove(index);
        assert!(lacks(verify(other)));
        let mut other = proof.clone();
        let mut node = other.account_proof[index].to_vec();
        node[10] ^= 1;
        other.account_proof[index] = Bytes::from(node);
        assert!(lacks(verify(other)));
    }

    let absent = Address::repeat_byte(200);
    let mut proof = state.proof(absent, &[slot]).expect("in memory");
    assert_eq!(verify(proof.clone()), Ok(()));
    proof.balance = U256::from(1);
    let proven = None;
    assert_eq!(
        verify(proof),
        Err(ProofError::Account {
            address: absent,
            proven
        })
    );
}

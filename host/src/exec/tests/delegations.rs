//! Authorities of EIP-7702 authorizations, which the caller has recovered.

use super::*;
use alloy_consensus::TxEip7702;
use alloy_eips::eip7702::{Authorization, SignedAuthorization};

fn delegating(authorizations: &[(u64, u64)]) -> Transaction {
    let list = authorizations.iter().map(|&(chain_id, nonce)| {
        let authorization = Authorization {
            chain_id: U256::from(chain_id),
            address: CONTRACT,
            nonce,
        };
        // A signature that would recover to something else, if anything looked at it.
        SignedAuthorization::new_unchecked(authorization, 0, U256::from(1), U256::from(1))
    });
    let transaction = TxEip7702 {
        chain_id: 1,
        gas_limit: GAS,
        to: BOB,
        authorization_list: list.collect(),
        ..TxEip7702::default()
    };
    let signature = Signature::test_signature();
    Transaction::Eip7702(Signed::new_unchecked(transaction, signature, B256::ZERO))
}

#[test]
fn authorities_are_those_given() {
    let [first, second, third, fourth] = [1, 2, 3, 4].map(Address::repeat_byte);
    let mut world = World::new("Prague");
    world.account(fourth, 1, 5);
    let transactions = [delegating(&[(1, 0), (0, 0), (2, 0), (1, 0), (1, 5)])];
    let given = [vec![
        Some(first),
        None,
        Some(second),
        Some(third),
        Some(fourth),
    ]];
    let output = world.run_with(&world.db, &transactions, &given).unwrap();
    let after = world.after(&output);
    let delegation = [&[0xef, 0x01, 0x00], &CONTRACT[..]].concat();
    for (authority, nonce) in [(first, 1), (third, 1), (fourth, 6)] {
        let info = after.basic_ref(authority).unwrap().unwrap();
        assert_eq!(info.nonce, nonce);
        let code = after.code_by_hash_ref(info.code_hash).unwrap();
        assert_eq!(code.original_bytes()[..], delegation[..]);
    }
    assert_eq!(after.basic_ref(second).unwrap(), None, "another chain's");
    // Each of the five is paid for, valid or not.
    assert!(output.gas_used >= 21_000 + 5 * 12_500);
}

#[test]
fn authorities_left_out_are_invalid() {
    let world = World::new("Prague");
    let transactions = [delegating(&[(1, 0)])];
    let none = world.run_with(&world.db, &transactions, &[vec![None]]);
    let short = world.run_with(&world.db, &transactions, &[vec![]]);
    let (none, short) = (none.unwrap(), short.unwrap());
    assert_eq!(none.steps, short.steps);
    assert_eq!(none.steps[0].accounts.len(), 1, "only the sender changes");
}

#[test]
fn an_empty_list_is_invalid() {
    let world = World::new("Prague");
    let result = world.run_with(&world.db, &[delegating(&[])], &[vec![]]);
    assert!(matches!(
        result,
        Err(ExecError::Invalid {
            transaction: Some(0),
            ..
        })
    ));
}

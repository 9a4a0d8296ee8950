//! Delegations (EIP-7702) that are set, changed and removed between the transactions of a block.

use super::{assembly::*, block::*, everyone::*, rigged::*, *};
use crate::exec::parallel::{Limits, Parallel};
use alloy_consensus::TxEip7702;
use alloy_eips::eip7702::{Authorization, SignedAuthorization};

const COUNTER: Address = Address::repeat_byte(0x31);
const PAYER: Address = Address::repeat_byte(0x32);

/// A counter in slot 0 and one that also pays a wei to Bob.
fn world(people: usize) -> World {
    let mut world = World::new("Prague");
    world.people(people);
    world.contract(COUNTER, count(0));
    let pay = call(&push(BOB), &[op::PUSH1, 1]);
    world.contract(PAYER, [&count(1)[..], &pay].concat());
    world
}

impl Block {
    /// A transaction of `sender` to `to` in which authorities delegate. A sender's nonce counts before those.
    pub(super) fn delegate(&mut self, sender: Address, to: Address, list: &[(Address, Address)]) {
        let nonce = self.next_nonce(sender);
        let authorizations = list.iter().map(|(authority, target)| {
            let authorization = Authorization {
                chain_id: U256::from(1),
                address: *target,
                nonce: self.next_nonce(*authority),
            };
            SignedAuthorization::new_unchecked(authorization, 0, U256::from(1), U256::from(1))
        });
        let transaction = TxEip7702 {
            chain_id: 1,
            nonce,
            gas_limit: GAS,
            to,
            authorization_list: authorizations.collect(),
            ..TxEip7702::default()
        };
        let signature = Signature::test_signature();
        let signed = Signed::new_unchecked(transaction, signature, B256::ZERO);
        let authorities = list.iter().map(|(authority, _)| Some(*authority));
        self.push(sender, Transaction::Eip7702(signed), authorities.collect());
    }
}

fn delegation_of(db: &Db, address: Address) -> Option<Address> {
    let info = db.basic_ref(address).unwrap()?;
    let code = db.code_by_hash_ref(info.code_hash).unwrap();
    code.eip7702_address()
}

#[test]
fn set_changed_and_removed() {
    let world = world(9);
    let mut block = Block::default();
    block.send(person(0), person(8), 1, [1]);
    block.delegate(person(1), BOB, &[(person(8), COUNTER)]);
    block.send(person(2), person(8), 0, [1]);
    block.delegate(person(3), person(8), &[(person(8), PAYER)]);
    block.send(person(4), person(8), 0, [1]);
    block.delegate(person(5), person(8), &[(person(8), Address::ZERO)]);
    block.send(person(6), person(8), 0, [1]);
    block.send(person(7), BOB, 0, [1]);
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(slot(&after, person(8), 0), 1);
    assert_eq!(slot(&after, person(8), 1), 2);
    assert_eq!(delegation_of(&after, person(8)), None);
    let info = after.basic_ref(person(8)).unwrap().unwrap();
    assert_eq!(
        (info.nonce, info.balance),
        (3, U256::from(1_000_000_000 + 1 - 2))
    );
    assert_eq!(balance(&after, BOB), Some(U256::from(2)));
    world.agreed(&block).unwrap();
    // The block without the removal leaves the delegation and its code behind.
    block.truncate(5);
    let after = world.after(&world.agreed(&block).unwrap());
    assert_eq!(delegation_of(&after, person(8)), Some(PAYER));
}

#[test]
fn authorities_that_send() {
    let world = world(6);
    let mut block = Block::default();
    block.send(person(0), BOB, 1, [1]);
    block.send(person(4), BOB, 1, [1]);
    block.delegate(person(1), person(4), &[(person(4), COUNTER)]);
    block.send(person(4), person(4), 1, [1]);
    block.delegate(person(2), person(4), &[(person(4), PAYER)]);
    block.send(person(4), person(4), 1, [1]);
    block.send(person(3), person(4), 7, [1]);
    block.send(person(5), BOB, 1, [1]);
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    let info = after.basic_ref(person(4)).unwrap().unwrap();
    assert_eq!(info.nonce, 5);
    assert_eq!(slot(&after, person(4), 0), 2);
    assert_eq!(slot(&after, person(4), 1), 3);
    assert_eq!(balance(&after, BOB), Some(U256::from(3 + 3)));
    world.agreed(&block).unwrap();
}

/// Who delegates in its own transaction has its nonce raised twice.
#[test]
fn self_sponsored() {
    let world = world(5);
    let mut block = Block::default();
    block.send(person(0), BOB, 1, [1]);
    block.delegate(
        person(1),
        person(1),
        &[(person(1), COUNTER), (person(1), PAYER)],
    );
    block.send(person(1), person(1), 0, [1]);
    block.delegate(person(1), BOB, &[(person(1), Address::ZERO)]);
    block.send(person(2), person(1), 0, [1]);
    block.send(person(1), person(3), 0, [1]);
    block.send(person(4), BOB, 1, [1]);
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(after.basic_ref(person(1)).unwrap().unwrap().nonce, 7);
    assert_eq!(slot(&after, person(1), 1), 2);
    assert_eq!(delegation_of(&after, person(1)), None);
    world.agreed(&block).unwrap();
}

/// An authorization whose nonce only a stale try would take for right, and the other way round.
#[test]
fn authorizations_for_another_nonce() {
    for wrong in [0, 1] {
        let world = world(4);
        let mut block = Block::default();
        block.send(person(0), BOB, 1, [1]);
        block.send(person(3), BOB, 1, [1]);
        if wrong == 0 {
            // The authority's own transaction has used up the nonce that the authorization is for.
            block.forget_nonces();
        }
        block.delegate(person(1), BOB, &[(person(3), COUNTER)]);
        block.send(person(2), person(3), 0, [1]);
        let (output, _) = world.stale(&block);
        let after = world.after(&output);
        let set = delegation_of(&after, person(3));
        assert_eq!(set, (wrong == 1).then_some(COUNTER));
        assert_eq!(slot(&after, person(3), 0), wrong);
        world.agreed(&block).unwrap();
    }
}

/// A delegated account whose code spends what its own transactions were going to spend.
#[test]
fn a_sender_that_others_empty() {
    let mut world = world(5);
    world.contract(PAYER, call(&push(BOB), &[op::SELFBALANCE]));
    let mut block = Block::default();
    block.send(person(0), BOB, 1, [1]);
    block.delegate(person(1), person(3), &[(person(3), PAYER)]);
    block.send(person(2), BOB, 0, [1]);
    block.send(person(3), BOB, 5, [1]);
    block.send(person(4), BOB, 0, [1]);
    let refused = world.agreed(&block).unwrap_err().to_string();
    assert!(refused.starts_with("transaction 3: "), "{refused}");
    assert!(refused.contains("fund"), "{refused}");
}

/// Transactions of one run are shown a delegation that an earlier one of them sets, with its code, although nobody can be
/// asked for it by hash: the state has an answer for any hash, and it is that there is no code.
#[test]
fn foreseen_in_a_run_over_a_lenient_state() {
    let run_gas = 5 * GAS;
    let mut world = world(6);
    world.account(person(5), 100, 0);
    let mut block = Block::default();
    // A run of its own.
    let first = TxLegacy {
        gas_limit: run_gas,
        to: BOB.into(),
        ..TxLegacy::default()
    };
    block.push(person(0), legacy(first), Vec::new());
    block.delegate(person(1), BOB, &[(person(5), COUNTER)]);
    block.send(person(2), person(5), 0, [1]);
    block.delegate(person(3), person(5), &[(person(5), PAYER)]);
    block.send(person(4), person(5), 0, [1]);
    let (held, until) = (Read::Account(person(0)), Read::Account(person(4)));
    for codes in [Codes::Lenient, Codes::ByHash] {
        let state = Rigged::new(&world.db).giving(codes).holding(held, until);
        let executor = Parallel::new(engine(2)).with_limits(Limits {
            run_gas,
            ..Limits::default()
        });
        let (output, counts) = world.forced_over(&block, &state, &executor);
        assert_eq!((counts.at_the_head, counts.tried), (1, 4), "{codes:?}");
        let after = world.after(&output);
        assert_eq!(slot(&after, person(5), 0), 1);
        assert_eq!(slot(&after, person(5), 1), 2);
        assert_eq!(delegation_of(&after, person(5)), Some(PAYER));
    }
    world.agreed(&block).unwrap();
}

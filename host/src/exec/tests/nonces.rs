//! Transactions that are valid or meaningful only after an earlier one.

use super::{assembly::*, block::*, rigged::Read, *};
use alloy_primitives::keccak256;

#[test]
fn a_senders_transactions_are_tried_together() {
    let mut world = World::new("Osaka");
    world.people(1);
    let mut block = Block::default();
    let recipient = |index: usize| person(100 + index);
    for index in 0..24 {
        block.send(person(0), recipient(index), 3, [1]);
    }
    // The first is held where it reads its recipient until the last has come to the same place.
    let read = |index| Read::Account(recipient(index));
    let (output, counts) = world.forced(&block, read(0), read(23));
    assert_eq!(counts.repeated, 0, "{counts:?}");
    assert_eq!((counts.tried, counts.at_the_head), (23, 1));
    let after = world.after(&output);
    let info = after.basic_ref(person(0)).unwrap().unwrap();
    assert_eq!(
        (info.nonce, info.balance),
        (24, U256::from(1_000_000_000 - 24 * 3))
    );
    world.agreed(&block).unwrap();
}

#[test]
fn a_sender_whose_money_comes_in_the_block() {
    let mut world = World::new("Osaka");
    world.people(3);
    let poor = Address::repeat_byte(0x99);
    let mut block = Block::default();
    block.send(person(0), person(100), 1, [1]);
    block.send(person(1), poor, 50, [1]);
    block.send(poor, BOB, 30, [1]);
    block.send(poor, BOB, 20, [1]);
    block.send(person(2), poor, 5, [1]);
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    let info = after.basic_ref(poor).unwrap().unwrap();
    assert_eq!((info.nonce, info.balance), (2, U256::from(5)));
    assert_eq!(balance(&after, BOB), Some(U256::from(50)));
    world.agreed(&block).unwrap();
    // One wei more can't be paid, and the block is refused at that place.
    let mut greedy = block.clone();
    let more = TxLegacy {
        nonce: 1,
        gas_limit: GAS,
        to: BOB.into(),
        value: U256::from(21),
        ..TxLegacy::default()
    };
    greedy.transactions[3] = legacy(more);
    let refused = world.agreed(&greedy).unwrap_err().to_string();
    assert!(refused.starts_with("transaction 3: "), "{refused}");
}

#[test]
fn nonces_in_the_wrong_order_are_refused() {
    let mut world = World::new("Osaka");
    world.people(4);
    let mut block = Block::default();
    for _ in 0..3 {
        (0..4).for_each(|index| block.send(person(index), BOB, 1, [1]));
    }
    world.agreed(&block).unwrap();
    for (a, b) in [(0, 4), (4, 8), (3, 11)] {
        let mut swapped = block.clone();
        swapped.transactions.swap(a, b);
        let refused = world.agreed(&swapped).unwrap_err().to_string();
        assert!(
            refused.starts_with(&format!("transaction {a}: ")),
            "{refused}"
        );
        assert!(refused.contains("nonce"), "{refused}");
    }
}

#[test]
fn a_contract_is_called_by_the_next_transaction() {
    let mut world = World::new("Osaka");
    world.people(4);
    let made = person(1).create(0);
    let mut block = Block::default();
    block.send(person(0), BOB, 1, [1]);
    block.send(person(1), TxKind::Create, 9, deploying(&[], &count(0)));
    block.send(person(2), made, 2, [1]);
    block.send(person(3), made, 3, [1]);
    let (output, counts) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(slot(&after, made, 0), 2);
    assert_eq!(balance(&after, made), Some(U256::from(14)));
    assert!(counts.repeated >= 1, "{counts:?}");
    world.agreed(&block).unwrap();
}

#[test]
fn code_is_looked_at_once_it_is_deployed() {
    let mut world = World::new("Osaka");
    world.people(4);
    let runtime = [op::PUSH1, 0x5a, op::STOP];
    let made = person(1).create(0);
    let at = push(made);
    let copy = [
        &[op::PUSH1, 3, op::PUSH1, 0, op::PUSH1, 0][..],
        &at,
        &[op::EXTCODECOPY],
    ];
    // Hash, size and first bytes go to the slots n, n + 1 and n + 2.
    let next = |more: u8| [&word(0)[..], &[op::PUSH1, more, op::ADD, op::SSTORE]].concat();
    let look = [
        &at[..],
        &[op::EXTCODEHASH],
        &next(0),
        &at,
        &[op::EXTCODESIZE],
        &next(1),
        &copy.concat(),
        &[op::PUSH1, 0, op::MLOAD],
        &next(2),
    ];
    world.contract(CONTRACT, look.concat());
    let mut block = Block::default();
    block.send(person(0), CONTRACT, 0, words(&[10]));
    block.send(person(1), TxKind::Create, 0, deploying(&[], &runtime));
    block.send(person(2), CONTRACT, 0, words(&[20]));
    block.send(person(3), CONTRACT, 0, words(&[30]));
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    let read = |slot: u64| after.storage_ref(CONTRACT, U256::from(slot)).unwrap();
    assert_eq!([10, 11, 12].map(read), [U256::ZERO; 3]);
    for first in [20, 30] {
        assert_eq!(read(first), U256::from_be_bytes(keccak256(runtime).0));
        assert_eq!(read(first + 1), U256::from(3));
        let mut word = [0; 32];
        word[..3].copy_from_slice(&runtime);
        assert_eq!(read(first + 2), U256::from_be_bytes(word));
    }
    world.agreed(&block).unwrap();
}

/// The address of a creation depends on the nonce of the creator, which is another contract's business too.
#[test]
fn a_factory_counts() {
    let mut world = World::new("Osaka");
    world.people(5);
    // Creates an empty contract; its address goes to the slot of the nonce that the call is given.
    let create = [op::PUSH1, 0, op::PUSH1, 0, op::PUSH1, 0, op::CREATE];
    world.contract(CONTRACT, [&create[..], &word(0), &[op::SSTORE]].concat());
    let mut block = Block::default();
    for index in 0..5 {
        block.send(person(index), CONTRACT, 0, words(&[1 + index as u64]));
    }
    let (output, counts) = world.stale(&block);
    let after = world.after(&output);
    for nonce in 1..6 {
        let stored = after.storage_ref(CONTRACT, U256::from(nonce)).unwrap();
        assert_eq!(Address::from_word(stored.into()), CONTRACT.create(nonce));
    }
    assert!(counts.repeated >= 3, "{counts:?}");
    world.agreed(&block).unwrap();
}

/// A creation that fails shows the creator's nonce all the same: by the account that was looked at.
#[test]
fn a_failed_creation_saw_the_nonce() {
    let mut world = World::new("Osaka");
    world.people(5);
    let fails = [op::INVALID];
    let create = [op::PUSH1, fails[0], op::PUSH1, 0, op::MSTORE8];
    let create = [
        &create[..],
        &[op::PUSH1, 1, op::PUSH1, 0, op::PUSH1, 0, op::CREATE],
    ]
    .concat();
    // Only the third of the addresses is taken, and creation there fails at once.
    world.contract(CONTRACT, [&create[..], &word(0), &[op::SSTORE]].concat());
    world.account(CONTRACT.create(3), 1, 1);
    let mut block = Block::default();
    for index in 0..5 {
        block.send(person(index), CONTRACT, 0, words(&[1 + index as u64]));
    }
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(after.basic_ref(CONTRACT).unwrap().unwrap().nonce, 6);
    world.agreed(&block).unwrap();
}

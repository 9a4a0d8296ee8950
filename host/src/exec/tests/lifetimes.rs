//! Contracts that are destroyed, and that come back at the same address.

use super::{assembly::*, block::*, *};
use alloy_primitives::keccak256;

pub(super) const FACTORY: Address = Address::repeat_byte(0xfa);

/// With two words stores the second in the slot of the first; with one copies slot 2 to slot 4; with a byte
/// self-destructs in favour of Bob; without data takes what it gets.
pub(super) fn jack() -> Vec<u8> {
    let destroy = [&push(BOB)[..], &[op::SELFDESTRUCT]].concat();
    let store_word = [&word(1)[..], &word(0), &[op::SSTORE]].concat();
    let copy = [&[op::PUSH1, 2, op::SLOAD][..], &store(4)].concat();
    let is_size = |size: u8, at: usize| {
        let at = u8::try_from(at).unwrap();
        [
            op::CALLDATASIZE,
            op::PUSH1,
            size,
            op::EQ,
            op::PUSH1,
            at,
            op::JUMPI,
        ]
    };
    let head = 3 * 7 + 1;
    let second = head + destroy.len() + 1;
    let third = second + store_word.len() + 2;
    [
        &is_size(1, head)[..],
        &is_size(64, second),
        &is_size(32, third),
        &[op::STOP, op::JUMPDEST],
        &destroy,
        &[op::JUMPDEST],
        &store_word,
        &[op::STOP, op::JUMPDEST],
        &copy,
    ]
    .concat()
}

/// Init code of a jack with 7 in slot 3.
pub(super) fn child() -> Vec<u8> {
    deploying(&[op::PUSH1, 7, op::PUSH1, 3, op::SSTORE], &jack())
}

pub(super) fn made() -> Address {
    FACTORY.create2(B256::ZERO, keccak256(child()))
}

fn world(fork: &str, people: usize) -> World {
    let mut world = World::new(fork);
    world.people(people);
    world.contract(FACTORY, create2());
    world
}

#[test]
fn destroyed_and_made_again_in_one_block() {
    let made = made();
    for fork in [
        "Byzantium",
        "ConstantinopleFix",
        "Istanbul",
        "London",
        "Shanghai",
    ] {
        let mut world = world(fork, 8);
        let can_create2 = fork != "Byzantium";
        let mut block = Block::default();
        block.send(person(0), FACTORY, 5, child());
        block.send(person(1), made, 0, words(&[2, 9]));
        block.send(person(2), made, 1, [1]);
        block.send(person(3), made, 2, []);
        block.send(person(4), FACTORY, 3, child());
        block.send(person(5), made, 0, words(&[1]));
        block.send(person(6), made, 0, words(&[1, 8]));
        block.send(person(7), made, 4, words(&[1]));
        let output = world.agreed(&block).unwrap();
        let (stale, _) = world.stale(&block);
        assert_eq!(stale.steps, output.steps);
        let after = world.after(&output);
        if !can_create2 {
            continue;
        }
        assert_eq!(balance(&after, BOB), Some(U256::from(6)), "{fork}");
        assert_eq!(balance(&after, made), Some(U256::from(2 + 3 + 4)), "{fork}");
        let slots = [0, 1, 2, 3, 4].map(|key| slot(&after, made, key));
        assert_eq!(slots, [0, 8, 0, 7, 0], "{fork}");
        assert!(output.steps[0].accounts[&made].storage_wiped);
        // The same over a state in which the contract is there with storage of its own.
        world.contract(made, jack());
        world.slot(made, 2, 99);
        world.slot(made, 77, 99);
        let mut again = Block::default();
        again.send(person(0), made, 0, [1]);
        again.send(person(1), made, 0, words(&[1]));
        again.send(person(2), FACTORY, 0, child());
        again.send(person(3), made, 0, words(&[1]));
        again.send(person(4), made, 0, words(&[77, 0]));
        let (output, _) = world.stale(&again);
        let after = world.after(&output);
        let slots = [2, 3, 4, 77].map(|key| slot(&after, made, key));
        assert_eq!(slots, [0, 7, 0, 0], "{fork}");
        world.agreed(&again).unwrap();
    }
}

/// EIP-6780: what was there before the transaction stays, and creation over it fails.
#[test]
fn from_cancun_on_what_was_there_stays() {
    let made = made();
    let world = world("Cancun", 7);
    let mut block = Block::default();
    block.send(person(0), FACTORY, 5, child());
    block.send(person(1), made, 0, words(&[2, 9]));
    block.send(person(2), made, 1, [1]);
    block.send(person(3), made, 2, []);
    block.send(person(4), FACTORY, 3, child());
    block.send(person(5), made, 0, words(&[1]));
    block.send(person(6), made, 0, words(&[1, 8]));
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(balance(&after, BOB), Some(U256::from(6)));
    assert_eq!(balance(&after, made), Some(U256::from(2)));
    let slots = [1, 2, 3, 4].map(|key| slot(&after, made, key));
    assert_eq!(slots, [8, 9, 7, 9]);
    world.agreed(&block).unwrap();
}

/// Made and destroyed by one transaction, again and again, also where ether was waiting.
#[test]
pub(super) fn made_and_destroyed_inside_one_transaction() {
    let made = made();
    for fork in ["ConstantinopleFix", "Shanghai", "Cancun", "Osaka"] {
        let mut world = world(fork, 6);
        // Calls the new contract with one byte, so that it is destroyed.
        let byte = [
            op::PUSH1,
            0,
            op::PUSH1,
            0,
            op::PUSH1,
            1,
            op::PUSH1,
            0,
            op::PUSH1,
            0,
        ];
        let destroy = [&byte[..], &[op::DUP6, op::GAS, op::CALL]].concat();
        world.contract(FACTORY, [&create2()[..], &destroy].concat());
        let mut block = Block::default();
        block.send(person(0), person(100), 5, [1]);
        block.send(person(1), FACTORY, 5, child());
        block.send(person(2), made, 2, [1]);
        block.send(person(3), FACTORY, 3, child());
        block.send(person(4), FACTORY, 0, child());
        block.send(person(5), made, 4, words(&[1]));
        let (output, _) = world.stale(&block);
        let after = world.after(&output);
        assert_eq!(balance(&after, BOB), Some(U256::from(10)), "{fork}");
        let info = after.basic_ref(made).unwrap().unwrap();
        assert_eq!((info.nonce, info.balance), (0, U256::from(4)), "{fork}");
        assert!(info.is_empty_code_hash(), "{fork}");
        assert_eq!(slot(&after, made, 3), 0, "{fork}");
        assert_eq!(slot(&after, made, 4), 0, "{fork}");
        world.agreed(&block).unwrap();
    }
}

/// The heir of a contract gets what it has at that moment, however much that is.
#[test]
fn heirs() {
    for fork in ["Shanghai", "Osaka"] {
        let mut world = world(fork, 6);
        world.contract(
            CONTRACT,
            if_data(&[&push(BOB)[..], &[op::SELFDESTRUCT]].concat(), &[]),
        );
        let mut block = Block::default();
        block.send(person(0), CONTRACT, 5, []);
        block.send(person(1), CONTRACT, 1, [1]);
        block.send(person(2), CONTRACT, 3, []);
        block.send(person(3), CONTRACT, 0, [1]);
        block.send(person(4), BOB, 1, [1]);
        block.send(person(5), CONTRACT, 2, [1]);
        let (output, _) = world.stale(&block);
        let after = world.after(&output);
        // Before Cancun the second destruction finds an account without code.
        let (heir, own) = if fork == "Shanghai" { (7, 5) } else { (12, 0) };
        assert_eq!(balance(&after, BOB), Some(U256::from(heir)), "{fork}");
        let left = balance(&after, CONTRACT).unwrap_or_default();
        assert_eq!(left, U256::from(own), "{fork}");
        world.agreed(&block).unwrap();
    }
}

/// Storage under an account without code (EIP-7610) that the source does not mark: transfers and creation go as ever.
#[test]
fn storage_without_code() {
    let made = made();
    let mut world = world("Shanghai", 5);
    world.account(made, 1, 0);
    world.slot(made, 2, 4);
    world.slot(made, 9, 4);
    let mut block = Block::default();
    block.send(person(0), made, 5, [1]);
    block.send(person(1), FACTORY, 0, child());
    block.send(person(2), made, 0, words(&[1]));
    block.send(person(3), made, 0, words(&[8, 1]));
    block.send(person(4), made, 0, [1]);
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(balance(&after, BOB), Some(U256::from(6)));
    assert_eq!(after.basic_ref(made).unwrap(), None);
    block.truncate(4);
    let after = world.after(&world.agreed(&block).unwrap());
    let slots = [2, 3, 4, 8, 9].map(|key| slot(&after, made, key));
    assert_eq!(slots, [0, 7, 0, 1, 0]);
}

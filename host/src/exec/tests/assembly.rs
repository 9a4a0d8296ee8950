//! Pieces of code for contracts of tests. All run from Byzantium on.

use super::*;

/// Pushes an address.
pub(super) fn push(address: Address) -> Vec<u8> {
    [&[op::PUSH20], &address[..]].concat()
}

/// Stores what is on top of the stack.
pub(super) fn store(slot: u8) -> [u8; 3] {
    [op::PUSH1, slot, op::SSTORE]
}

/// Adds one to a slot.
pub(super) fn count(slot: u8) -> Vec<u8> {
    [
        &[op::PUSH1, slot, op::SLOAD, op::PUSH1, 1, op::ADD],
        &store(slot)[..],
    ]
    .concat()
}

/// The word of the call data with this index.
pub(super) fn word(index: u8) -> [u8; 3] {
    [op::PUSH1, 32 * index, op::CALLDATALOAD]
}

/// Calls an address that `to` pushes with ether that `value` pushes and no data; success is left on the stack.
pub(super) fn call(to: &[u8], value: &[u8]) -> Vec<u8> {
    let nothing = [op::PUSH1, 0, op::PUSH1, 0, op::PUSH1, 0, op::PUSH1, 0];
    [&nothing, value, to, &[op::GAS, op::CALL]].concat()
}

/// Runs `then` if there is call data, and `otherwise` if there is none.
pub(super) fn if_data(then: &[u8], otherwise: &[u8]) -> Vec<u8> {
    let at = u8::try_from(4 + otherwise.len() + 1).unwrap();
    let head = [op::CALLDATASIZE, op::PUSH1, at, op::JUMPI];
    [&head, otherwise, &[op::STOP, op::JUMPDEST], then].concat()
}

/// Wrapped ether: without data a deposit, with a number a withdrawal. The slot of an account is its address.
pub(super) fn wrapped_ether() -> Vec<u8> {
    let deposit = [
        op::CALLER,
        op::SLOAD,
        op::CALLVALUE,
        op::ADD,
        op::CALLER,
        op::SSTORE,
    ];
    let take = [
        &word(0)[..],
        &[op::CALLER, op::SLOAD, op::SUB, op::CALLER, op::SSTORE],
    ];
    let pay = call(&[op::CALLER], &word(0));
    if_data(&[&take.concat()[..], &pay].concat(), &deposit)
}

/// Token: moves as many as the second word from the caller to the account of the first, unchecked.
pub(super) fn token() -> Vec<u8> {
    [
        &word(1)[..],
        &[op::CALLER, op::SLOAD, op::SUB, op::CALLER, op::SSTORE],
        &word(0),
        &[op::SLOAD],
        &word(1),
        &[op::ADD],
        &word(0),
        &[op::SSTORE],
    ]
    .concat()
}

/// Creates from its call data (CREATE2, salt 0) with the ether it got; the address is left on the stack.
pub(super) fn create2() -> Vec<u8> {
    let copy = [
        op::CALLDATASIZE,
        op::PUSH1,
        0,
        op::PUSH1,
        0,
        op::CALLDATACOPY,
    ];
    let create = [op::PUSH1, 0, op::CALLDATASIZE, op::PUSH1, 0, op::CALLVALUE];
    [&copy[..], &create, &[op::CREATE2]].concat()
}

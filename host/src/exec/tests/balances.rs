//! Balances that transactions of a block change, look at and need.

use super::{assembly::*, block::*, everyone::*, rigged::*, *};

const PEOPLE: usize = 10;

fn world() -> World {
    let mut world = World::new("Osaka");
    world.people(PEOPLE);
    world
}

fn set_balance(world: &mut World, address: Address, balance: U256) {
    let account = world.db.cache.accounts.entry(address).or_default();
    account.info.balance = balance;
}

#[test]
fn transfers_to_the_same_account_do_not_conflict() {
    let mut world = world();
    world.account(BOB, 1, 0);
    let mut block = Block::default();
    for index in 0..PEOPLE {
        block.send(person(index), BOB, 3, [1]);
    }
    let (output, counts) = world.stale(&block);
    assert_eq!(counts.repeated, 0, "{counts:?}");
    let bob = U256::from(1 + 3 * PEOPLE);
    assert_eq!(balance(&world.after(&output), BOB), Some(bob));
    world.agreed(&block).unwrap();
}

/// Each pays the one who has just paid: recipients' nonces and balances have changed since the tries.
#[test]
fn transfers_among_the_same_people_do_not_conflict() {
    let mut world = world();
    world.account(BOB, 1, 0);
    let mut block = Block::default();
    for index in 1..PEOPLE - 1 {
        world.account(person(index), 1_000_000_000, 1);
        block.next_nonce(person(index));
    }
    block.send(person(0), BOB, 1, [1]);
    for index in 1..PEOPLE - 1 {
        let to = if index == 1 { BOB } else { person(index - 1) };
        block.send(person(index), to, 3 + index as u64, [1]);
    }
    block.send(person(PEOPLE - 1), BOB, 1, [1]);
    let (output, counts) = world.stale(&block);
    assert_eq!(counts.repeated, 0, "{counts:?}");
    let after = world.after(&output);
    for index in 1..PEOPLE - 2 {
        let info = after.basic_ref(person(index)).unwrap().unwrap();
        assert_eq!((info.nonce, info.balance), (2, U256::from(1_000_000_001)));
    }
    world.agreed(&block).unwrap();
}

#[test]
fn wrapped_ether_does_not_conflict() {
    let mut world = world();
    world.contract(CONTRACT, wrapped_ether());
    for index in 0..PEOPLE {
        let slot = U256::from_be_slice(&person(index)[..]);
        let storage = &mut world.db.cache.accounts.get_mut(&CONTRACT).unwrap().storage;
        storage.insert(slot, U256::from(100));
    }
    set_balance(&mut world, CONTRACT, U256::from(1000));
    let mut block = Block::default();
    for index in 0..PEOPLE {
        if index % 3 == 1 {
            // A deposit has no data, so that it counts as a transfer: every run ends with it.
            block.send(person(index), CONTRACT, 7, []);
        } else {
            block.send(person(index), CONTRACT, 0, words(&[50 + index as u64]));
        }
    }
    let (output, counts) = world.stale(&block);
    assert_eq!(counts.repeated, 0, "{counts:?}");
    let after = world.after(&output);
    for index in 0..PEOPLE {
        let slot = U256::from_be_slice(&person(index)[..]);
        let moved = if index % 3 == 1 { 107 } else { 50 - index };
        assert_eq!(
            after.storage_ref(CONTRACT, slot).unwrap(),
            U256::from(moved)
        );
    }
    world.agreed(&block).unwrap();
}

/// The contract can't pay them all: who comes too late is told so.
#[test]
fn withdrawals_end_with_the_ether() {
    let mut world = world();
    let pay = call(&[op::CALLER], &word(0));
    let code = [&pay[..], &[op::CALLER, op::SSTORE]].concat();
    world.contract(CONTRACT, code);
    set_balance(&mut world, CONTRACT, U256::from(100));
    let mut block = Block::default();
    for index in 0..PEOPLE {
        block.send(person(index), CONTRACT, 0, words(&[30]));
    }
    let (output, counts) = world.stale(&block);
    let after = world.after(&output);
    let paid = (0..PEOPLE).map(|index| {
        let slot = U256::from_be_slice(&person(index)[..]);
        after.storage_ref(CONTRACT, slot).unwrap().to::<usize>()
    });
    assert_eq!(paid.collect::<Vec<_>>(), [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(balance(&after, CONTRACT), Some(U256::from(10)));
    assert!(counts.repeated >= PEOPLE - 4, "{counts:?}");
    world.agreed(&block).unwrap();
}

#[test]
fn a_payment_that_only_its_turn_can_cover() {
    let mut world = world();
    let code = [&call(&push(BOB), &[op::PUSH1, 10])[..], &store(0)].concat();
    world.contract(CONTRACT, if_data(&code, &[]));
    let mut block = Block::default();
    block.send(person(0), CONTRACT, 10, []);
    block.send(person(1), CONTRACT, 0, [1]);
    block.send(person(2), BOB, 0, [1]);
    let (output, counts) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(slot(&after, CONTRACT, 0), 1);
    assert_eq!(balance(&after, BOB), Some(U256::from(10)));
    assert!(counts.repeated >= 1, "{counts:?}");
    world.agreed(&block).unwrap();
}

#[test]
fn a_payment_that_only_its_try_could_cover() {
    let mut world = world();
    let pay = call(&[op::CALLER], &[op::PUSH1, 10]);
    world.contract(CONTRACT, [&pay[..], &[op::CALLER, op::SSTORE]].concat());
    set_balance(&mut world, CONTRACT, U256::from(19));
    let mut block = Block::default();
    for index in 0..3 {
        block.send(person(index), CONTRACT, 0, [1]);
    }
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    for (index, paid) in [(0, 1), (1, 0), (2, 0)] {
        let slot = U256::from_be_slice(&person(index)[..]);
        let stored = after.storage_ref(CONTRACT, slot).unwrap();
        assert_eq!(stored, U256::from(paid));
    }
    world.agreed(&block).unwrap();
}

#[test]
fn balances_read_after_a_change() {
    let mut world = world();
    world.account(BOB, 1, 0);
    let look = [&push(BOB)[..], &[op::BALANCE], &word(0), &[op::SSTORE]].concat();
    world.contract(CONTRACT, look);
    let mut block = Block::default();
    for index in 0..PEOPLE {
        if index % 2 == 0 {
            block.send(person(index), BOB, 5, [1]);
        } else {
            block.send(person(index), CONTRACT, 0, words(&[index as u64]));
        }
    }
    let (output, counts) = world.stale(&block);
    let after = world.after(&output);
    for index in (1..PEOPLE).step_by(2) {
        let credits = 5 * (index as u64).div_ceil(2);
        assert_eq!(slot(&after, CONTRACT, index as u64), 1 + credits);
    }
    assert!(counts.repeated >= PEOPLE / 2 - 1, "{counts:?}");
    world.agreed(&block).unwrap();
}

/// A balance looked at inside a call that fails is looked at all the same: here it decides about success.
#[test]
fn balances_read_in_a_call_that_fails() {
    let mut world = world();
    let look = [
        &[op::SELFBALANCE, op::PUSH1, 20, op::LT][..],
        &[op::PUSH1, 12, op::JUMPI],
    ]
    .concat();
    let look = [
        &look[..],
        &[op::PUSH1, 0, op::PUSH1, 0, op::REVERT, op::JUMPDEST],
    ]
    .concat();
    assert_eq!(look[12], op::JUMPDEST);
    world.contract(CONTRACT, look);
    let ask = [
        &call(&push(CONTRACT), &[op::PUSH1, 0])[..],
        &[op::CALLER, op::SSTORE],
    ]
    .concat();
    let asker = Address::repeat_byte(0xdd);
    world.contract(asker, ask);
    set_balance(&mut world, CONTRACT, U256::from(15));
    let heir = Address::repeat_byte(0xde);
    let give = [&push(CONTRACT)[..], &[op::SELFDESTRUCT]].concat();
    world.contract(heir, give);
    let mut block = Block::default();
    block.send(person(0), asker, 0, [1]);
    block.send(person(1), heir, 10, [1]);
    block.send(person(2), asker, 0, [1]);
    block.send(person(3), asker, 0, [1]);
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    for (index, success) in [(0, 0), (2, 1), (3, 1)] {
        let slot = U256::from_be_slice(&person(index)[..]);
        let stored = after.storage_ref(asker, slot).unwrap();
        assert_eq!(stored, U256::from(success), "{index}");
    }
    world.agreed(&block).unwrap();
}

/// What a call to an account costs depends on whether the account is empty, and so on its balance.
#[test]
fn emptiness_is_priced() {
    let mut world = world();
    let pay = [&call(&push(BOB), &[op::PUSH1, 1])[..], &store(0)].concat();
    world.contract(CONTRACT, pay);
    set_balance(&mut world, CONTRACT, U256::from(100));
    let mut block = Block::default();
    block.send(person(0), BOB, 5, [1]);
    block.send(person(1), CONTRACT, 0, [1]);
    block.send(person(2), CONTRACT, 0, [1]);
    let (stale, _) = world.stale(&block);
    let mut first = Block::default();
    first.send(person(1), CONTRACT, 0, [1]);
    let empty = world.agreed(&first).unwrap().gas_used;
    let used = stale.receipts[1].cumulative_gas_used() - stale.receipts[0].cumulative_gas_used();
    assert_eq!(empty - used, 25_000, "a new account costs more");
    world.agreed(&block).unwrap();
}

/// EIP-161: an empty account that is touched is deleted, one that is credited first is not.
#[test]
fn empty_accounts_that_are_touched() {
    let mut world = world();
    let empties: Vec<Address> = (200..200 + PEOPLE).map(person).collect();
    for empty in &empties {
        world.account(*empty, 0, 0);
    }
    let mut block = Block::default();
    block.send(person(0), empties[1], 1, [1]);
    for (index, empty) in empties.iter().enumerate().skip(1) {
        block.send(person(index), *empty, 0, [1]);
    }
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    for (index, empty) in empties.iter().enumerate() {
        let exists = after.basic_ref(*empty).unwrap().is_some();
        assert_eq!(exists, index < 2, "{index}");
    }
    world.agreed(&block).unwrap();
}

/// Bounces what it gets to the caller, if there is data.
fn bouncer() -> Vec<u8> {
    if_data(&call(&[op::CALLER], &[op::CALLVALUE]), &[])
}

/// Sends nearly all ether that a word can count there and back. One wei more over there, and it can't be.
#[test]
fn sums_that_overflow_on_the_way() {
    let rich = Address::repeat_byte(0xee);
    for (first, success) in [(2, 1), (3, 0)] {
        for reverts in [false, true] {
            let mut world = world();
            let most = U256::MAX - U256::from(5);
            let data = [op::PUSH1, 0, op::PUSH1, 0, op::PUSH1, 1, op::PUSH1, 0];
            let value = [&[op::PUSH32][..], &most.to_be_bytes::<32>()].concat();
            let send = [&data[..], &value, &push(CONTRACT), &[op::GAS, op::CALL]].concat();
            let code = [&send[..], &store(0), &[op::GAS], &store(1)].concat();
            world.contract(rich, if_data(&code, &[]));
            set_balance(&mut world, rich, U256::MAX - U256::from(2));
            let revert = [op::PUSH1, 0, op::PUSH1, 0, op::REVERT];
            let there = if reverts {
                if_data(&revert, &[])
            } else {
                bouncer()
            };
            world.contract(CONTRACT, there);
            set_balance(&mut world, CONTRACT, U256::from(3));
            let mut block = Block::default();
            block.send(person(0), CONTRACT, first, []);
            block.send(person(1), rich, 0, [1]);
            block.send(person(2), BOB, 0, [1]);
            let (output, _) = world.stale(&block);
            let after = world.after(&output);
            let success = if reverts { 0 } else { success };
            assert_eq!(slot(&after, rich, 0), success, "{first} {reverts}");
            world.agreed(&block).unwrap();
        }
    }
}

/// Balances on both sides of where constraints give way to exact values.
#[test]
fn large_balances() {
    let large = U256::from(1) << 128;
    for balance_before in [
        large - U256::from(40),
        large - U256::from(1),
        large,
        U256::from(1) << 255,
        U256::MAX - U256::from(31),
        U256::MAX - U256::from(30),
        U256::MAX - U256::from(20),
    ] {
        let mut world = world();
        world.account(person(PEOPLE), 7, 0);
        set_balance(&mut world, BOB, balance_before);
        let mut block = Block::default();
        for index in 0..PEOPLE {
            block.send(person(index), BOB, 3, [1]);
        }
        block.send(BOB, person(100), 7, [1]);
        block.send(person(PEOPLE), person(100), 7, [1]);
        let (output, _) = world.stale(&block);
        let after = world.after(&output);
        let credits: u64 = output.receipts[..PEOPLE]
            .iter()
            .map(|receipt| if receipt.status() { 3 } else { 0 })
            .sum();
        let bob = balance_before + U256::from(credits) - U256::from(7);
        assert_eq!(balance(&after, BOB), Some(bob));
        world.agreed(&block).unwrap();
    }
}

/// A try that reads what the transaction would never read may fail without harm.
#[test]
fn a_read_that_only_a_wrong_try_makes_may_fail() {
    let mut world = world();
    // With data: slot 0 names the slot that is read, and what was read goes to slot 9. Else slot 0 becomes 2.
    let follow = [op::PUSH1, 0, op::SLOAD, op::SLOAD, op::PUSH1, 9, op::SSTORE];
    let lead = [op::PUSH1, 2, op::PUSH1, 0, op::SSTORE];
    world.contract(CONTRACT, if_data(&follow, &lead));
    world.slot(CONTRACT, 0, 1);
    world.slot(CONTRACT, 2, 22);
    let mut block = Block::default();
    block.send(person(0), CONTRACT, 0, []);
    block.send(person(1), CONTRACT, 0, [1]);
    block.send(person(2), BOB, 0, [1]);
    let job = world.job_of(&block);
    let wrong = Read::Slot(CONTRACT, 1);
    let state = Rigged::new(&world.db)
        .failing(wrong)
        .holding(Read::Account(person(0)), wrong);
    let (output, counts) = parallel(2, 100).execute_counted(&job, &state);
    assert!(!state.was_late());
    assert_eq!(counts.unwrap().repeated, 1);
    let wanted = Serial.execute(&job, &world.db);
    assert_same(&wanted, &output, "a failing source");
    assert_eq!(slot(&world.after(&output.unwrap()), CONTRACT, 9), 22);
}

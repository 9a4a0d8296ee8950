//! Fees to the beneficiary, who may be anybody.

use super::{assembly::*, block::*, *};

const PEOPLE: usize = 12;

/// Many contracts, the beneficiary with a first coin, and people with ether.
fn world(fork: &str) -> World {
    let mut world = World::new(fork);
    world.people(PEOPLE);
    world.account(MINER, 1, 0);
    world.account(person(100), 1, 0);
    world
}

/// The fees of the first so many transactions at a price of 7.
fn fees(output: &BlockOutput, count: usize) -> U256 {
    let last = count.checked_sub(1).map(|last| &output.receipts[last]);
    U256::from(7) * U256::from(last.map_or(0, |receipt| receipt.cumulative_gas_used()))
}

#[test]
fn fees_do_not_conflict() {
    let world = world("Osaka");
    let mut block = Block::default();
    for index in 0..PEOPLE {
        let to = person(100 + index);
        block.pay(person(index), to, 3, [1], 7);
    }
    let (output, counts) = world.stale(&block);
    assert_eq!(counts.repeated, 0, "{counts:?}");
    let after = world.after(&output);
    let all = U256::from(1) + fees(&output, PEOPLE);
    assert_eq!(balance(&after, MINER), Some(all));
    world.agreed(&block).unwrap();
}

#[test]
fn the_first_fee_may_make_the_account() {
    let mut world = world("Osaka");
    world.db.cache.accounts.remove(&MINER);
    let mut block = Block::default();
    for index in 0..PEOPLE {
        block.pay(person(index), person(100), 3, [1], 7);
    }
    let (output, _) = world.stale(&block);
    let after = world.after(&output);
    assert_eq!(balance(&after, MINER), Some(fees(&output, PEOPLE)));
    world.agreed(&block).unwrap();
}

#[test]
fn sender_and_recipient() {
    let mut world = world("Osaka");
    world.account(MINER, 10_000_000, 1);
    let mut block = Block::default();
    block.next_nonce(MINER);
    for index in 0..PEOPLE {
        match index {
            4 => block.pay(MINER, person(101), 5_000, [1], 7),
            6 => block.pay(person(index), MINER, 11, [1], 7),
            _ => block.pay(person(index), person(100), 3, [1], 7),
        }
    }
    let (output, counts) = world.stale(&block);
    let after = world.after(&output);
    let miner = U256::from(10_000_000 - 5_000 + 11) + fees(&output, PEOPLE) - {
        let own =
            output.receipts[4].cumulative_gas_used() - output.receipts[3].cumulative_gas_used();
        U256::from(7 * own)
    };
    assert_eq!(balance(&after, MINER), Some(miner));
    assert!(counts.tried >= PEOPLE - 3, "{counts:?}");
    world.agreed(&block).unwrap();
}

/// A beneficiary that has nothing pays for its transaction out of the fees of the ones before it.
#[test]
fn sender_from_fees_alone() {
    let mut world = world("Cancun");
    world.account(MINER, 0, 0);
    let mut block = Block::default();
    for index in 0..4 {
        block.pay(person(index), person(100), 3, [1], 100);
    }
    // Gas is paid in advance: 4 * 21,016 * 100 = 8,406,400 is what there is.
    let fees = TxLegacy {
        gas_price: 100,
        gas_limit: 84_064,
        to: BOB.into(),
        input: Bytes::from([1]),
        ..TxLegacy::default()
    };
    block.push(MINER, legacy(fees.clone()), Vec::new());
    let output = world.agreed(&block).unwrap();
    assert_eq!(output.gas_used, 5 * 21_016);
    let mut poorer = block.clone();
    poorer.transactions.pop();
    poorer.transactions.push(legacy(TxLegacy {
        gas_limit: 84_065,
        ..fees
    }));
    let refused = world.agreed(&poorer).unwrap_err();
    assert!(
        refused.to_string().starts_with("transaction 4: "),
        "{refused}"
    );
}

/// Code that stores its own balance in the slot of the number that it is called with.
fn looking_at_itself() -> Vec<u8> {
    [&[op::SELFBALANCE][..], &word(0), &[op::SSTORE]].concat()
}

#[test]
fn a_contract_that_reads_its_balance() {
    for instruction in [vec![op::SELFBALANCE], vec![op::ADDRESS, op::BALANCE]] {
        let mut world = world("Osaka");
        let code = [&instruction[..], &word(0), &[op::SSTORE]].concat();
        world.contract(MINER, code);
        let mut block = Block::default();
        for index in 0..PEOPLE {
            match index {
                3 | 7 => block.pay(person(index), MINER, 9, words(&[index as u64]), 7),
                _ => block.pay(person(index), person(100), 3, [1], 7),
            }
        }
        let (output, counts) = world.stale(&block);
        let after = world.after(&output);
        for (index, paid) in [(3, 9), (7, 18)] {
            let read = after.storage_ref(MINER, U256::from(index)).unwrap();
            assert_eq!(read, fees(&output, index) + U256::from(paid));
        }
        assert!(counts.repeated >= 2, "{counts:?}");
        world.agreed(&block).unwrap();
    }
}

#[test]
fn somebody_elses_look_at_the_balance() {
    let mut world = world("Osaka");
    let code = [&push(MINER)[..], &[op::BALANCE], &word(0), &[op::SSTORE]].concat();
    world.contract(CONTRACT, code);
    let mut block = Block::default();
    for index in 0..PEOPLE {
        match index {
            0 => block.pay(person(0), person(100), 3, [1], 7),
            _ => block.pay(person(index), CONTRACT, 0, words(&[index as u64]), 7),
        }
    }
    let (output, counts) = world.stale(&block);
    let after = world.after(&output);
    for index in 1..PEOPLE {
        let read = after.storage_ref(CONTRACT, U256::from(index)).unwrap();
        assert_eq!(read, U256::from(1) + fees(&output, index));
    }
    assert!(counts.repeated >= PEOPLE - 2, "{counts:?}");
    world.agreed(&block).unwrap();
}

#[test]
fn a_contract_that_destroys_itself() {
    for (fork, is_gone) in [("Shanghai", true), ("Cancun", false)] {
        let mut world = world(fork);
        let destroy = [&push(BOB)[..], &[op::SELFDESTRUCT]].concat();
        world.contract(MINER, if_data(&destroy, &looking_at_itself()));
        world.slot(MINER, 5, 6);
        let mut block = Block::default();
        for index in 0..PEOPLE {
            match index {
                5 => block.pay(person(index), MINER, 0, [1], 7),
                _ => block.pay(person(index), person(100), 3, [1], 7),
            }
        }
        let (output, _) = world.stale(&block);
        let after = world.after(&output);
        assert_eq!(balance(&after, BOB), Some(fees(&output, 5)), "{fork}");
        let info = after.basic_ref(MINER).unwrap().unwrap();
        // Before Cancun the fee of the transaction that destroys goes with the account.
        let kept = if is_gone { 6 } else { 5 };
        let later = fees(&output, PEOPLE) - fees(&output, kept);
        assert_eq!(info.balance, later, "{fork}");
        assert_eq!(info.is_empty_code_hash(), is_gone, "{fork}");
        assert_eq!(slot(&after, MINER, 5), if is_gone { 0 } else { 6 });
        world.agreed(&block).unwrap();
    }
}

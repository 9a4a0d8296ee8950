//! The DAO fork's irregular state change (EIP-779).

use super::*;
use alloy_evm::eth::dao_fork::{DAO_HARDFORK_ACCOUNTS, DAO_HARDFORK_BENEFICIARY};

fn world(number: u64) -> World {
    let spec = ChainSpec::from_fixture_network("HomesteadToDaoAt5", &BTreeMap::new(), 1).unwrap();
    let mut world = World::new("Homestead");
    world.header.number = number;
    world.rules = spec.rules_at(number, 1000, None);
    world.account(DAO_HARDFORK_ACCOUNTS[0], 40, 0);
    world.account(DAO_HARDFORK_ACCOUNTS[1], 2, 0);
    world.account(DAO_HARDFORK_BENEFICIARY, 100, 0);
    world
}

#[test]
fn balances_move_before_the_transactions() {
    let world = world(5);
    // PUSH20 first, BALANCE, PUSH1 0, SSTORE; the same of the beneficiary in slot 1.
    let read = |address: Address, slot| {
        let push = [&[op::PUSH20], &address[..]].concat();
        [&push[..], &[op::BALANCE, op::PUSH1, slot, op::SSTORE]].concat()
    };
    let mut world = world;
    let code = [
        read(DAO_HARDFORK_ACCOUNTS[0], 0),
        read(DAO_HARDFORK_BENEFICIARY, 1),
    ];
    world.contract(CONTRACT, code.concat());
    world.slot(CONTRACT, 0, 9);
    let output = world.run(&[transaction(0, CONTRACT, 0, [])]).unwrap();
    let after = world.after(&output);
    assert_eq!(slot(&after, CONTRACT, 0), 0);
    assert_eq!(slot(&after, CONTRACT, 1), 142);
    for address in DAO_HARDFORK_ACCOUNTS {
        assert_eq!(balance(&after, address), Some(U256::ZERO), "{address}");
    }
    // The receipt of the first transaction holds a root with all that in it.
    assert!(output.steps[0].accounts.len() > DAO_HARDFORK_ACCOUNTS.len());
}

#[test]
fn other_blocks_leave_the_balances_alone() {
    for number in [4, 6] {
        let world = world(number);
        let output = world.run(&[]).unwrap();
        let after = world.after(&output);
        assert_eq!(
            balance(&after, DAO_HARDFORK_ACCOUNTS[0]),
            Some(U256::from(40))
        );
        assert_eq!(balance(&after, DAO_HARDFORK_ACCOUNTS[2]), None);
        assert_eq!(
            balance(&after, DAO_HARDFORK_BENEFICIARY),
            Some(U256::from(100))
        );
    }
}

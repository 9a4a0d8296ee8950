//! Rewards of blocks and ommers, and withdrawals.

use super::*;
use alloy_eips::eip4895::Withdrawal;

const ETHER: u64 = 1_000_000_000_000_000_000;

#[test]
fn rewards_of_every_fork() {
    for (fork, ether) in [
        ("Frontier", 5),
        ("Homestead", 5),
        ("EIP150", 5),
        ("EIP158", 5),
        ("Byzantium", 3),
        ("Constantinople", 2),
        ("ConstantinopleFix", 2),
        ("Istanbul", 2),
        ("London", 2),
        ("GrayGlacier", 2),
    ] {
        let mut world = World::new(fork);
        world.header.number = 10;
        let reward = u128::from(ether * ETHER);
        let miner = |world: &World| {
            let output = world.run(&[]).unwrap();
            balance(&world.after(&output), MINER)
        };
        assert_eq!(miner(&world), Some(U256::from(reward)), "{fork}");

        let ommer = |number, beneficiary| Header {
            number,
            beneficiary,
            ..Header::default()
        };
        world.ommers = vec![ommer(9, ALICE), ommer(4, BOB)];
        let output = world.run(&[]).unwrap();
        let after = world.after(&output);
        let expected = [
            (MINER, reward + 2 * (reward / 32)),
            (ALICE, 1_000_000_000 + reward * 7 / 8),
            (BOB, reward * 2 / 8),
        ];
        for (address, wei) in expected {
            assert_eq!(balance(&after, address), Some(U256::from(wei)), "{fork}");
        }
    }
}

#[test]
fn no_reward_after_the_merge() {
    for fork in ["Paris", "Shanghai", "Cancun", "Prague", "Osaka"] {
        let world = World::new(fork);
        let output = world.run(&[]).unwrap();
        assert_eq!(balance(&world.after(&output), MINER), None, "{fork}");
    }
}

#[test]
fn withdrawals_are_in_gwei_and_come_last() {
    let withdrawal = |address, amount| Withdrawal {
        address,
        amount,
        ..Withdrawal::default()
    };
    let list = vec![
        withdrawal(BOB, 3),
        withdrawal(MINER, 0),
        withdrawal(BOB, u64::MAX),
    ];
    let mut world = World::new("Shanghai");
    world.withdrawals = Some(Withdrawals::new(list));
    let output = world.run(&[]).unwrap();
    let after = world.after(&output);
    let gwei = U256::from(1_000_000_000);
    let expected = (U256::from(3) + U256::from(u64::MAX)) * gwei;
    assert_eq!(balance(&after, BOB), Some(expected));
    assert_eq!(balance(&after, MINER), None, "nothing makes no account");
    // Bob can't spend within the block what it pays him at its end.
    world.account(ALICE, 0, 0);
    world.withdrawals = Some(Withdrawals::new(vec![withdrawal(ALICE, 1)]));
    assert!(world.run(&[transaction(0, BOB, 1, [])]).is_err());
}

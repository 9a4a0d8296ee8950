//! Access lists that are not true change nothing but time.

use super::{assembly::*, block::*, everyone::*, random::Random, *};
use crate::exec::{Chosen, ExecutorKind, access_list};
use alloy_eips::eip7928::{
    AccountChanges, BalanceChange, BlockAccessIndex, CodeChange, NonceChange, SlotChanges,
    StorageChange,
};

const PEOPLE: usize = 16;

/// Counters, payments, creations and looks at balances, one after the other.
fn scene() -> (World, Block) {
    let mut world = World::new("Osaka");
    world.people(PEOPLE);
    let look = [&push(BOB)[..], &[op::BALANCE, op::CALLER, op::SSTORE]].concat();
    world.contract(CONTRACT, [look, count(0)].concat());
    let mut block = Block::default();
    for index in 0..PEOPLE {
        match index % 4 {
            0 => block.pay(person(index), BOB, 5, [1], 3),
            1 | 2 => block.pay(person(index), CONTRACT, 0, [1], 3),
            _ => block.send(person(index), TxKind::Create, 1, deploying(&[], &count(0))),
        }
        if index % 4 == 3 {
            block.send(person(index), person(index).create(0), 1, [1]);
        }
    }
    (world, block)
}

fn true_list(world: &World, block: &Block) -> Vec<AccountChanges> {
    let job = BlockJob {
        step_per_transaction: true,
        ..world.job_of(block)
    };
    access_list::changes(&Serial.execute(&job, &world.db).unwrap())
}

#[track_caller]
fn assert_harmless(world: &World, block: &Block, list: &[AccountChanges]) {
    for step_per_transaction in [false, true] {
        let job = BlockJob {
            access_list: Some(list),
            step_per_transaction,
            ..world.job_of(block)
        };
        let wanted = Serial.execute(&job, &world.db);
        for threads in THREADS {
            for kind in [ExecutorKind::Bal, ExecutorKind::Auto] {
                let got = Chosen::new(engine(threads), kind).execute(&job, &world.db);
                assert_same(&wanted, &got, kind.name());
            }
        }
    }
}

#[test]
fn a_true_list_leaves_nothing_to_repeat() {
    let (world, block) = scene();
    let list = true_list(&world, &block);
    let job = BlockJob {
        access_list: Some(&list),
        ..world.job_of(&block)
    };
    let wanted = Serial.execute(&job, &world.db);
    let (got, counts) = parallel(2, 4)
        .following_lists()
        .execute_counted(&job, &world.db);
    assert_same(&wanted, &got, "led");
    assert_eq!(counts.unwrap().repeated, 0, "{counts:?}");
    assert_harmless(&world, &block, &list);
}

#[test]
fn values_that_are_off_by_one() {
    let (world, block) = scene();
    let list = true_list(&world, &block);
    let changes: [fn(&mut AccountChanges); 6] = [
        |account| {
            let balances = account.balance_changes.iter_mut();
            balances.for_each(|change| {
                change.post_balance = change.post_balance.wrapping_add(U256::ONE)
            });
        },
        |account| {
            let nonces = account.nonce_changes.iter_mut();
            nonces.for_each(|change| change.new_nonce = change.new_nonce.wrapping_sub(1));
        },
        |account| {
            let changes = account
                .storage_changes
                .iter_mut()
                .flat_map(|slot| &mut slot.changes);
            changes.for_each(|change| change.new_value = change.new_value.wrapping_add(U256::ONE));
        },
        |account| {
            let codes = account.code_changes.iter_mut();
            codes.for_each(|change| change.new_code = Bytes::from_static(&[op::INVALID]));
        },
        |account| account.code_changes.clear(),
        |account| account.balance_changes.clear(),
    ];
    for change in changes {
        let mut list = list.clone();
        list.iter_mut().for_each(change);
        assert_harmless(&world, &block, &list);
    }
}

#[test]
fn changes_at_other_indices() {
    let (world, block) = scene();
    let list = true_list(&world, &block);
    let moved: [fn(u64) -> u64; 4] = [|at| at + 1, |at| at.saturating_sub(1), |_| 0, |_| u64::MAX];
    for moved in moved {
        let mut list = list.clone();
        let of = |index: BlockAccessIndex| BlockAccessIndex::new(moved(index.get()));
        for account in &mut list {
            for change in &mut account.balance_changes {
                change.block_access_index = of(change.block_access_index);
            }
            for change in &mut account.nonce_changes {
                change.block_access_index = of(change.block_access_index);
            }
            for change in account
                .storage_changes
                .iter_mut()
                .flat_map(|slot| &mut slot.changes)
            {
                change.block_access_index = of(change.block_access_index);
            }
        }
        assert_harmless(&world, &block, &list);
    }
    let mut backwards = list.clone();
    for account in &mut backwards {
        account.balance_changes.reverse();
        account.nonce_changes.reverse();
    }
    backwards.extend(list.into_iter().rev());
    assert_harmless(&world, &block, &backwards);
}

/// Code that the state lacks, under accounts that are called: a try runs it, and nothing comes of it.
#[test]
fn code_that_nobody_deployed() {
    let (world, block) = scene();
    for code in [
        vec![op::INVALID],
        vec![op::STOP],
        vec![0xef, 0x01, 0x00],
        [&[0xef, 0x01, 0x00][..], &BOB[..]].concat(),
        call(&[op::CALLER], &[op::PUSH1, 1]),
    ] {
        let mut list = true_list(&world, &block);
        for address in [CONTRACT, BOB, MINER, person(3), person(3).create(0)] {
            let mut account = AccountChanges::new(address);
            account.code_changes.push(CodeChange {
                block_access_index: BlockAccessIndex::new(0),
                new_code: code.clone().into(),
            });
            list.push(account);
        }
        assert_harmless(&world, &block, &list);
    }
}

#[test]
fn garbage() {
    let (world, block) = scene();
    let mut random = Random::new(1);
    let addresses = [
        BOB,
        MINER,
        CONTRACT,
        person(0),
        person(1),
        person(3).create(0),
        Address::ZERO,
    ];
    for _ in 0..40 {
        let mut list = Vec::new();
        for _ in 0..random.below(12) {
            let address = random.pick(&addresses);
            let mut account = AccountChanges::new(address);
            for _ in 0..random.below(6) {
                let block_access_index = BlockAccessIndex::new(random.below(24) as u64);
                let values = [U256::ZERO, U256::ONE, U256::MAX, U256::from(1_000_000_000)];
                let value = random.pick(&values);
                match random.below(4) {
                    0 => account.balance_changes.push(BalanceChange {
                        block_access_index,
                        post_balance: value,
                    }),
                    1 => account.nonce_changes.push(NonceChange {
                        block_access_index,
                        new_nonce: value.wrapping_to(),
                    }),
                    2 => account.code_changes.push(CodeChange {
                        block_access_index,
                        new_code: vec![op::CALLER; random.below(3)].into(),
                    }),
                    _ => account.storage_changes.push(SlotChanges {
                        slot: U256::from(random.below(3)),
                        changes: vec![StorageChange {
                            block_access_index,
                            new_value: value,
                        }],
                    }),
                }
            }
            list.push(account);
        }
        assert_harmless(&world, &block, &list);
    }
}

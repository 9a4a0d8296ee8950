//! Gas of SSTORE from Byzantium to Istanbul, by the table of EIP-1283 (EIP-2200 has the same sequences).

use super::*;

/// Original value, values written one after the other, gas used and refund under EIP-1283, as the EIP's table has them.
/// Each write is two PUSH1 and one SSTORE.
const TABLE: [(u64, &[u64], u64, u64); 17] = [
    (0, &[0, 0], 412, 0),
    (0, &[0, 1], 20_212, 0),
    (0, &[1, 0], 20_212, 19_800),
    (0, &[1, 2], 20_212, 0),
    (0, &[1, 1], 20_212, 0),
    (1, &[0, 0], 5_212, 15_000),
    (1, &[0, 1], 5_212, 4_800),
    (1, &[0, 2], 5_212, 0),
    (1, &[2, 0], 5_212, 15_000),
    (1, &[2, 3], 5_212, 0),
    (1, &[2, 1], 5_212, 4_800),
    (1, &[2, 2], 5_212, 0),
    (1, &[1, 0], 5_212, 15_000),
    (1, &[1, 2], 5_212, 0),
    (1, &[1, 1], 412, 0),
    (0, &[1, 0, 1], 40_218, 19_800),
    (1, &[0, 1, 0], 10_218, 19_800),
];

/// Gas that the transaction uses for the writes, after the refund, which is at most half of it all.
fn used(fork: &str, original: u64, writes: &[u64]) -> u64 {
    let mut world = World::new(fork);
    let code = writes
        .iter()
        .flat_map(|value| [op::PUSH1, *value as u8, op::PUSH1, 0, op::SSTORE]);
    world.contract(CONTRACT, code.collect::<Vec<_>>());
    if original != 0 {
        world.slot(CONTRACT, 0, original);
    }
    let output = world.run(&[transaction(0, CONTRACT, 0, [])]).unwrap();
    let after = world.after(&output);
    assert_eq!(Some(slot(&after, CONTRACT, 0)), writes.last().copied());
    output.gas_used
}

fn after_refund(gas: u64, refund: u64) -> u64 {
    let all = 21_000 + gas;
    all - refund.min(all / 2)
}

#[test]
fn constantinople_meters_net() {
    for (original, writes, gas, refund) in TABLE {
        assert_eq!(
            used("Constantinople", original, writes),
            after_refund(gas, refund),
            "{original} {writes:?}"
        );
    }
}

#[test]
fn istanbul_meters_net_with_a_dearer_load() {
    for (original, writes, gas, refund) in TABLE {
        // SLOAD costs 800 in place of 200 (EIP-2200): each write that changes nothing or what was changed before costs
        // 600 more, and each refund of a reset gives 600 less.
        let mut current = original;
        let mut cheap = 0;
        let mut resets = 0;
        for value in writes {
            if *value == current || current != original {
                cheap += 1;
            }
            if *value != current && current != original && *value == original {
                resets += 1;
            }
            current = *value;
        }
        assert_eq!(
            used("Istanbul", original, writes),
            after_refund(gas + 600 * cheap, refund - 600 * resets),
            "{original} {writes:?}"
        );
    }
}

#[test]
fn byzantium_and_petersburg_meter_each_write() {
    for (original, writes, ..) in TABLE {
        let mut current = original;
        let mut gas = 6 * writes.len() as u64;
        let mut refund = 0;
        for value in writes {
            gas += if current == 0 && *value != 0 {
                20_000
            } else {
                5_000
            };
            refund += if current != 0 && *value == 0 {
                15_000
            } else {
                0
            };
            current = *value;
        }
        for fork in ["Byzantium", "ConstantinopleFix"] {
            assert_eq!(
                used(fork, original, writes),
                after_refund(gas, refund),
                "{fork} {original} {writes:?}"
            );
        }
    }
}

/// EIP-1283 has no stipend check: with 2,300 gas a write that changes nothing is possible, which Istanbul forbids.
#[test]
fn constantinople_writes_within_the_stipend() {
    let write = [op::PUSH1, 1, op::PUSH1, 0, op::SSTORE];
    // CALL with value 1 and no gas but the stipend; its success goes to slot 0.
    let call = [
        &[op::PUSH1, 0, op::PUSH1, 0, op::PUSH1, 0, op::PUSH1, 0][..],
        &[op::PUSH1, 1, op::PUSH20],
        &BOB[..],
        &[op::PUSH1, 0, op::CALL, op::PUSH1, 0, op::SSTORE],
    ];
    for (fork, success) in [("Constantinople", 1), ("Istanbul", 0), ("Byzantium", 0)] {
        let mut world = World::new(fork);
        world.contract(CONTRACT, call.concat());
        world.contract(BOB, write);
        world.slot(BOB, 0, 1);
        let output = world.run(&[transaction(0, CONTRACT, 1, [])]).unwrap();
        assert_eq!(slot(&world.after(&output), CONTRACT, 0), success, "{fork}");
    }
}

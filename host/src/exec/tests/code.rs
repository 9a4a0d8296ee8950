//! Codes of odd forms, and hashes of ancestors.

use super::*;
use crate::exec::{BlockHashes, WithBlockHashes};

/// Code that starts like a delegation (EIP-7702), but is none, could be deployed before London (EIP-3541).
#[test]
fn codes_like_delegations_run_and_can_be_read() {
    let odd: [&[u8]; 5] = [
        &[0xef, 0x01],
        &[0xef, 0x01, 0x00],
        &[0xef, 0x01, 0x00, 1, 2, 3],
        &[0xef, 0x01, 0x01],
        &[0xef, 0x00, 0x01],
    ];
    for code in odd {
        // EXTCODESIZE to slot 0, first word of the code to slot 1, the call's success + 1 to slot 2.
        let target = [&[op::PUSH20], &BOB[..]].concat();
        let reader = [
            &target[..],
            &[op::EXTCODESIZE, op::PUSH1, 0, op::SSTORE],
            &[op::PUSH1, 32, op::PUSH1, 0, op::PUSH1, 0],
            &target,
            &[op::EXTCODECOPY, op::PUSH1, 0, op::MLOAD],
            &[op::PUSH1, 224, op::PUSH1, 2, op::EXP],
            &[op::SWAP1, op::DIV, op::PUSH1, 1, op::SSTORE],
            &[op::PUSH1, 0, op::DUP1, op::DUP1, op::DUP1, op::DUP1],
            &target,
            &[op::PUSH2, 0xff, 0xff, op::CALL, op::PUSH1, 1, op::ADD],
            &[op::PUSH1, 2, op::SSTORE],
        ]
        .concat();
        for fork in ["Byzantium", "Berlin", "London", "Prague"] {
            let mut world = World::new(fork);
            world.contract(BOB, code);
            world.contract(CONTRACT, reader.clone());
            let output = world.run(&[transaction(0, CONTRACT, 0, [])]).unwrap();
            let after = world.after(&output);
            assert_eq!(slot(&after, CONTRACT, 0), code.len() as u64, "{fork}");
            let mut first = [0; 4];
            first[..code.len().min(4)].copy_from_slice(&code[..code.len().min(4)]);
            let first = u64::from(u32::from_be_bytes(first));
            assert_eq!(slot(&after, CONTRACT, 1), first, "{fork}");
            assert_eq!(slot(&after, CONTRACT, 2), 1, "{fork}: the call fails");
        }
    }
}

#[test]
fn codes_like_delegations_are_deployed_before_london_alone() {
    for (fork, deployed) in [("Istanbul", true), ("Berlin", true), ("London", false)] {
        let world = World::new(fork);
        let init = deploying(&[], &[0xef, 0x01, 0x00]);
        let output = world
            .run(&[
                transaction(0, TxKind::Create, 0, init),
                transaction(1, ALICE.create(0), 0, []),
            ])
            .unwrap();
        let after = world.after(&output);
        let account = after.basic_ref(ALICE.create(0)).unwrap();
        assert_eq!(account.is_some(), deployed, "{fork}");
        if let Some(account) = account {
            let code = after.code_by_hash_ref(account.code_hash).unwrap();
            assert_eq!(code.original_bytes()[..], [0xef, 0x01, 0x00], "{fork}");
        }
    }
}

struct Known(u64);

impl BlockHashes for Known {
    fn block_hash(&self, number: u64) -> Option<B256> {
        (number == self.0).then(|| B256::with_last_byte(9))
    }
}

#[test]
fn ancestors_hashes_come_from_outside_or_are_missed() {
    let mut world = World::new("Shanghai");
    world.header.number = 300;
    let code = [
        op::PUSH0,
        op::CALLDATALOAD,
        op::BLOCKHASH,
        op::PUSH0,
        op::SSTORE,
    ];
    world.contract(CONTRACT, code);
    let ask = |number, known| {
        let source = WithBlockHashes {
            state: &world.db,
            hashes: &Known(known),
        };
        let transactions = [
            transaction(0, BOB, 1, []),
            transaction(1, CONTRACT, 0, words(&[number])),
        ];
        let output = world.run_over(&source, &transactions);
        output.map(|output| slot(&world.after(&output), CONTRACT, 0))
    };
    assert_eq!(ask(299, 299), Ok(9));
    assert_eq!(ask(44, 44), Ok(9), "256 blocks back");
    // What the EVM answers by itself needs no ancestor: 257 blocks back, this block, the future.
    for number in [43, 300, 301, u64::MAX] {
        assert_eq!(ask(number, number), Ok(0), "{number}");
    }
    let error = ask(298, 299).unwrap_err();
    assert!(
        matches!(&error, ExecError::State { transaction: Some(1), reason } if reason.contains("298")),
        "{error:?}"
    );
}

//! System calls and the requests that they give.

use super::{assembly::store, *};
use alloy_eips::{eip4788, eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS, eip7002, eip7251};
use alloy_primitives::keccak256;

pub(super) const REQUEST_CONTRACTS: [Address; 2] = [
    eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
    eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
];

/// Gas of the code below besides what it burns.
const BURNER_OVERHEAD: u64 = 3 + 3;

/// Code that uses this much gas exactly: memory is expanded until what is left over is made up with JUMPDESTs.
fn burning(gas: u64) -> Vec<u8> {
    let memory = |words: u64| 3 * words + words * words / 512;
    let budget = gas - BURNER_OVERHEAD - 3;
    let mut words = 1;
    while memory(words + 1) <= budget {
        words += 1;
    }
    let rest = usize::try_from(budget - memory(words)).unwrap();
    let offset = u32::try_from(32 * (words - 1)).unwrap().to_be_bytes();
    let store = [&[op::PUSH1, 0, op::PUSH4][..], &offset, &[op::MSTORE]];
    [store.concat(), vec![op::JUMPDEST; rest]].concat()
}

/// Why a block is refused as a whole.
fn refusal(result: Result<BlockOutput, ExecError>) -> String {
    let (transaction, reason) = refused(result);
    assert_eq!(transaction, None, "{reason}");
    reason
}

#[test]
fn a_system_call_has_thirty_million_gas() {
    for address in REQUEST_CONTRACTS {
        for (gas, fits) in [(30_000_000, true), (30_000_001, false)] {
            let mut world = World::new("Prague");
            world.header.gas_limit = 1_000_000;
            world.contract(address, burning(gas));
            let result = world.run(&[]);
            assert_eq!(result.is_ok(), fits, "{address} {gas}: {result:?}");
            if !fits {
                assert!(refusal(result).contains("halted"));
            }
        }
    }
}

#[test]
fn a_reverting_request_contract_makes_the_block_invalid() {
    for address in REQUEST_CONTRACTS {
        let mut world = World::new("Prague");
        world.contract(address, [op::PUSH0, op::PUSH0, op::REVERT]);
        assert!(refusal(world.run(&[])).contains("revert"));
    }
}

/// EIP-7002 and EIP-7251: a block without the contract's code is invalid.
#[test]
fn a_missing_request_contract_makes_the_block_invalid() {
    for address in REQUEST_CONTRACTS {
        for leave_empty_account in [false, true] {
            let mut world = World::new("Prague");
            world.db.cache.accounts.remove(&address);
            if leave_empty_account {
                world.account(address, 1, 0);
            }
            let reason = refusal(world.run(&[]));
            assert!(reason.contains(&address.to_string()), "{reason}");
        }
    }
    let mut world = World::new("Cancun");
    world.db = Db::default();
    assert!(world.run(&[]).is_ok(), "no requests before Prague");
}

/// EIP-4788 and EIP-2935: these calls may fail, and the block goes on.
#[test]
fn other_system_contracts_may_fail_or_be_absent() {
    let history = alloy_eips::eip2935::HISTORY_STORAGE_ADDRESS;
    for address in [eip4788::BEACON_ROOTS_ADDRESS, history] {
        let mut world = World::new("Prague");
        world.contract(address, [op::PUSH1, 1, op::PUSH0, op::SSTORE, op::INVALID]);
        let output = world.run(&[]).unwrap();
        assert_eq!(slot(&world.after(&output), address, 0), 0);
    }
    let mut world = World::new("Prague");
    let store = [op::PUSH0, op::CALLDATALOAD, op::PUSH0, op::SSTORE];
    world.contract(history, store);
    world.header.parent_hash = B256::with_last_byte(77);
    let output = world.run(&[]).unwrap();
    assert_eq!(slot(&world.after(&output), history, 0), 77);
    assert_eq!(output.gas_used, 0);
    let sender = output.steps[0].accounts.get(&eip4788::SYSTEM_ADDRESS);
    assert_eq!(sender, None, "the caller of system calls is no account");
}

#[test]
fn requests_come_in_order_of_their_types() {
    let mut world = World::new("Prague");
    for (address, byte) in REQUEST_CONTRACTS.into_iter().zip([0xaa, 0xbb]) {
        let code = [op::PUSH1, byte, op::PUSH0, op::MSTORE8];
        let give = [op::PUSH1, 1, op::PUSH0, op::RETURN];
        world.contract(address, [&code[..], &give].concat());
    }
    let output = world.run(&[]).unwrap();
    let requests: Vec<&[u8]> = output.requests.iter().map(|request| &request[..]).collect();
    assert_eq!(requests, [&[1, 0xaa][..], &[2, 0xbb]]);
}

/// Logs its call data as a deposit event.
fn depositor() -> Vec<u8> {
    let topic = keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)");
    let copy = [op::CALLDATASIZE, op::PUSH0, op::PUSH0, op::CALLDATACOPY];
    let log = [op::CALLDATASIZE, op::PUSH0, op::LOG1];
    [&copy[..], &[op::PUSH32], &topic[..], &log].concat()
}

#[test]
fn deposits_must_have_the_layout() {
    let mut world = World::new("Prague");
    world.contract(MAINNET_DEPOSIT_CONTRACT_ADDRESS, depositor());
    world.contract(CONTRACT, depositor());
    let mut event = vec![0; 576];
    for (index, (at, length)) in [(160, 48), (256, 32), (320, 8), (384, 96), (512, 8)]
        .into_iter()
        .enumerate()
    {
        let words = words(&[at as u64, length]);
        event[32 * index..32 * index + 32].copy_from_slice(&words[..32]);
        event[at..at + 32].copy_from_slice(&words[32..]);
        event[at + 32] = index as u8 + 1;
    }
    let deposit = |to: Address, event: &[u8]| [transaction(0, to, 0, event)];
    let output = world
        .run(&deposit(MAINNET_DEPOSIT_CONTRACT_ADDRESS, &event))
        .unwrap();
    let request = &output.requests[0];
    assert_eq!((request[0], request.len()), (0, 1 + 192));
    let firsts = [1, 49, 81, 89, 185].map(|at: usize| request[at]);
    assert_eq!(firsts, [1, 2, 3, 4, 5]);

    event[159] ^= 1;
    let strange = world.run(&deposit(MAINNET_DEPOSIT_CONTRACT_ADDRESS, &event));
    assert!(refusal(strange).contains("layout"));
    let elsewhere = world.run(&deposit(CONTRACT, &event)).unwrap();
    assert!(elsewhere.receipts[0].status());
    assert!(elsewhere.requests.is_empty());
}

/// Stores what a look at each address costs, by the address's place.
fn measuring(addresses: &[Address]) -> Vec<u8> {
    let one = |(place, address): (u8, &Address)| {
        let look = [&[op::GAS, op::PUSH20][..], &address[..]].concat();
        let cost = [op::BALANCE, op::POP, op::GAS, op::SWAP1, op::SUB];
        [&look[..], &cost, &store(place)].concat()
    };
    (0..).zip(addresses).flat_map(one).collect()
}

/// No address is warm in a system call but those of the call itself, whatever was run before it, and where.
#[test]
fn what_ran_before_leaves_nothing_warm() {
    let looked_at = [
        Address::with_last_byte(1),
        Address::with_last_byte(0x11),
        BOB,
        ALICE,
        MINER,
        CONTRACT,
        REQUEST_CONTRACTS[0],
        REQUEST_CONTRACTS[1],
    ];
    for fork in ["Prague", "Osaka"] {
        let mut world = World::new(fork);
        let measuring = measuring(&looked_at);
        let callers = [
            eip4788::BEACON_ROOTS_ADDRESS,
            REQUEST_CONTRACTS[0],
            REQUEST_CONTRACTS[1],
        ];
        for address in callers.into_iter().chain([CONTRACT]) {
            world.contract(address, measuring.clone());
        }
        let costs = |count: u64| {
            let to = |nonce| if nonce % 2 == 0 { CONTRACT } else { BOB };
            let transactions: Vec<_> = (0..count)
                .map(|nonce| transaction(nonce, to(nonce), 1, [1]))
                .collect();
            let after = world.after(&world.run(&transactions).unwrap());
            let of = |address| [0, 1, 2, 3, 4, 5, 6, 7].map(|place| slot(&after, address, place));
            (callers.map(of), of(CONTRACT))
        };
        // The look itself, and 7 for what is around it.
        let (cold, warm) = (2600 + 7, 100 + 7);
        for count in [0, 1, 2, 40] {
            let (of_calls, of_transactions) = costs(count);
            for (caller, costs) in callers.iter().zip(of_calls) {
                for (address, cost) in looked_at.iter().zip(costs) {
                    let expected = if address == caller { warm } else { cold };
                    assert_eq!(cost, expected, "{fork}, {count}: {caller} at {address}");
                }
            }
            // In a transaction precompiles are warm, and so are sender and beneficiary.
            let warm_there = [true, true, false, true, true, true, false, false];
            let expected = warm_there.map(|is| if is { warm } else { cold });
            assert!(
                count == 0 || of_transactions == expected,
                "{of_transactions:?}"
            );
        }
    }
}

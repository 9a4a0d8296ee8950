//! Nodes that are not needed any more go.

use super::engine;
use crate::{
    Engine,
    exec::{AccountChange, StateChanges},
    trie::{WorldState, compact::WORTH_THREADS_BYTES},
};
use alloy_primitives::{Address, U256};
use revm::state::AccountInfo;

/// A change of an account and of some of its slots.
fn change(round: u64) -> StateChanges {
    let account = AccountChange {
        info: Some(AccountInfo {
            balance: U256::from(round),
            ..AccountInfo::default()
        }),
        storage_wiped: false,
        storage: (0..500u64)
            .map(|slot| (U256::from(slot + round % 7), U256::from(round + 1)))
            .collect(),
    };
    let address = Address::repeat_byte((round % 5) as u8);
    StateChanges {
        accounts: [(address, account)].into_iter().collect(),
    }
}

#[test]
fn memory_is_bounded_and_snapshots_stay() {
    let engine = engine();
    let mut state = WorldState::default();
    let mut snapshots = Vec::new();
    let mut moved = 0;
    for round in 0..100 {
        let before = state.forest.heap.bytes();
        state.apply(&engine, &change(round)).expect("in memory");
        let bytes = state.forest.heap.bytes();
        moved += usize::from(bytes < before);
        // A change makes some 150 KB of nodes; all there are take some 500 KB.
        assert!(bytes < 2 << 20, "{bytes} bytes in round {round}");
        if round % 10 == 0 {
            snapshots.push((state.clone(), round));
        }
    }
    assert!(moved >= 2, "moved {moved} times");
    for (state, round) in snapshots {
        // The same changes from the start, one state for each.
        let mut again = WorldState::default();
        for round in 0..=round {
            again.apply(&engine, &change(round)).expect("in memory");
        }
        assert_eq!(state.root(), again.root());
        let address = Address::repeat_byte((round % 5) as u8);
        let slot = U256::from(250);
        assert_eq!(state.slot(address, slot), Ok(U256::from(round + 1)));
    }
}

#[test]
fn threads_copy_what_one_thread_copies() {
    // Enough for threads; the slots of one account, below a leaf and not below a fork, and then many accounts.
    let accounts = |round: u64, count: u64| StateChanges {
        accounts: (0..count)
            .map(|i| {
                let info = AccountInfo {
                    balance: U256::from(round),
                    ..AccountInfo::default()
                };
                let change = AccountChange {
                    info: Some(info),
                    ..AccountChange::default()
                };
                (Address::left_padding_from(&i.to_be_bytes()), change)
            })
            .collect(),
    };
    let whale = |round: u64| {
        let mut change = change(5 * round);
        let whale = change.accounts.values_mut().next().expect("one account");
        whale.storage = (0..60_000u64)
            .map(|slot| (U256::from(slot), U256::from(round)))
            .collect();
        change
    };
    let one = engine();
    let two = Engine::builder().threads(2).build().expect("an engine");
    let mut states = [WorldState::default(), WorldState::default()];
    let mut moved = 0;
    for round in 1..8 {
        let change = match round {
            ..4 => whale(round),
            _ => accounts(round, 30_000),
        };
        let [serial, threaded] = &mut states;
        let before = threaded.forest.heap.bytes();
        let worth_threads = threaded.needed_bytes >= WORTH_THREADS_BYTES;
        serial.apply(&one, &change).expect("in memory");
        threaded.apply(&two, &change).expect("in memory");
        moved += usize::from(worth_threads && threaded.forest.heap.bytes() < before);
        assert_eq!(serial.root(), threaded.root());
    }
    assert!(moved >= 2, "moved {moved} times");
    let address = Address::repeat_byte(0);
    let many = (0..30_000u64).step_by(97).map(|i| i.to_be_bytes());
    for address in many
        .map(|i| Address::left_padding_from(&i))
        .chain([address])
    {
        let [serial, threaded] = &states;
        let account = threaded.account(address).expect("in memory");
        assert!(account.is_some(), "{address}");
        assert_eq!(account, serial.account(address).expect("in memory"));
    }
    for slot in (0..60_000u64).step_by(101).map(U256::from) {
        let value = states[1].slot(address, slot);
        assert_eq!(value, Ok(U256::from(3)), "{slot}");
    }
}

//! Nodes that are not needed any more go.

use super::engine;
use crate::{
    exec::{AccountChange, StateChanges},
    trie::WorldState,
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

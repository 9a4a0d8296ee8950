//! A state of which a witness shows a part.

use super::{address, alloy_state, alloy_storage, changes, engine, hashed_slot, info, writes};
use alloy_primitives::{Address, U256, keccak256};
use phalanx::{
    exec::AccountChange,
    trie::{Account, EMPTY_ROOT_HASH, Preimages, StateError, TrieError, WorldState},
};
use std::{collections::BTreeMap, sync::Arc};

/// The change of an account that writes slots.
fn storage_change(slots: &[(U256, u64)]) -> AccountChange {
    AccountChange {
        info: Some(info(1)),
        storage_wiped: false,
        storage: writes(slots),
    }
}

/// Slots whose hashes begin with the nibbles given, one each.
fn slots_at(nibbles: &[u8]) -> Vec<U256> {
    nibbles
        .iter()
        .map(|nibble| {
            let mut slots = (0u64..).map(U256::from);
            slots
                .find(|slot| hashed_slot(slot)[0] >> 4 == *nibble)
                .expect("a slot")
        })
        .collect()
}

/// A state shown by a witness: one account whose storage is `slots`, of which `shown` are proven.
fn witness(slots: &BTreeMap<U256, U256>, shown: &[U256]) -> WorldState {
    let (storage_root, mut nodes) = alloy_storage(slots, shown);
    let account = Account {
        balance: U256::ONE,
        storage_root,
        ..Account::default()
    };
    let accounts = BTreeMap::from([(address(1), account), (address(2), Account::default())]);
    let (root, of_accounts) = alloy_state(&accounts, &[address(1)]);
    nodes.extend(of_accounts);
    WorldState::from_witness(root, Arc::new(Preimages::new(&engine(), nodes)))
}

fn missing_storage_path(error: &StateError) -> Option<(Address, &str)> {
    let StateError::Slot {
        address, source, ..
    } = error
    else {
        return None;
    };
    match &**source {
        TrieError::MissingNode { trie, path, .. } if trie.starts_with("storage of ") => {
            Some((*address, path))
        }
        _ => None,
    }
}

/// True if a node of the account trie is missing that the account needs.
fn lacks_account(state: &WorldState, who: Address) -> bool {
    let Err(StateError::Account { address, source }) = state.account(who) else {
        return false;
    };
    let lacks = matches!(*source, TrieError::MissingNode { ref trie, .. } if trie == "account");
    address == who && lacks
}

#[test]
fn a_witness_shows_what_it_proves_and_nothing_else() {
    let slots: BTreeMap<U256, U256> = (1..=200u64)
        .map(|i| (U256::from(i), U256::from(i)))
        .collect();
    let (known, unknown) = (U256::from(7), U256::from(8));
    let mut state = witness(&slots, &[known]);
    assert_eq!(state.slot(address(1), known), Ok(known));
    let error = state.slot(address(1), unknown).expect_err("not shown");
    let (who, path) = missing_storage_path(&error).expect("a missing node");
    assert_eq!(who, address(1));
    let hash = format!("{:x}", hashed_slot(&unknown));
    assert!(!path.is_empty() && hash.starts_with(path), "{error}");

    let root = state.root();
    let change = storage_change(&[(known, 5), (unknown, 5)]);
    let failed = state.apply(&engine(), &changes([(address(1), change)]));
    assert_eq!(failed, Err(error), "the write needs what the read needs");
    assert_eq!(state.root(), root, "unchanged by the error");
    assert_eq!(state.slot(address(1), known), Ok(known));

    state
        .apply(
            &engine(),
            &changes([(address(1), storage_change(&[(known, 5)]))]),
        )
        .expect("all nodes are shown");
    let mut slots = slots;
    slots.insert(known, U256::from(5));
    let account = state.account(address(1)).expect("shown").expect("exists");
    assert_eq!(account.storage_root, alloy_storage(&slots, &[]).0);
}

#[test]
fn an_account_is_absent_only_if_proven() {
    let accounts: BTreeMap<_, _> = (0..100)
        .map(|byte| (address(byte), Account::default()))
        .collect();
    let (absent, other) = (address(200), address(17));
    let (root, nodes) = alloy_state(&accounts, &[absent]);
    let state = WorldState::from_witness(root, Arc::new(Preimages::new(&engine(), nodes)));
    assert_eq!(state.account(absent), Ok(None));
    assert_eq!(state.slot(absent, U256::ONE), Ok(U256::ZERO));
    assert!(lacks_account(&state, other));
    let nothing = WorldState::from_witness(root, Arc::default());
    assert!(lacks_account(&nothing, absent));
    let empty = WorldState::from_witness(EMPTY_ROOT_HASH, Arc::default());
    assert_eq!(empty.account(absent), Ok(None));
}

#[test]
fn an_altered_node_is_not_read() {
    let accounts: BTreeMap<_, _> = (0..100)
        .map(|byte| (address(byte), Account::default()))
        .collect();
    let (root, nodes) = alloy_state(&accounts, &[address(3)]);
    for index in 0..nodes.len() {
        let mut altered = nodes.clone();
        let mut node = altered[index].to_vec();
        let last = node.len() - 1;
        node[last] ^= 1;
        altered[index] = node.into();
        let state = WorldState::from_witness(root, Arc::new(Preimages::new(&engine(), altered)));
        assert!(lacks_account(&state, address(3)));
    }
}

#[test]
fn account_upserts_come_before_deletes() {
    let at = |nibble: u8| {
        let mut all = (0..=255).map(address);
        all.find(|who| keccak256(who)[0] >> 4 == nibble)
            .expect("an address")
    };
    let (deleted, sibling, new) = (at(1), at(2), at(3));
    let account = Account::default();
    let before = BTreeMap::from([(deleted, account), (sibling, account)]);
    let (root, nodes) = alloy_state(&before, &[deleted]);
    let preimages = Arc::new(Preimages::new(&engine(), nodes));
    let mut state = WorldState::from_witness(root, preimages);
    let created = AccountChange {
        info: Some(info(0)),
        ..AccountChange::default()
    };
    let gone = (deleted, AccountChange::default());

    let error = state.apply(&engine(), &changes([gone.clone()]));
    let source = match error {
        Err(StateError::Account { address, source }) if address == deleted => *source,
        other => panic!("the sibling merges with the branch, but: {other:?}"),
    };
    assert!(matches!(source, TrieError::MissingNode { path, .. } if path == "2"));
    state
        .apply(&engine(), &changes([gone, (new, created)]))
        .expect("the branch keeps two children");
    let after = BTreeMap::from([(sibling, account), (new, account)]);
    assert_eq!(state.root(), alloy_state(&after, &[]).0);
}

#[test]
fn slot_upserts_come_before_deletes() {
    let all = slots_at(&[1, 2, 3]);
    let [deleted, sibling, new] = all[..] else {
        panic!("three slots")
    };
    let before = writes(&[(deleted, 1), (sibling, 2)]);
    let mut state = witness(&before, &[deleted]);
    // The sibling's content is not shown: it must not be needed.
    let change = storage_change(&[(deleted, 0), (new, 3)]);
    state
        .apply(&engine(), &changes([(address(1), change)]))
        .expect("the branch keeps two children");
    let account = state.account(address(1)).expect("shown").expect("exists");
    let after = writes(&[(sibling, 2), (new, 3)]);
    assert_eq!(account.storage_root, alloy_storage(&after, &[]).0);

    let mut state = witness(&before, &[deleted]);
    let change = storage_change(&[(deleted, 0)]);
    let error = state
        .apply(&engine(), &changes([(address(1), change)]))
        .expect_err("the sibling merges with the branch");
    assert_eq!(missing_storage_path(&error), Some((address(1), "2")));
}

#[test]
fn storage_is_loaded_only_if_written() {
    let slots = writes(&[(U256::ONE, 1), (U256::from(2), 2)]);
    let mut state = witness(&slots, &[]);
    let before = state.account(address(1)).expect("shown").expect("exists");
    let change = AccountChange {
        info: Some(info(77)),
        ..AccountChange::default()
    };
    state
        .apply(&engine(), &changes([(address(1), change)]))
        .expect("no storage node is needed");
    let after = state.account(address(1)).expect("shown").expect("exists");
    assert_eq!(after.storage_root, before.storage_root);
    assert_eq!(after.balance, U256::from(77));

    let same = state.root();
    let change = AccountChange {
        info: Some(info(77)),
        ..AccountChange::default()
    };
    state
        .apply(&engine(), &changes([(address(1), change)]))
        .expect("nothing changes");
    assert_eq!(state.root(), same);
}

#[test]
fn wiped_storage_starts_empty_and_needs_no_old_node() {
    let slots: BTreeMap<U256, U256> = (1..=50u64)
        .map(|i| (U256::from(i), U256::from(i)))
        .collect();
    let mut state = witness(&slots, &[]);
    let change = AccountChange {
        storage_wiped: true,
        ..storage_change(&[(U256::from(3), 9), (U256::from(4), 0)])
    };
    state
        .apply(&engine(), &changes([(address(1), change)]))
        .expect("no node of the old storage is needed");
    let account = state.account(address(1)).expect("shown").expect("exists");
    let after = writes(&[(U256::from(3), 9)]);
    assert_eq!(account.storage_root, alloy_storage(&after, &[]).0);
    assert_eq!(state.slot(address(1), U256::from(1)), Ok(U256::ZERO));
    assert_eq!(state.slot(address(1), U256::from(3)), Ok(U256::from(9)));

    let change = AccountChange {
        storage_wiped: true,
        ..storage_change(&[])
    };
    state
        .apply(&engine(), &changes([(address(1), change)]))
        .expect("no node of the old storage is needed");
    let account = state.account(address(1)).expect("shown").expect("exists");
    assert_eq!(account.storage_root, EMPTY_ROOT_HASH);
    assert_eq!(state.slot(address(1), U256::from(3)), Ok(U256::ZERO));
}

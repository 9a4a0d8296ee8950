//! Nodes that stand in more than one place, or in the wrong one.

use super::{address, alloy_state, alloy_storage, changes, engine, info, writes};
use alloy_primitives::{B256, Bytes, U256, keccak256};
use phalanx::{
    exec::AccountChange,
    trie::{Account, EMPTY_ROOT_HASH, Preimages, StateError, TrieError, WorldState},
};
use std::{collections::BTreeMap, sync::Arc};

fn state(root: B256, nodes: Vec<Bytes>) -> WorldState {
    WorldState::from_witness(root, Arc::new(Preimages::new(&engine(), nodes)))
}

fn source(error: StateError) -> TrieError {
    match error {
        StateError::Account { source, .. } | StateError::Slot { source, .. } => *source,
        other => panic!("{other}"),
    }
}

/// Clones of a contract have the same storage: a write to one leaves the others as they are.
#[test]
fn accounts_with_the_same_storage_part() {
    let slots: Vec<(U256, u64)> = (0..50).map(|i| (U256::from(i), i + 1)).collect();
    let before = writes(&slots);
    let all: Vec<U256> = before.keys().copied().collect();
    let (storage_root, mut nodes) = alloy_storage(&before, &all);
    let account = Account {
        balance: U256::ONE,
        storage_root,
        ..Account::default()
    };
    let who: Vec<_> = (1..=20).map(address).collect();
    let mut accounts: BTreeMap<_, _> = who.iter().map(|who| (*who, account)).collect();
    let (root, of_accounts) = alloy_state(&accounts, &who);
    nodes.extend(of_accounts);
    let mut state = state(root, nodes);
    let slot = U256::from(7);
    // Twice: over the witness, and over nodes in memory that are shared once the first has them.
    for value in [100, 200] {
        for writer in &who[..3] {
            let change = AccountChange {
                info: Some(info(1)),
                storage_wiped: false,
                storage: writes(&[(slot, value)]),
            };
            state
                .apply(&engine(), &changes([(*writer, change)]))
                .expect("all nodes are shown");
            let mut after = before.clone();
            after.insert(slot, U256::from(value));
            let account = accounts.get_mut(writer).expect("an account");
            account.storage_root = alloy_storage(&after, &[]).0;
            assert_eq!(state.root(), alloy_state(&accounts, &[]).0);
            assert_eq!(state.slot(*writer, slot), Ok(U256::from(value)));
        }
    }
    assert_eq!(state.slot(who[3], slot), Ok(U256::from(8)));
}

/// A storage root that names a node of the account trie: its leaves hold accounts, and no numbers.
#[test]
fn a_node_of_another_trie_is_no_storage() {
    let inner = Account::default();
    let slot = U256::from(3);
    // An account trie with one leaf, whose key is the hash of the slot: as such, a node that a storage trie may have.
    let key = keccak256(slot.to_be_bytes::<32>());
    let (storage_root, mut nodes) =
        super::alloy_trie(&BTreeMap::from([(key, alloy_rlp::encode(inner))]), &[key]);
    let account = Account {
        storage_root,
        ..Account::default()
    };
    let accounts = BTreeMap::from([(address(1), account)]);
    let (root, of_accounts) = alloy_state(&accounts, &[address(1)]);
    nodes.extend(of_accounts);
    let mut state = state(root, nodes);
    assert_eq!(state.account(address(1)), Ok(Some(account)));
    assert_eq!(state.slot(address(1), U256::ZERO), Ok(U256::ZERO));
    let error = state.slot(address(1), slot).expect_err("no number");
    let reason = "not the canonical RLP of a number above zero";
    assert!(
        matches!(source(error), TrieError::MalformedValue { reason: told, .. } if told == reason)
    );
    // A write needs no value from before.
    let change = AccountChange {
        info: Some(info(0)),
        storage_wiped: false,
        storage: writes(&[(slot, 9)]),
    };
    let written = state.apply(&engine(), &changes([(address(1), change)]));
    assert_eq!(written, Ok(()));
    assert_eq!(state.slot(address(1), slot), Ok(U256::from(9)));
}

/// A node that leads back to itself would have to hold its own hash. Two that are made to look so name, one of them, a
/// node that is not there.
#[test]
fn a_cycle_ends_in_a_missing_node() {
    let fan = |below: B256| {
        let mut items = vec![below.as_slice(); 16];
        items.push(&[]);
        Bytes::from(alloy_rlp::encode(items))
    };
    let first = fan(B256::ZERO);
    let second = fan(keccak256(&first));
    let root = fan(keccak256(&second));
    let mut state = state(keccak256(&root), vec![second, root]);
    let path = format!("{:x}", keccak256(address(1)))[..2].to_owned();
    let missing = TrieError::MissingNode {
        trie: "account".to_owned(),
        path,
        hash: keccak256(first),
    };
    assert_eq!(
        state.account(address(1)).map_err(source),
        Err(missing.clone())
    );
    let change = AccountChange {
        info: Some(info(1)),
        ..AccountChange::default()
    };
    let written = state.apply(&engine(), &changes([(address(1), change)]));
    assert_eq!(written.map_err(source), Err(missing));
}

/// The storage of an account may be the account trie of another state, whose account has such storage again: that is not
/// followed.
#[test]
fn storage_is_read_one_trie_deep() {
    let who = [address(1)];
    let (mut storage_root, mut nodes) = (EMPTY_ROOT_HASH, Vec::new());
    for _ in 0..1000 {
        let account = Account {
            storage_root,
            ..Account::default()
        };
        let (root, more) = alloy_state(&BTreeMap::from([(address(1), account)]), &who);
        nodes.extend(more);
        storage_root = root;
    }
    let mut state = state(storage_root, nodes);
    assert_eq!(state.slot(address(1), U256::ONE), Ok(U256::ZERO));
    let change = AccountChange {
        info: Some(info(0)),
        storage_wiped: false,
        storage: writes(&[(U256::ONE, 1)]),
    };
    state
        .apply(&engine(), &changes([(address(1), change)]))
        .expect("the leaf that is there parts from the slot");
    assert_eq!(state.slot(address(1), U256::ONE), Ok(U256::ONE));
}

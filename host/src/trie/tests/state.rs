//! A state over several blocks, serially and in threads, against what alloy-trie builds from scratch.

use crate::{
    Engine,
    exec::{AccountChange, StateChanges},
    trie::{Account, EMPTY_ROOT_HASH, Preimages, ReadAhead, StateTrie, WorldState},
};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_trie::{HashBuilder, Nibbles, proof::ProofRetainer};
use proptest::{collection::vec, prelude::*};
use revm::{DatabaseRef, state::AccountInfo};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// Balance and slots by address.
type Plain = BTreeMap<Address, (u64, BTreeMap<U256, U256>)>;

fn two_threads() -> Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
        let engine = Engine::builder().threads(2).build();
        engine.expect("an engine")
    });
    ENGINE.clone()
}

/// The root by alloy-trie, and the nodes on the paths of the keys for which `shown` holds.
fn alloy(
    pairs: impl Iterator<Item = (B256, Vec<u8>)>,
    shown: impl Fn(&B256) -> bool,
) -> (B256, Vec<Bytes>) {
    let pairs: BTreeMap<B256, Vec<u8>> = pairs.collect();
    let shown = pairs.keys().filter(|key| shown(key)).map(Nibbles::unpack);
    let retainer = ProofRetainer::new(shown.collect());
    let mut builder = HashBuilder::default().with_proof_retainer(retainer);
    for (key, value) in &pairs {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    let root = builder.root();
    let nodes = builder.take_proof_nodes().into_nodes_sorted();
    (root, nodes.into_iter().map(|(_, node)| node).collect())
}

/// The state root, and the nodes on the paths of the accounts and slots whose hashes `shown` holds for.
fn alloy_state(plain: &Plain, shown: impl Fn(&B256) -> bool + Copy) -> (B256, Vec<Bytes>) {
    let mut nodes = Vec::new();
    let mut accounts = Vec::new();
    for (address, (balance, slots)) in plain {
        let slots = slots.iter().map(|(slot, value)| {
            (
                keccak256(slot.to_be_bytes::<32>()),
                alloy_rlp::encode(value),
            )
        });
        let (storage_root, more) = alloy(slots, shown);
        nodes.extend(more);
        let account = Account {
            balance: U256::from(*balance),
            storage_root,
            ..Account::default()
        };
        accounts.push((keccak256(address), alloy_rlp::encode(account)));
    }
    let (root, more) = alloy(accounts.into_iter(), shown);
    nodes.extend(more);
    (root, nodes)
}

fn write(plain: &mut Plain, changes: &StateChanges) {
    for (address, change) in &changes.accounts {
        let Some(info) = &change.info else {
            plain.remove(address);
            continue;
        };
        let (balance, slots) = plain.entry(*address).or_default();
        *balance = info.balance.to();
        if change.storage_wiped {
            slots.clear();
        }
        slots.extend(&change.storage);
        slots.retain(|_, value| !value.is_zero());
    }
}

/// A block: for each of some accounts its balance (none of zero: it is deleted), whether its storage is wiped, and slots.
fn blocks() -> impl Strategy<Value = Vec<StateChanges>> {
    let slots = prop::collection::btree_map(0u64..60, 0u64..3, 0..30);
    let wiped = prop::bool::weighted(0.2);
    let accounts = prop::collection::btree_map(0u8..24, (0u64..5, wiped, slots), 1..12);
    vec(accounts.prop_map(block), 1..7)
}

fn block(accounts: BTreeMap<u8, (u64, bool, BTreeMap<u64, u64>)>) -> StateChanges {
    let accounts = accounts
        .into_iter()
        .map(|(who, (balance, storage_wiped, slots))| {
            let slots = slots.into_iter();
            let change = AccountChange {
                info: (balance > 0).then(|| AccountInfo {
                    balance: U256::from(balance),
                    ..AccountInfo::default()
                }),
                storage_wiped,
                storage: slots
                    .map(|(slot, value)| (U256::from(slot), U256::from(value) << (4 * slot)))
                    .collect(),
            };
            (Address::repeat_byte(who), change)
        });
    StateChanges {
        accounts: accounts.collect(),
    }
}

/// Applies a block to clones of the state: serially, and in two threads from two changes on. Both must give the same.
fn apply_both_ways(
    state: &mut WorldState,
    block: &StateChanges,
) -> Result<(), crate::trie::StateError> {
    let engine = two_threads();
    let mut in_threads = state.clone();
    let done = state.apply_split(&engine, block, usize::MAX);
    assert_eq!(in_threads.apply_split(&engine, block, 2), done);
    assert_eq!(in_threads.root(), state.root());
    // So that what threads have made is what the next block comes to.
    *state = in_threads;
    done
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn blocks_give_the_root_of_a_rebuilt_trie(blocks in blocks()) {
        let (mut state, mut plain) = (WorldState::default(), Plain::new());
        for block in &blocks {
            write(&mut plain, block);
            prop_assert_eq!(apply_both_ways(&mut state, block), Ok(()));
            prop_assert_eq!(state.root(), alloy_state(&plain, |_| false).0);
        }
        for (address, (balance, slots)) in &plain {
            let account = state.account(*address).expect("in memory").expect("an account");
            prop_assert_eq!(account.balance, U256::from(*balance));
            for slot in (0..60).map(U256::from) {
                let value = slots.get(&slot).copied().unwrap_or_default();
                prop_assert_eq!(state.slot(*address, slot), Ok(value));
            }
        }
    }

    /// Of a witness of a part: threads find the same error, and nothing else is ever taken for the root.
    #[test]
    fn blocks_over_a_part_of_the_state(
        start in blocks(),
        blocks in blocks(),
        eighths in 0u8..9,
    ) {
        let mut plain = Plain::new();
        for block in &start {
            write(&mut plain, block);
        }
        let (root, nodes) = alloy_state(&plain, |key| key[31] % 8 < eighths);
        let preimages = Arc::new(Preimages::new(&two_threads(), nodes));
        let mut state = WorldState::from_witness(root, preimages);
        prop_assert_eq!(state.root(), root);
        for block in &blocks {
            let before = state.root();
            match apply_both_ways(&mut state, block) {
                Ok(()) => {
                    write(&mut plain, block);
                    prop_assert_eq!(state.root(), alloy_state(&plain, |_| false).0);
                }
                Err(_) => prop_assert_eq!(state.root(), before),
            }
        }
    }

    /// Whatever was looked for ahead, by whom and in what order, a block reads what the state itself gives: values, and
    /// errors where a witness shows nothing.
    #[test]
    fn blocks_read_what_the_state_holds(
        start in blocks(),
        eighths in 0u8..9,
        likely in prop::collection::btree_set(0u8..30, 0..20),
        readers in 1usize..4,
    ) {
        let mut plain = Plain::new();
        for block in &start {
            write(&mut plain, block);
        }
        let (root, nodes) = alloy_state(&plain, |key| key[31] % 8 < eighths);
        let preimages = Arc::new(Preimages::new(&two_threads(), nodes));
        let state = WorldState::from_witness(root, preimages);
        let likely: Vec<Address> = likely.into_iter().map(Address::repeat_byte).collect();
        let reads = state.reads(&two_threads(), &likely);
        let read_everything = || {
            for address in (0..30).map(Address::repeat_byte) {
                assert_eq!(reads.basic_ref(address), state.basic_ref(address));
                for slot in (0..60).step_by(7).map(U256::from) {
                    assert_eq!(reads.storage_ref(address, slot), state.storage_ref(address, slot));
                }
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(|| likely.iter().for_each(|address| reads.read_ahead(*address)));
            (0..readers).for_each(|_| drop(scope.spawn(read_everything)));
        });
        read_everything();
    }
}

/// Storage that is wiped and written again in the same block holds what was written alone, whatever it held before.
#[test]
fn storage_wiped_and_written_again_in_one_block() {
    let slots: BTreeMap<u64, u64> = (0..40).map(|slot| (slot, slot % 3 + 1)).collect();
    let first = block(BTreeMap::from([(1, (5, false, slots.clone()))]));
    let mut state = WorldState::default();
    let mut plain = Plain::new();
    write(&mut plain, &first);
    assert_eq!(apply_both_ways(&mut state, &first), Ok(()));
    let whole = state.root();
    assert_eq!(whole, alloy_state(&plain, |_| false).0);
    // The same again; some of it; other values; nothing; zeros alone; and the same again over nothing.
    let some = slots.clone().into_iter().filter(|(slot, _)| slot % 5 == 0);
    let other = slots.keys().map(|slot| (*slot + 20, 2));
    let zeros = slots.keys().map(|slot| (*slot, 0));
    for slots in [
        slots.clone(),
        some.collect(),
        other.collect(),
        BTreeMap::new(),
        slots.clone(),
        zeros.collect(),
        slots,
    ] {
        let block = block(BTreeMap::from([(1, (5, true, slots))]));
        write(&mut plain, &block);
        assert_eq!(apply_both_ways(&mut state, &block), Ok(()));
        assert_eq!(state.root(), alloy_state(&plain, |_| false).0);
        let empty = plain[&Address::repeat_byte(1)].1.is_empty();
        let account = state.account(Address::repeat_byte(1)).expect("in memory");
        let storage_root = account.expect("an account").storage_root;
        assert_eq!(storage_root == EMPTY_ROOT_HASH, empty);
    }
    assert_eq!(state.root(), whole);
}

/// Encodings have places of the greatest length.
#[test]
fn the_largest_account_and_slot() {
    let address = Address::repeat_byte(0xff);
    let slots = [(U256::MAX, U256::MAX), (U256::ZERO, U256::from(0x80))];
    let info = AccountInfo {
        nonce: u64::MAX,
        balance: U256::MAX,
        code_hash: B256::repeat_byte(0xfe),
        ..AccountInfo::default()
    };
    let account = alloy_trie::TrieAccount {
        nonce: info.nonce,
        balance: info.balance,
        storage_root: alloy_trie::root::storage_root_unhashed(
            slots.map(|(slot, value)| (slot.into(), value)),
        ),
        code_hash: info.code_hash,
    };
    let change = AccountChange {
        info: Some(info),
        storage_wiped: false,
        storage: slots.into_iter().collect(),
    };
    let changes = StateChanges {
        accounts: [(address, change)].into_iter().collect(),
    };
    let mut state = WorldState::default();
    state.apply(&two_threads(), &changes).expect("in memory");
    let root = alloy_trie::root::state_root_unhashed([(address, account)]);
    assert_eq!(state.root(), root);
    for (slot, value) in slots {
        assert_eq!(state.slot(address, slot), Ok(value));
    }
}

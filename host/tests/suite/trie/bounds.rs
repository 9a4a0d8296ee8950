//! Bounds on time, memory and stack: whatever a witness holds, and however long a stream of pairs is.

use super::{address, changes, engine, info};
use crate::memory;
use alloy_primitives::{B256, Bytes, U256, keccak256};
use alloy_rlp::Header;
use phalanx::{
    Engine,
    exec::AccountChange,
    trie::{
        Account, OrderedRootBuilder, Preimages, RootBuilder, StateError, TrieError, WorldState,
    },
};
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

const MEBIBYTE: usize = 1 << 20;

/// What no work below takes, on a machine that is busy with other tests.
const LONG: Duration = Duration::from_secs(5);

fn string(bytes: &[u8]) -> Vec<u8> {
    alloy_rlp::encode(bytes)
}

fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let payload_length = items.iter().map(Vec::len).sum();
    let list = true;
    let mut out = Vec::new();
    Header {
        list,
        payload_length,
    }
    .encode(&mut out);
    out.extend(items.concat());
    out
}

/// A branch with this in every place but the value's.
fn fan(item: &[u8]) -> Vec<u8> {
    let mut items = vec![item.to_vec(); 16];
    items.push(string(&[]));
    list(&items)
}

/// A mebibyte of lists, each of which holds the next one.
fn nested() -> Vec<u8> {
    // From the innermost outwards, backwards.
    let mut out = vec![0xc0];
    while out.len() < MEBIBYTE {
        let mut header = Vec::new();
        let (list, payload_length) = (true, out.len());
        Header {
            list,
            payload_length,
        }
        .encode(&mut header);
        out.extend(header.iter().rev());
    }
    out.reverse();
    out
}

/// A leaf whose key is the one of address 1 below the depth given.
fn leaf(depth: usize, value: &[u8]) -> Vec<u8> {
    let key = keccak256(address(1));
    let first = match depth % 2 {
        0 => 0x20,
        _ => 0x30 | key[depth / 2] & 0xf,
    };
    let path = [&[first], &key[depth.div_ceil(2)..]].concat();
    list(&[string(&path), string(value)])
}

/// The error of a read and of a write of the account with address 1, and of its slot.
fn errors(engine: &Engine, mut state: WorldState) -> Vec<StateError> {
    let root = state.root();
    let read = state.account(address(1)).map(drop);
    let slot = state.slot(address(1), U256::ONE).map(drop);
    let change = AccountChange {
        info: Some(info(1)),
        storage_wiped: false,
        storage: [(U256::ONE, U256::ONE)].into(),
    };
    let proof = state.proof(address(1), &[U256::ONE]).map(drop);
    let written = state.apply(engine, &changes([(address(1), change)]));
    assert_eq!(state.root(), root, "unchanged by the error");
    [read, slot, proof, written]
        .into_iter()
        .filter_map(Result::err)
        .collect()
}

fn engine_of_one() -> Engine {
    Engine::builder().threads(1).build().expect("an engine")
}

/// Whoever asks for a node of a mebibyte or more gets an error that says what is wrong with it: on a small stack, at
/// once, and with one copy of it at most.
#[test]
fn nodes_of_a_mebibyte() {
    let mebibyte = string(&vec![7; MEBIBYTE]);
    let hash = string(&[7; 32]);
    let mut valued = vec![hash.clone(); 16];
    valued.push(mebibyte.clone());
    let long_path = vec![0x20; MEBIBYTE];
    for (name, node) in [
        ("a string", mebibyte.clone()),
        (
            "a list of empty strings",
            list(&vec![string(&[]); MEBIBYTE]),
        ),
        ("a list of lists", list(&vec![vec![0xc0]; MEBIBYTE])),
        ("nested lists", nested()),
        ("zeros", vec![0; MEBIBYTE]),
        ("a header of a mebibyte alone", mebibyte[..4].to_vec()),
        ("a branch with a value", list(&valued)),
        ("a branch with children", fan(&mebibyte)),
        ("a path", list(&[string(&long_path), string(&[1])])),
        ("an extension", list(&[string(&[0x11]), mebibyte.clone()])),
        ("a leaf's value", leaf(0, &vec![7; MEBIBYTE])),
        (
            "a leaf that holds a list",
            list(&[string(&long_path[..33]), list(&[mebibyte])]),
        ),
    ] {
        let root = keccak256(&node);
        let preimages = Arc::new(Preimages::new(&engine(), [Bytes::from(node)]));
        let state = WorldState::from_witness(root, preimages);
        let engine = engine_of_one();
        let asked = thread::Builder::new().stack_size(128 << 10).spawn(move || {
            let start = Instant::now();
            let (errors, bytes) = memory::peak(|| errors(&engine, state));
            (errors, bytes, start.elapsed())
        });
        let done = asked.expect("a thread").join().expect("no overflow");
        let (errors, bytes, time) = done;
        assert_eq!(errors.len(), 4, "{name}: {errors:?}");
        for error in errors {
            let (StateError::Account { source, .. } | StateError::Slot { source, .. }) = &error
            else {
                panic!("{name}: {error}");
            };
            let named = matches!(
                **source,
                TrieError::MalformedNode { .. } | TrieError::MalformedValue { .. }
            );
            assert!(named, "{name}: {error}");
            assert!(error.to_string().len() < 500, "{name}: {error}");
        }
        // A proof has copies of the nodes on its path, even if the last one's value is none in the end.
        assert!(bytes < MEBIBYTE + MEBIBYTE / 4, "{name}: {bytes} bytes");
        assert!(time < LONG, "{name}: {time:?}");
    }
}

/// A leaf of a mebibyte beside the path is hashed with the witness, and never read.
#[test]
fn a_mebibyte_beside_the_path() {
    let large = list(&[string(&[0x20; 33]), string(&vec![7; MEBIBYTE])]);
    let mut items = vec![string(keccak256(&large).as_slice()); 16];
    let nibble = usize::from(keccak256(address(1))[0] >> 4);
    items[nibble] = string(&[]);
    items.push(string(&[]));
    let branch = list(&items);
    let root = keccak256(&branch);
    let nodes = [large, branch].map(Bytes::from);
    let preimages = Arc::new(Preimages::new(&engine(), nodes));
    let mut state = WorldState::from_witness(root, preimages);
    let change = AccountChange {
        info: Some(info(1)),
        ..AccountChange::default()
    };
    let (engine, batch) = (engine_of_one(), changes([(address(1), change)]));
    let (done, bytes) = memory::peak(|| state.apply(&engine, &batch));
    assert_eq!(done, Ok(()));
    assert!(bytes < MEBIBYTE, "{bytes} bytes");
    let account = Account {
        balance: U256::ONE,
        ..Account::default()
    };
    let new = leaf(1, &alloy_rlp::encode(account));
    items[nibble] = string(keccak256(new).as_slice());
    assert_eq!(state.root(), keccak256(list(&items)));
}

/// However many pairs come, memory holds some hundred kilobytes of them.
#[test]
fn streams_take_bounded_memory() {
    let engine = engine_of_one();
    let (root, bytes) = memory::peak(|| {
        let mut builder = RootBuilder::new(&engine);
        for number in 0..200_000u64 {
            let key = B256::left_padding_from(&number.to_be_bytes());
            builder.push(key.as_slice(), &[7; 72]).expect("in order");
        }
        builder.finish()
    });
    assert!(!root.is_zero());
    assert!(bytes < 2 * MEBIBYTE, "{bytes} bytes for pairs");
    let (root, bytes) = memory::peak(|| {
        let mut builder = OrderedRootBuilder::new(&engine);
        for _ in 0..50_000 {
            builder.push(&[7; 400]).expect("not empty");
        }
        builder.finish()
    });
    assert!(!root.is_zero());
    assert!(bytes < 2 * MEBIBYTE, "{bytes} bytes for items");
    // Long values at all places among the short ones of a batch: one is in memory a few times over, and not all are.
    let long = vec![7; MEBIBYTE];
    let (root, bytes) = memory::peak(|| {
        let mut builder = RootBuilder::new(&engine);
        for number in 0..40_000u64 {
            let key = B256::left_padding_from(&number.to_be_bytes());
            let value = match number % 700 {
                0 => &long[..],
                _ => &[7; 72],
            };
            builder.push(key.as_slice(), value).expect("in order");
        }
        builder.finish()
    });
    assert!(!root.is_zero());
    assert!(bytes < 6 * MEBIBYTE, "{bytes} bytes for long values");
}

//! Roots of whole tries from their pairs in order.

use super::{Model, engine, oracle, values};
use crate::trie::{EMPTY_ROOT_HASH, PairError, RootBuilder};
use alloy_primitives::{B256, keccak256};
use proptest::{collection::vec, prelude::*};

fn root(model: &Model) -> B256 {
    let mut builder = RootBuilder::new(&engine());
    for (key, value) in model {
        builder.push(key, value).expect("in order");
    }
    let root = builder.finish();
    let pairs = model.iter().map(|(key, value)| (&key[..], &value[..]));
    assert_eq!(engine().sorted_root(pairs), Ok(root));
    root
}

/// Keys that share much, many of which are the start of others; and some of a fixed length.
fn keys() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::sample::select(vec![0x00, 0x01, 0x10, 0x11, 0xab, 0xff]);
    prop_oneof![vec(bytes, 0..4), vec(any::<u8>(), 2), vec(any::<u8>(), 32)]
}

proptest! {
    #[test]
    fn the_root_is_that_of_the_definition(
        model in prop::collection::btree_map(keys(), values(), 0..40)
    ) {
        prop_assert_eq!(root(&model), oracle::root(&model));
    }

    #[test]
    fn the_last_pair_of_a_key_counts(
        pairs in vec((keys(), prop_oneof![values(), Just(Vec::new())]), 0..40)
    ) {
        let mut model: Model = pairs.iter().cloned().collect();
        model.retain(|_, value| !value.is_empty());
        prop_assert_eq!(engine().trie_root(&pairs), oracle::root(&model));
    }
}

/// More nodes than are hashed at a time, so that branches stay open while their children are.
#[test]
fn many_pairs() {
    let model: Model = (0..20_000u32)
        .map(|i| {
            (
                keccak256(i.to_be_bytes()).to_vec(),
                vec![i as u8 | 1; 1 + i as usize % 90],
            )
        })
        .collect();
    assert_eq!(root(&model), oracle::root(&model));
}

#[test]
fn pairs_come_in_order_and_have_values() {
    let mut builder = RootBuilder::new(&engine());
    assert_eq!(builder.push(b"b", b""), Err(PairError::EmptyValue));
    assert_eq!(builder.push(b"b", b"1"), Ok(()));
    assert_eq!(builder.push(b"b", b"2"), Err(PairError::Order));
    assert_eq!(builder.push(b"a", b"2"), Err(PairError::Order));
    assert_eq!(builder.push(b"ba", b"2"), Ok(()));
    let model = [(&b"b"[..], &b"1"[..]), (b"ba", b"2")].map(|(k, v)| (k.to_vec(), v.to_vec()));
    assert_eq!(builder.finish(), oracle::root(&model.into()));
    assert_eq!(RootBuilder::new(&engine()).finish(), EMPTY_ROOT_HASH);
    let wrong = [(&b"b"[..], &b"1"[..]), (b"a", b"1")];
    assert_eq!(engine().sorted_root(wrong), Err(PairError::Order));
    let wrong = [(&b"b"[..], &b""[..])];
    assert_eq!(engine().sorted_root(wrong), Err(PairError::EmptyValue));
}

#[test]
fn all_sixteen_ways_of_a_branch_and_its_value() {
    let mut model: Model = (0..=255).map(|byte| (vec![byte], vec![byte; 33])).collect();
    model.insert(Vec::new(), b"the branch's own".to_vec());
    assert_eq!(root(&model), oracle::root(&model));
}

/// Runs on a stack that nested calls for each node would overflow.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(128 << 10);
    let done = thread.spawn(work).expect("a thread").join();
    assert!(done.is_ok());
}

#[test]
fn depth_takes_no_stack() {
    on_a_small_stack(|| {
        let deep = |count: usize| -> Model {
            let keys = (0..count).map(|len| vec![0x11; len]);
            keys.map(|key| (key, vec![1; 40])).collect()
        };
        assert_eq!(root(&deep(60)), oracle::root(&deep(60)));
        assert_ne!(root(&deep(3000)), root(&deep(2999)));
    });
}

#[test]
fn keys_of_a_mebibyte() {
    on_a_small_stack(|| {
        let mut long = vec![0xab; 1 << 20];
        let mut model = Model::from([(long.clone(), vec![1])]);
        long[(1 << 20) - 1] = 0xac;
        model.insert(long, vec![2; 1 << 20]);
        assert_eq!(root(&model), oracle::root(&model));
    });
}

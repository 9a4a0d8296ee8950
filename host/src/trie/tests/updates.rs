//! Insertions and removals.

use super::{Model, all_nodes, built, engine, keys, models, oracle_root, unread, values};
use crate::trie::{EMPTY_ROOT_HASH, TrieError, nibbles::unpack, tree::Trie};
use proptest::{collection::vec, prelude::*};

fn empty() -> Trie {
    built(&Model::new())
}

/// Sets a value in both, or removes the key if the value is empty.
fn write(trie: &mut Trie, model: &mut Model, key: &[u8], value: &[u8]) {
    let path = unpack(key);
    if value.is_empty() {
        model.remove(key);
        trie.remove(&path).expect("a trie in memory");
    } else {
        model.insert(key.to_vec(), value.to_vec());
        trie.insert(&path, value.to_vec().into())
            .expect("a trie in memory");
    }
}

fn holds(trie: &Trie, model: &Model) -> bool {
    let get = |key: &[u8]| trie.get(&unpack(key)).expect("a trie in memory").cloned();
    model
        .iter()
        .all(|(key, value)| get(key).is_some_and(|found| found == value[..]))
}

proptest! {
    #[test]
    fn any_order_of_changes_gives_the_root_of_the_definition(
        start in models(),
        changes in vec((keys(), prop_oneof![values(), Just(Vec::new())], any::<bool>()), 0..60),
        picks in vec(any::<prop::sample::Index>(), 20),
    ) {
        let engine = engine();
        let (mut trie, mut model) = (built(&start), start);
        let mut snapshots = Vec::new();
        for (key, value, check) in changes {
            write(&mut trie, &mut model, &key, &value);
            if check {
                prop_assert_eq!(trie.root_hash(&engine), oracle_root(&model));
                prop_assert!(holds(&trie, &model));
                snapshots.push((trie.clone(), model.clone()));
            }
        }
        for pick in picks {
            let Some(key) = model.keys().nth(pick.index(model.len().max(1))).cloned() else { break };
            write(&mut trie, &mut model, &key, &[]);
            prop_assert_eq!(trie.get(&unpack(&key)), Ok(None));
            prop_assert_eq!(trie.root_hash(&engine), oracle_root(&model));
        }
        for (trie, model) in snapshots {
            prop_assert!(holds(&trie, &model), "a snapshot changed");
            prop_assert_eq!(trie.root_hash(&engine), oracle_root(&model));
        }
    }

    #[test]
    fn removing_all_in_any_order_leaves_the_empty_trie(
        (model, order) in models().prop_flat_map(|model| {
            let keys: Vec<_> = model.keys().cloned().collect();
            (Just(model), Just(keys).prop_shuffle())
        })
    ) {
        let (mut trie, mut model) = (built(&model), model);
        for key in order {
            write(&mut trie, &mut model, &key, &[]);
        }
        prop_assert!(trie.root.is_none());
        prop_assert_eq!(trie.root_hash(&engine()), EMPTY_ROOT_HASH);
    }

    #[test]
    fn a_trie_read_from_its_nodes_takes_the_same_changes(
        start in models(),
        changes in vec((keys(), prop_oneof![values(), Just(Vec::new())]), 0..20),
    ) {
        prop_assume!(!start.is_empty());
        let engine = engine();
        let whole = built(&start);
        let mut trie = unread(whole.root_hash(&engine), all_nodes(&whole));
        let mut model = start;
        prop_assert!(holds(&trie, &model));
        for (key, value) in changes {
            write(&mut trie, &mut model, &key, &value);
            prop_assert_eq!(trie.root_hash(&engine), oracle_root(&model));
        }
    }
}

/// Removes `key` from a trie of `rest` and `key`, with short and with long values.
fn collapse(rest: &[&[u8]], key: &[u8]) {
    for value in [&b"v"[..], &[7; 40]] {
        let after: Model = rest
            .iter()
            .map(|key| (key.to_vec(), value.to_vec()))
            .collect();
        let mut before = after.clone();
        before.insert(key.to_vec(), value.to_vec());
        let mut trie = built(&before);
        let unchanged = trie.clone();
        trie.remove(&unpack(key)).expect("a trie in memory");
        assert_eq!(trie.root_hash(&engine()), oracle_root(&after), "{rest:x?}");
        assert_eq!(unchanged.root_hash(&engine()), oracle_root(&before));
    }
}

#[test]
fn a_branch_left_with_one_place_merges() {
    // Into a leaf, at the root and below an extension.
    collapse(&[&[0x10, 0x00]], &[0x20, 0x00]);
    collapse(&[&[0xaa, 0x10]], &[0xaa, 0x20]);
    // Into an extension, at the root and below an extension.
    collapse(&[&[0x11, 0x11, 0x10], &[0x11, 0x11, 0x20]], &[0x20, 0, 0]);
    collapse(
        &[&[0xaa, 0x11, 0x10], &[0xaa, 0x11, 0x20]],
        &[0xaa, 0x20, 0],
    );
    // Into a branch, at the root and below an extension and a branch.
    collapse(&[&[0x11, 0x10], &[0x12, 0x20]], &[0x20, 0]);
    collapse(&[&[0xaa, 0x11], &[0xaa, 0x12]], &[0xaa, 0x20]);
    collapse(&[&[0xaa, 0x11], &[0xaa, 0x12], &[0xbb, 0]], &[0xaa, 0x20]);
    // Into a branch's own value, and from a branch's own value into each kind.
    collapse(&[&[0xaa]], &[0xaa, 0x20]);
    collapse(&[&[0xaa, 0x20]], &[0xaa]);
    collapse(&[&[0xaa, 0x11, 0x10], &[0xaa, 0x11, 0x20]], &[0xaa]);
    collapse(&[&[0xaa, 0x11], &[0xaa, 0x12]], &[0xaa]);
    // Into nothing.
    collapse(&[], &[0xaa]);
    collapse(&[], &[]);
}

#[test]
fn all_sixteen_ways_of_a_branch_and_its_value() {
    let mut model: Model = (0..=255).map(|byte| (vec![byte], vec![byte; 33])).collect();
    model.insert(Vec::new(), b"the branch's own".to_vec());
    let mut trie = empty();
    let mut grown = Model::new();
    for (key, value) in &model {
        write(&mut trie, &mut grown, key, value);
    }
    assert_eq!(trie.root_hash(&engine()), oracle_root(&model));
    assert_eq!(built(&model).root_hash(&engine()), oracle_root(&model));
}

#[test]
fn setting_a_value_that_is_there_changes_no_node() -> Result<(), TrieError> {
    let model: Model = (0..40)
        .map(|byte| (vec![byte, 0], vec![byte + 1]))
        .collect();
    let mut trie = built(&model);
    trie.root_hash(&engine());
    trie.insert(&unpack(&[3, 0]), vec![4].into())?;
    trie.remove(&unpack(&[3, 1]))?;
    let root = trie.root.as_ref().expect("a root");
    assert!(root.reference.get().is_some(), "the root was made dirty");
    Ok(())
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
        let model: Model = (0..3000)
            .map(|len| (vec![0x11; len], vec![1; 40]))
            .collect();
        let mut trie = empty();
        let mut grown = Model::new();
        for (key, value) in &model {
            write(&mut trie, &mut grown, key, value);
        }
        assert_eq!(
            trie.root_hash(&engine()),
            built(&model).root_hash(&engine())
        );
        let deepest = unpack(&[0x11; 2999]);
        assert!(trie.get(&deepest).is_ok_and(|value| value.is_some()));
        trie.remove(&deepest).expect("a trie in memory");
        assert_eq!(trie.get(&deepest), Ok(None));
    });
}

#[test]
fn keys_of_a_mebibyte() {
    on_a_small_stack(|| {
        let mut long = vec![0xab; 1 << 20];
        let mut model = Model::from([(long.clone(), vec![1])]);
        long[(1 << 20) - 1] = 0xac;
        model.insert(long, vec![2]);
        assert_eq!(built(&model).root_hash(&engine()), oracle_root(&model));
    });
}

//! Batches of changes.

use super::{Batch, Key, Model, Trie, batches, grown, key, keys, models, oracle, values, write};
use crate::trie::{EMPTY_ROOT_HASH, TrieError};
use alloy_primitives::keccak256;
use proptest::{collection::vec, prelude::*};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn batches_give_the_root_of_the_definition(
        start in models(),
        changes in vec((batches(1..12), any::<bool>()), 0..12),
    ) {
        let (mut trie, mut model) = (grown(&start), start);
        prop_assert_eq!(trie.root.hash, oracle::root(&model));
        let mut in_threads = Trie { worth_threads: 2, ..trie.clone() };
        let mut snapshots = Vec::new();
        for (batch, kept) in changes {
            let before = model.clone();
            write(&mut model, &batch);
            let changed = trie.apply(&batch).expect("a trie in memory");
            prop_assert_eq!(changed, model != before, "what does not change is left as it is");
            prop_assert_eq!(trie.root.hash, oracle::root(&model));
            prop_assert!(trie.holds(&model));
            prop_assert_eq!(in_threads.apply(&batch).expect("a trie in memory"), changed);
            prop_assert_eq!(in_threads.root.hash, trie.root.hash);
            prop_assert!(in_threads.holds(&model));
            for key in batch.keys() {
                let got = trie.get(key).expect("a trie in memory");
                prop_assert_eq!(got, model.get(&key[..]).cloned());
            }
            if kept {
                snapshots.push((trie.clone(), model.clone()));
            }
        }
        for (trie, model) in snapshots {
            prop_assert!(trie.holds(&model), "a snapshot changed");
        }
    }

    /// Two versions that come of one go on beside each other.
    #[test]
    fn versions_part(start in models(), one in batches(1..20), other in batches(1..20)) {
        let base = grown(&start);
        let mut versions = [(base.clone(), start.clone()), (base, start)];
        for ((trie, model), batch) in versions.iter_mut().zip([&one, &other]) {
            write(model, batch);
            trie.apply(batch).expect("a trie in memory");
        }
        for (trie, model) in &mut versions {
            prop_assert_eq!(trie.root.hash, oracle::root(model));
            write(model, &one);
            trie.apply(&one).expect("a trie in memory");
            prop_assert_eq!(trie.root.hash, oracle::root(model));
            prop_assert!(trie.holds(model));
        }
    }

    #[test]
    fn emptied_in_any_order_and_filled_again(
        (model, order) in models().prop_flat_map(|model| {
            let keys: Vec<_> = model.keys().cloned().collect();
            (Just(model), Just(keys).prop_shuffle())
        }),
        size in 1usize..6,
    ) {
        let mut trie = grown(&model);
        let root = trie.root.hash;
        let mut left = model.clone();
        for keys in order.chunks(size) {
            let batch = keys.iter().map(|key| (key[..].try_into().unwrap(), Vec::new()));
            let batch: Batch = batch.collect();
            write(&mut left, &batch);
            trie.apply(&batch).expect("a trie in memory");
            prop_assert_eq!(trie.root.hash, oracle::root(&left));
        }
        prop_assert_eq!(trie.root.hash, EMPTY_ROOT_HASH);
        let batch = model.iter().map(|(key, value)| (key[..].try_into().unwrap(), value.clone()));
        trie.apply(&batch.collect()).expect("a trie in memory");
        prop_assert_eq!(trie.root.hash, root);
    }

    #[test]
    fn a_trie_read_from_its_nodes_takes_the_same_changes(
        start in models(),
        changes in vec(batches(1..8), 0..8),
    ) {
        prop_assume!(!start.is_empty());
        let whole = grown(&start);
        let mut trie = Trie::unread(whole.root.hash, whole.all_nodes());
        let mut model = start;
        prop_assert!(trie.holds(&model));
        for batch in changes {
            write(&mut model, &batch);
            trie.apply(&batch).expect("all nodes are at hand");
            prop_assert_eq!(trie.root.hash, oracle::root(&model));
        }
    }

    /// One key differs from another in its last nibble alone.
    #[test]
    fn keys_that_share_63_nibbles(
        start in keys(),
        ends in prop::collection::btree_map(0u8..16, values(), 1..16),
        gone in vec(0u8..16, 0..16),
    ) {
        let ending = |end: u8| {
            let mut key = start;
            key[31] = key[31] & 0xf0 | end;
            key
        };
        let batch: Batch = ends.into_iter().map(|(end, value)| (ending(end), value)).collect();
        let mut model = Model::new();
        let mut trie = Trie::empty();
        let gone = gone.into_iter().map(|end| (ending(end), Vec::new())).collect();
        for batch in [batch, gone] {
            write(&mut model, &batch);
            trie.apply(&batch).expect("a trie in memory");
            prop_assert_eq!(trie.root.hash, oracle::root(&model));
            prop_assert!(trie.holds(&model));
        }
    }
}

/// Removes `removed` from a trie of `rest` and `removed`, with short and with long values.
fn collapse(rest: &[Key], removed: Key) {
    for value in [&b"v"[..], &[7; 40]] {
        let pairs = rest.iter().map(|key| (key.to_vec(), value.to_vec()));
        let after: Model = pairs.collect();
        let mut before = after.clone();
        before.insert(removed.to_vec(), value.to_vec());
        let mut trie = grown(&before);
        let unchanged = trie.clone();
        assert_eq!(trie.set(removed, &[]), Ok(true));
        assert_eq!(trie.root.hash, oracle::root(&after), "{rest:x?}");
        assert!(unchanged.holds(&before));
    }
}

#[test]
fn a_branch_left_with_one_child_merges() {
    let end = |byte| {
        let mut key = [0xaa; 32];
        key[31] = byte;
        key
    };
    // Into a leaf, at the root and below an extension; where leaves are held by their parents too.
    collapse(&[key(&[0x10])], key(&[0x20]));
    collapse(&[key(&[0xaa, 0x10])], key(&[0xaa, 0x20]));
    collapse(&[end(0x10)], end(0x20));
    collapse(&[end(0x10)], end(0x11));
    // Into an extension, at the root and below an extension.
    collapse(&[key(&[0x11, 0x10]), key(&[0x11, 0x20])], key(&[0x20]));
    collapse(
        &[key(&[0xaa, 0x11, 0x10]), key(&[0xaa, 0x11, 0x20])],
        key(&[0xaa, 0x20]),
    );
    collapse(&[end(0x10), end(0x11)], key(&[0x20]));
    // Into a branch, at the root and below an extension and a branch.
    collapse(&[key(&[0x11]), key(&[0x12])], key(&[0x20]));
    collapse(
        &[key(&[0xaa, 0x11]), key(&[0xaa, 0x12])],
        key(&[0xaa, 0x20]),
    );
    collapse(
        &[key(&[0xaa, 0x11]), key(&[0xaa, 0x12]), key(&[0xbb])],
        key(&[0xaa, 0x20]),
    );
    // Into nothing.
    collapse(&[], key(&[0xaa]));
}

/// A place that holds one key, or an extension, is split in sixteen by one batch, and comes back by another.
#[test]
fn split_sixteen_ways_and_merged_again() {
    let at = |depth: usize, nibble: u8| {
        let mut key = [0x5a; 32];
        let byte = &mut key[depth / 2];
        *byte = match depth % 2 {
            0 => *byte & 0x0f | nibble << 4,
            _ => *byte & 0xf0 | nibble,
        };
        key
    };
    for value in [&b"v"[..], &[7; 40]] {
        for depth in [0, 1, 2, 31, 62, 63] {
            let fan: Batch = (0..16)
                .map(|nibble| (at(depth, nibble), value.to_vec()))
                .collect();
            let own = at(depth, [0x5, 0xa][depth % 2]);
            // A key that is there before; with a second one, an extension, which ends before or after the split.
            for other in [None, Some(0), Some(40), Some(63)] {
                let mut start = Model::from([(own.to_vec(), value.to_vec())]);
                start.extend(other.map(|depth| (at(depth, 0xf).to_vec(), value.to_vec())));
                let before = start.clone();
                let mut trie = grown(&start);
                let gone = fan.keys().filter(|key| !before.contains_key(&key[..]));
                let gone: Batch = gone.map(|key| (*key, Vec::new())).collect();
                for batch in [&fan, &gone, &fan] {
                    let mut in_threads = Trie {
                        worth_threads: 2,
                        ..trie.clone()
                    };
                    write(&mut start, batch);
                    trie.apply(batch).expect("a trie in memory");
                    in_threads.apply(batch).expect("a trie in memory");
                    assert_eq!(trie.root.hash, oracle::root(&start), "{depth} {other:?}");
                    assert_eq!(in_threads.root.hash, trie.root.hash);
                    assert!(trie.holds(&start));
                }
            }
        }
    }
}

/// More changes than are hashed at a time.
#[test]
fn a_large_batch() {
    let keys = |range: std::ops::Range<u32>| range.map(|i| keccak256(i.to_be_bytes()).0);
    let mut trie = Trie::empty();
    let mut model = Model::new();
    let first: Batch = keys(0..20_000)
        .map(|key| (key, key[..1 + usize::from(key[5] % 32)].to_vec()))
        .collect();
    let mixed = keys(10_000..30_000).map(|key| match key[0] % 3 {
        0 => (key, Vec::new()),
        _ => (key, vec![key[1] | 1; 50]),
    });
    for batch in [first, mixed.collect()] {
        write(&mut model, &batch);
        trie.apply(&batch).expect("a trie in memory");
        assert_eq!(trie.root.hash, oracle::root(&model));
    }
}

#[test]
fn setting_a_value_that_is_there_makes_no_node() -> Result<(), TrieError> {
    let model: Model = (0..40)
        .map(|byte| (key(&[byte]).to_vec(), vec![byte + 1]))
        .collect();
    let mut trie = grown(&model);
    let bytes = trie.forest.heap.bytes();
    assert!(!trie.set(key(&[3]), &[4])?);
    assert!(!trie.set(key(&[3, 1]), &[])?);
    assert_eq!(trie.forest.heap.bytes(), bytes);
    Ok(())
}

//! Tries of which some nodes are missing, and nodes made to do harm.

use super::{
    Key, Model, Trie, batches, engine, grown, key, models,
    oracle::{self, list, string},
    write,
};
use crate::trie::{Preimages, TrieError};
use alloy_primitives::{B256, Bytes, keccak256};
use proptest::{collection::vec, prelude::*};

fn long(keys: &[Key]) -> Model {
    keys.iter()
        .map(|key| (key.to_vec(), vec![key[0]; 40]))
        .collect()
}

fn missing_path<T>(result: Result<T, TrieError>) -> Option<String> {
    match result {
        Err(TrieError::MissingNode { path, .. }) => Some(path),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// With some of the nodes, everything is as with all of them or an error that names a node not at hand; after an
    /// error the trie is as it was.
    #[test]
    fn what_is_missing_is_never_taken_for_absent(
        start in models(),
        kept in vec(any::<bool>(), 64),
        changes in vec(batches(1..5), 0..30),
        picks in vec(any::<prop::sample::Index>(), 10),
    ) {
        prop_assume!(!start.is_empty());
        let whole = grown(&start);
        let nodes: Vec<Bytes> = whole
            .all_nodes()
            .into_iter()
            .zip(kept.iter().cycle())
            .filter_map(|(node, kept)| kept.then_some(node))
            .collect();
        let known: Vec<B256> = nodes.iter().map(keccak256).collect();
        let mut trie = Trie::unread(whole.root.hash, nodes);
        let mut model = start;
        let removals: Vec<_> = picks
            .iter()
            .filter_map(|pick| model.keys().nth(pick.index(model.len())))
            .map(|key| [(key[..].try_into().unwrap(), Vec::new())].into())
            .collect();
        for batch in changes.into_iter().chain(removals) {
            let got: Vec<_> = batch.keys().map(|key| (key, trie.get(key))).collect();
            let before = trie.root.hash;
            let mut in_threads = Trie { worth_threads: 2, ..trie.clone() };
            let done = trie.apply(&batch);
            prop_assert_eq!(&in_threads.apply(&batch), &done, "threads find the same error");
            let errors = got.iter().filter_map(|(_, got)| got.as_ref().err());
            for error in errors.chain(done.as_ref().err()) {
                let TrieError::MissingNode { hash, .. } = error else {
                    return Err(TestCaseError::fail(error.to_string()));
                };
                prop_assert!(!known.contains(hash));
            }
            for (key, got) in &got {
                if let Ok(got) = got {
                    prop_assert_eq!(got, &model.get(&key[..]).cloned());
                }
            }
            match done {
                Ok(_) => write(&mut model, &batch),
                Err(_) => prop_assert_eq!(trie.root.hash, before),
            }
            prop_assert_eq!(trie.root.hash, oracle::root(&model));
        }
    }
}

#[test]
fn errors_name_the_path() {
    let [one, other] = [key(&[0x11, 0x11]), key(&[0x11, 0x22])];
    let whole = grown(&long(&[one, other, key(&[0x22, 0x22])]));
    let trie = Trie::unread(whole.root.hash, Vec::new());
    assert_eq!(missing_path(trie.get(&one)).as_deref(), Some(""));
    let trie = Trie::unread(whole.root.hash, whole.all_nodes()[..1].to_vec());
    let absent = key(&[0x33, 0x33]);
    assert_eq!(trie.get(&absent), Ok(None), "the root proves it absent");
    assert_eq!(missing_path(trie.get(&one)).as_deref(), Some("1"));
    assert_eq!(
        missing_path(trie.clone().set(other, &[5])).as_deref(),
        Some("1")
    );
}

#[test]
fn a_sibling_known_by_hash_alone_does_not_merge() {
    let removed = key(&[0x11, 0x11]);
    for sibling in [
        &[key(&[0x22, 0x22])][..],
        &[key(&[0x22, 0x11]), key(&[0x22, 0x22])],
        &[key(&[0x21, 0x11]), key(&[0x22, 0x22])],
    ] {
        let mut model = long(sibling);
        model.insert(removed.to_vec(), vec![1; 40]);
        let whole = grown(&model);
        let shown = whole.forest.walk(super::NAME, whole.root, &removed, |_| ());
        assert!(shown.is_ok());
        let mut nodes = Vec::new();
        let _ = whole
            .forest
            .walk(super::NAME, whole.root, &removed, |node| {
                nodes.push(Bytes::copy_from_slice(node.rlp));
            });
        let mut trie = Trie::unread(whole.root.hash, nodes);
        let path = missing_path(trie.set(removed, &[]));
        assert_eq!(path.as_deref(), Some("2"));
        assert_eq!(trie.root.hash, whole.root.hash, "unchanged by the error");

        let added = key(&[0x33]);
        let batch = [(removed, Vec::new()), (added, vec![3; 40])].into();
        trie.apply(&batch).expect("two children are left");
        write(&mut model, &batch);
        assert_eq!(trie.root.hash, oracle::root(&model));
    }
}

/// A branch with `child` in all of its places.
fn fan(child: &[u8]) -> Bytes {
    let mut items = vec![string(child); 16];
    items.push(string(&[]));
    list(&items).into()
}

/// A trie whose root leads to the others.
fn led_by(nodes: Vec<Bytes>) -> Trie {
    let root = keccak256(nodes.last().expect("a node"));
    Trie::unread(root, nodes)
}

fn malformed_path<T: std::fmt::Debug>(result: Result<T, TrieError>) -> (String, &'static str) {
    match result {
        Err(TrieError::MalformedNode { path, reason, .. }) => (path, reason),
        other => panic!("not malformed: {other:?}"),
    }
}

#[test]
fn nodes_shared_many_times_over_cost_only_the_paths_taken() {
    // 16^63 keys, all of which lead to leaves of one nibble.
    let leaf = Bytes::from(list(&[string(&[0x35]), string(&[9; 40])]));
    let mut nodes = vec![leaf];
    for _ in 0..63 {
        let below = keccak256(nodes.last().expect("a node"));
        nodes.push(fan(below.as_slice()));
    }
    let mut trie = led_by(nodes);
    let root = trie.root.hash;
    let (there, absent) = ([0x55; 32], [0x5a; 32]);
    assert_eq!(trie.get(&there), Ok(Some(vec![9; 40])));
    assert_eq!(trie.get(&absent), Ok(None));
    assert_eq!(trie.set(absent, &[1]), Ok(true));
    assert_ne!(trie.root.hash, root);
    assert_eq!(trie.set(absent, &[]), Ok(true));
    assert_eq!(trie.root.hash, root);
}

#[test]
fn depth_ends_with_the_key() {
    let deeper = |levels: usize| {
        let mut nodes = vec![fan(&[7; 32])];
        for _ in 0..levels {
            let below = keccak256(nodes.last().expect("a node"));
            nodes.push(fan(below.as_slice()));
        }
        led_by(nodes)
    };
    let key = [0x5a; 32];
    let path = "5a".repeat(32);
    // The 64th nibble leads to a node that is not there.
    assert_eq!(missing_path(deeper(63).get(&key)), Some(path.clone()));
    let too_deep = (path, "a branch past the end of a key");
    assert_eq!(malformed_path(deeper(64).get(&key)), too_deep);
    assert_eq!(malformed_path(deeper(5000).get(&key)), too_deep);
    assert_eq!(malformed_path(deeper(5000).set(key, &[1])), too_deep);
}

#[test]
fn paths_end_with_the_key() {
    let to = |node: &Bytes| string(keccak256(node).as_slice());
    let leaf = Bytes::from(list(&[string(&[0x20; 33]), string(&[9; 40])]));
    let wrong = "a leaf whose key is not 64 nibbles long";
    let trie = led_by(vec![leaf.clone()]);
    assert_eq!(trie.get(&[0x20; 32]), Ok(Some(vec![9; 40])));
    let trie = led_by(vec![leaf.clone(), fan(keccak256(&leaf).as_slice())]);
    assert_eq!(malformed_path(trie.get(&[0; 32])), ("0".to_owned(), wrong));
    let mut trie = led_by(vec![Bytes::from(list(&[
        string(&[0x20]),
        string(&[9; 40]),
    ]))]);
    assert_eq!(malformed_path(trie.get(&[0; 32])), (String::new(), wrong));
    assert_eq!(
        malformed_path(trie.set([0; 32], &[1])),
        (String::new(), wrong)
    );

    let branch = fan(&[7; 32]);
    let extension = Bytes::from(list(&[string(&[0; 33]), to(&branch)]));
    let trie = led_by(vec![branch, extension]);
    let past = "an extension past the end of a key";
    assert_eq!(malformed_path(trie.get(&[0; 32])), (String::new(), past));
}

#[test]
fn an_extension_ends_in_a_branch() {
    let leaf = Bytes::from(list(&[
        string(&[&[0x20][..], &[0; 31]].concat()),
        string(&[9; 40]),
    ]));
    let below = string(keccak256(&leaf).as_slice());
    let root = Bytes::from(list(&[string(&[0x00, 0x11]), below]));
    let mut trie = led_by(vec![leaf, root]);
    let wrong = ("11".to_owned(), "no branch, though an extension ends in it");
    assert_eq!(malformed_path(trie.get(&key(&[0x11]))), wrong);
    assert_eq!(malformed_path(trie.set(key(&[0x11]), &[1])), wrong);
}

#[test]
fn a_short_node_is_not_referred_to_by_hash() {
    let leaf = Bytes::from(list(&[string(&[0x31]), string(&[9])]));
    let trie = led_by(vec![leaf.clone(), fan(keccak256(&leaf).as_slice())]);
    let (path, reason) = malformed_path(trie.get(&key(&[0x11])));
    assert_eq!(path, "1");
    assert_eq!(reason, "shorter than 32 bytes, so that its parent holds it");
}

#[test]
fn a_value_where_a_branch_should_be() {
    let value = Bytes::from(vec![0x5a; 40]);
    let trie = led_by(vec![value.clone(), fan(keccak256(&value).as_slice())]);
    let (path, reason) = malformed_path(trie.get(&key(&[0x11])));
    assert_eq!((&*path, reason), ("1", "not one canonical RLP list"));
}

#[test]
fn duplicates_and_nodes_that_nobody_needs_do_no_harm() {
    let model = long(&[key(&[0x11]), key(&[0x12]), key(&[0x22])]);
    let whole = grown(&model);
    let mut nodes = whole.all_nodes();
    nodes.extend(whole.all_nodes());
    nodes.extend([Bytes::new(), Bytes::from(vec![0; 1 << 20]), fan(&[1; 32])]);
    let count = Preimages::new(&engine(), nodes.clone()).len();
    assert_eq!(count, whole.all_nodes().len() + 3);
    let mut trie = Trie::unread(whole.root.hash, nodes);
    assert!(trie.holds(&model));
    assert_eq!(trie.set(key(&[0x11]), &[]), Ok(true));
}

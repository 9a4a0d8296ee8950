//! Tries of which some nodes are missing, and nodes made to do harm.

use super::{
    Model, all_nodes, built, engine, keys, list, models, oracle_root, string, unread, values,
};
use crate::trie::{TrieError, nibbles::unpack};
use alloy_primitives::{B256, Bytes, keccak256};
use proptest::{collection::vec, prelude::*};

fn long(keys: &[&[u8]]) -> Model {
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
    /// With some of the nodes, everything is as with all of them or an error that names a node not at hand; after an
    /// error the trie is as it was.
    #[test]
    fn what_is_missing_is_never_taken_for_absent(
        start in models(),
        kept in vec(any::<bool>(), 64),
        changes in vec((keys(), prop_oneof![values(), Just(Vec::new())]), 0..30),
        picks in vec(any::<prop::sample::Index>(), 10),
    ) {
        prop_assume!(!start.is_empty());
        let engine = engine();
        let whole = built(&start);
        let nodes: Vec<Bytes> = all_nodes(&whole)
            .into_iter()
            .zip(kept.iter().cycle())
            .filter_map(|(node, kept)| kept.then_some(node))
            .collect();
        let known: Vec<B256> = nodes.iter().map(keccak256).collect();
        let mut trie = unread(whole.root_hash(&engine), nodes);
        let mut model = start;
        let removals: Vec<_> = picks
            .iter()
            .filter_map(|pick| model.keys().nth(pick.index(model.len())).cloned())
            .map(|key| (key, Vec::new()))
            .collect();
        for (key, value) in changes.into_iter().chain(removals) {
            let path = unpack(&key);
            let before = trie.root_hash(&engine);
            let got = trie.get(&path).map(|value| value.cloned());
            let done = match value.is_empty() {
                true => trie.remove(&path),
                false => trie.insert(&path, value.clone().into()),
            };
            for error in [got.as_ref().err(), done.as_ref().err()].into_iter().flatten() {
                let TrieError::MissingNode { hash, .. } = error else {
                    return Err(TestCaseError::fail(error.to_string()));
                };
                prop_assert!(!known.contains(hash));
            }
            if let Ok(got) = got {
                prop_assert_eq!(got, model.get(&key).cloned().map(Bytes::from));
            }
            match done {
                Ok(()) if value.is_empty() => drop(model.remove(&key)),
                Ok(()) => drop(model.insert(key, value)),
                Err(_) => prop_assert_eq!(trie.root_hash(&engine), before),
            }
            prop_assert_eq!(trie.root_hash(&engine), oracle_root(&model));
        }
    }
}

#[test]
fn errors_name_the_path() {
    let whole = built(&long(&[&[0x11, 0x11], &[0x11, 0x22], &[0x22, 0x22]]));
    let root = whole.root_hash(&engine());
    let trie = unread(root, Vec::new());
    let none = missing_path(trie.get(&unpack(&[0x11, 0x11])));
    assert_eq!(none.as_deref(), Some(""));
    let trie = unread(root, all_nodes(&whole)[..1].to_vec());
    assert_eq!(
        trie.get(&unpack(&[0x33, 0x33])),
        Ok(None),
        "the root proves it absent"
    );
    let one = missing_path(trie.get(&unpack(&[0x11, 0x11])));
    assert_eq!(one.as_deref(), Some("1"));
}

#[test]
fn a_sibling_known_by_hash_alone_does_not_merge() {
    for sibling in [
        &[&[0x22u8, 0x22][..]][..],
        &[&[0x22, 0x11], &[0x22, 0x22]],
        &[&[0x21, 0x11], &[0x22, 0x22]],
    ] {
        let mut model = long(sibling);
        model.insert(vec![0x11, 0x11], vec![1; 40]);
        let whole = built(&model);
        let root = whole.root_hash(&engine());
        let leaf = long(&[&[0x11, 0x11]]).into_values().next().map(|_| {
            let path = [&[0x31][..], &[0x11]].concat();
            Bytes::from(list(&[string(&path), string(&[1; 40])]))
        });
        let mut nodes = all_nodes(&whole)[..1].to_vec();
        nodes.extend(leaf);
        let mut trie = unread(root, nodes.clone());
        let path = missing_path(trie.remove(&unpack(&[0x11, 0x11])));
        assert_eq!(path.as_deref(), Some("2"));
        assert_eq!(trie.root_hash(&engine()), root, "unchanged by the error");

        trie.insert(&unpack(&[0x33]), vec![3; 40].into())
            .expect("the path is known");
        trie.remove(&unpack(&[0x11, 0x11]))
            .expect("two places are taken afterwards");
        model.remove(&[0x11, 0x11][..]);
        model.insert(vec![0x33], vec![3; 40]);
        assert_eq!(trie.root_hash(&engine()), oracle_root(&model));
    }
}

/// A branch with `child` in all of its places.
fn fan(child: &[u8]) -> Bytes {
    let mut items = vec![string(child); 16];
    items.push(string(&[]));
    list(&items).into()
}

#[test]
fn nodes_shared_many_times_over_cost_only_the_paths_taken() {
    let leaf = Bytes::from(list(&[string(&[0x20]), string(&[9; 40])]));
    let mut nodes = vec![leaf];
    for _ in 0..200 {
        let below = keccak256(nodes.last().expect("a node"));
        nodes.push(fan(below.as_slice()));
    }
    let root = keccak256(nodes.last().expect("a node"));
    let mut trie = unread(root, nodes);
    let key = unpack(&[0x5a; 32]);
    assert_eq!(trie.get(&key), Ok(None));
    assert_eq!(
        trie.get(&unpack(&[0x5a; 100])),
        Ok(Some(&vec![9; 40].into()))
    );
    trie.insert(&key, vec![1].into())
        .expect("the path is known");
    assert_ne!(trie.root_hash(&engine()), root);
    trie.remove(&key).expect("the path is known");
    assert_eq!(trie.root_hash(&engine()), root);
}

#[test]
fn an_extension_ends_in_a_branch() {
    let leaf = Bytes::from(list(&[string(&[0x20, 0x11]), string(&[9; 40])]));
    let below = string(keccak256(&leaf).as_slice());
    let root = Bytes::from(list(&[string(&[0x00, 0x11]), below]));
    let trie = unread(keccak256(&root), vec![root, leaf]);
    let error = trie.get(&unpack(&[0x11, 0x11])).expect_err("not canonical");
    assert!(matches!(error, TrieError::MalformedNode { path, .. } if path == "11"));
}

#[test]
fn a_short_node_is_not_referred_to_by_hash() {
    let leaf = Bytes::from(list(&[string(&[0x31]), string(&[9])]));
    let root = fan(keccak256(&leaf).as_slice());
    let trie = unread(keccak256(&root), vec![root, leaf]);
    let error = trie.get(&unpack(&[0x11])).expect_err("not canonical");
    assert!(matches!(error, TrieError::MalformedNode { path, .. } if path == "1"));
}

//! Roots of whole tries against the definition, and those of index tries against alloy-trie.
#![no_main]

use alloy_trie::root::ordered_trie_root_encoded;
use phalanx::trie::{OrderedRootBuilder, RootBuilder};
use phalanx_host_fuzz::{Composer, Input, engine, nibbles};
use std::collections::BTreeMap;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    match input.below(4) {
        0 => items(&mut input),
        _ => pairs(&mut input),
    }
});

/// Keys that begin as the one before them, or as they please; of any length.
fn pairs(input: &mut Input<'_>) {
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    while !input.is_empty() {
        let mut key = pairs.last().map(|pair| pair.0.clone()).unwrap_or_default();
        let (kept, more) = (input.below(36), input.below(36));
        key.truncate(kept);
        match more {
            more @ ..4 => key.extend(input.bytes(more)),
            // As a hash: 32 bytes, of which the last one counts.
            _ => {
                key.resize(31, 0);
                key.push(input.byte());
            }
        }
        let length = input.below(48);
        pairs.push((key, input.bytes(length).to_vec()));
    }
    let mut model: BTreeMap<_, _> = pairs.iter().cloned().collect();
    model.retain(|_, value| !value.is_empty());
    let unfolded = model
        .iter()
        .map(|(key, value)| (nibbles(key), value.clone()));
    let root = Composer::new(&mut Input(&[])).root(unfolded.collect());
    let mut builder = RootBuilder::new(engine());
    for (key, value) in &model {
        assert_eq!(builder.push(key, value), Ok(()));
        assert!(builder.push(key, value).is_err(), "a key comes once");
    }
    assert_eq!(builder.finish(), root);
    assert_eq!(engine().trie_root(&pairs), root);
}

/// Up to some hundred items.
fn items(input: &mut Input<'_>) {
    let mut items: Vec<Vec<u8>> = Vec::new();
    while !input.is_empty() {
        let (times, length) = (1 + input.below(64), 1 + input.below(80));
        let mut item = input.bytes(length).to_vec();
        item.push(items.len() as u8);
        items.extend(std::iter::repeat_n(item, times));
    }
    items.truncate(700);
    let mut builder = OrderedRootBuilder::new(engine());
    for item in &items {
        assert_eq!(builder.push(item), Ok(()));
    }
    let root = builder.finish();
    assert_eq!(root, ordered_trie_root_encoded(&items));
    assert_eq!(engine().ordered_root(&items), root);
}

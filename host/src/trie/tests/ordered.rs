//! Roots of index tries, item by item.

use super::engine;
use crate::trie::{EMPTY_ROOT_HASH, OrderedRootBuilder, PairError};
use alloy_primitives::B256;
use alloy_trie::root::ordered_trie_root_encoded;

/// The root item by item; the forms for items that are all at hand give the same.
fn root(items: &[Vec<u8>]) -> B256 {
    let mut builder = OrderedRootBuilder::new(&engine());
    for item in items {
        assert_eq!(builder.push(item), Ok(()));
    }
    let root = builder.finish();
    assert_eq!(engine().ordered_root(items), root);
    let encoded = engine().ordered_root_with(items, |item, out| out.extend_from_slice(item));
    assert_eq!(encoded, root);
    root
}

/// Every count up to 300, so that keys come to their longer forms at 128 and 256, and item 0 in every place it may take.
fn agrees(name: &str, item: impl Fn(usize) -> Vec<u8>) {
    let items: Vec<Vec<u8>> = (0..300).map(item).collect();
    for count in 0..=items.len() {
        let items = &items[..count];
        assert_eq!(
            root(items),
            ordered_trie_root_encoded(items),
            "{count} {name}"
        );
    }
}

#[test]
fn items_of_a_byte_are_held_by_their_branches() {
    agrees("items of a byte", |index| vec![index as u8 | 1]);
}

#[test]
fn short_items() {
    agrees("items of 1 to 40 bytes", |index| {
        vec![index as u8; 1 + index * 7 % 40]
    });
}

#[test]
fn items_as_long_as_receipts() {
    agrees("items of 256 bytes and more", |index| {
        vec![index as u8; 256 + index * 31 % 700]
    });
}

/// Keys of three bytes, and an item that is larger than all that waits to be hashed together.
#[test]
fn many_items_and_a_large_one() {
    let mut items: Vec<Vec<u8>> = (0..70_000u32)
        .map(|index| index.to_le_bytes()[..1 + index as usize % 4].to_vec())
        .collect();
    items[0] = vec![1; 1 << 20];
    items[65_536] = vec![2; 1 << 20];
    for count in [65_535, 65_536, 65_537, items.len()] {
        let items = &items[..count];
        assert_eq!(root(items), ordered_trie_root_encoded(items), "{count}");
    }
}

#[test]
fn an_empty_item_is_refused() {
    let mut builder = OrderedRootBuilder::new(&engine());
    assert_eq!(builder.push(&[]), Err(PairError::EmptyValue));
    assert_eq!(builder.push(b"0"), Ok(()));
    assert_eq!(builder.push(&[]), Err(PairError::EmptyValue));
    assert_eq!(builder.push(b"1"), Ok(()));
    let items = [b"0", b"1"];
    assert_eq!(builder.finish(), ordered_trie_root_encoded(&items));
    let nothing = OrderedRootBuilder::new(&engine()).finish();
    assert_eq!(nothing, EMPTY_ROOT_HASH);
}

/// In a list that is at hand, an empty item keeps its index, which leads to nothing.
#[test]
fn an_empty_item_of_a_list_is_absent() {
    for absent in [0, 1, 127, 128, 129] {
        let mut items: Vec<Vec<u8>> = (1..=130).map(|byte| vec![byte; 40]).collect();
        items[absent].clear();
        let pairs: Vec<(Vec<u8>, &[u8])> = (0..)
            .zip(&items)
            .map(|(index, item): (u64, _)| (alloy_rlp::encode(index), &item[..]))
            .collect();
        let by_keys = engine().trie_root(&pairs);
        assert_eq!(engine().ordered_root(&items), by_keys, "{absent}");
    }
}

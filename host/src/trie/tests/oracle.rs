//! The definition of a trie's root, word for word.

use super::Model;
use alloy_primitives::{B256, keccak256};
use alloy_rlp::Header;

/// The root of a trie by the definition: the function c of the Yellow Paper, appendix D, over keys in nibbles.
pub(super) fn root(model: &Model) -> B256 {
    let pairs: Vec<(Vec<u8>, &[u8])> = model
        .iter()
        .map(|(key, value)| {
            let nibbles = key.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
            (nibbles.collect(), &value[..])
        })
        .collect();
    keccak256(match pairs.as_slice() {
        [] => vec![0x80],
        pairs => compose(pairs, 0),
    })
}

fn compose(pairs: &[(Vec<u8>, &[u8])], depth: usize) -> Vec<u8> {
    let first = &pairs[0].0;
    if let [(key, value)] = pairs {
        return list(&[hex_prefix(&key[depth..], 2), string(value)]);
    }
    let shared = (depth..first.len())
        .take_while(|i| pairs.iter().all(|(key, _)| key.get(*i) == first.get(*i)))
        .count();
    if shared > 0 {
        let path = hex_prefix(&first[depth..depth + shared], 0);
        return list(&[path, reference(pairs, depth + shared)]);
    }
    let mut items: Vec<Vec<u8>> = (0u8..16)
        .map(|nibble| {
            let below: Vec<_> = pairs
                .iter()
                .filter(|(key, _)| key.get(depth) == Some(&nibble))
                .cloned()
                .collect();
            match below.as_slice() {
                [] => string(&[]),
                below => reference(below, depth + 1),
            }
        })
        .collect();
    let own = pairs.iter().find(|(key, _)| key.len() == depth);
    items.push(string(own.map_or(&[], |(_, value)| value)));
    list(&items)
}

fn reference(pairs: &[(Vec<u8>, &[u8])], depth: usize) -> Vec<u8> {
    let rlp = compose(pairs, depth);
    match rlp.len() {
        ..32 => rlp,
        _ => string(keccak256(rlp).as_slice()),
    }
}

fn hex_prefix(path: &[u8], flag: u8) -> Vec<u8> {
    let mut whole = vec![flag + (path.len() % 2) as u8];
    if path.len().is_multiple_of(2) {
        whole.push(0);
    }
    whole.extend(path);
    let bytes: Vec<u8> = whole.chunks(2).map(|two| two[0] * 16 + two[1]).collect();
    string(&bytes)
}

pub(super) fn string(bytes: &[u8]) -> Vec<u8> {
    alloy_rlp::encode(bytes)
}

pub(super) fn list(items: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let payload_length = items.iter().map(Vec::len).sum();
    let list = true;
    Header {
        list,
        payload_length,
    }
    .encode(&mut out);
    out.extend(items.concat());
    out
}

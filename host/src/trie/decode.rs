//! Strict decoding of nodes that someone else supplies: one encoding for one node.

use super::{
    nibbles::{self, Path},
    node::{Kind, Shape},
};
use alloy_rlp::Header;

/// Nibbles in the keys of the tries that nodes are read into: they are hashes.
const KEY_NIBBLES: usize = 64;

type Result<T> = std::result::Result<T, &'static str>;

/// What node has this encoding, or what is wrong with it. Nodes that it refers to by hash are not looked at.
///
/// Recursion is bounded: a node within a node has fewer than 32 bytes. Nothing is allocated.
pub(super) fn check(rlp: &[u8]) -> Result<Shape> {
    let mut rest = rlp;
    let payload =
        Header::decode_bytes(&mut rest, true).map_err(|_| "not one canonical RLP list")?;
    if !rest.is_empty() {
        return Err("bytes after the node");
    }
    let mut items = [&[][..]; 17];
    match split(payload, &mut items)? {
        2 => check_short(items[0], items[1]),
        17 => check_branch(&items),
        _ => Err("neither 2 nor 17 items"),
    }
}

/// The items of a list, each with its header, and their number; an error at the 18th.
#[inline]
fn split<'a>(mut payload: &'a [u8], items: &mut [&'a [u8]; 17]) -> Result<usize> {
    let mut count = 0;
    while let Some(first) = payload.first() {
        let length = match first {
            0x80 => 1,
            0xa0 => 33,
            _ => {
                let mut rest = payload;
                let header =
                    Header::decode(&mut rest).map_err(|_| "an item that is no canonical RLP")?;
                (payload.len() - rest.len()).saturating_add(header.payload_length)
            }
        };
        let (item, rest) = payload
            .split_at_checked(length)
            .ok_or("an item that is no canonical RLP")?;
        *items.get_mut(count).ok_or("neither 2 nor 17 items")? = item;
        count += 1;
        payload = rest;
    }
    Ok(count)
}

/// The payload of an item that is a string.
fn string(mut item: &[u8]) -> Result<&[u8]> {
    Header::decode_bytes(&mut item, false).map_err(|_| "a list where a string belongs")
}

fn check_short(path: &[u8], item: &[u8]) -> Result<Shape> {
    let path = string(path)?;
    if path.len() > nibbles::encoded_path_len(KEY_NIBBLES) {
        return Err("path longer than any hash");
    }
    let (path, leaf) = Path::decode(path).ok_or("invalid hex-prefix path")?;
    if leaf {
        if string(item)?.is_empty() {
            return Err("leaf without a value");
        }
        return Ok(Shape::LEAF);
    }
    if path.len() == 0 {
        return Err("extension with an empty path");
    }
    match check_child(item)? {
        Reference::None => Err("extension without a child"),
        Reference::Inline(Kind::Leaf | Kind::Extension) => {
            Err("extension over a node that is no branch")
        }
        Reference::Hash | Reference::Inline(Kind::Branch) => Ok(Shape::EXTENSION),
    }
}

fn check_branch(items: &[&[u8]; 17]) -> Result<Shape> {
    let (value, children) = items.split_last().ok_or("neither 2 nor 17 items")?;
    if *value != [alloy_rlp::EMPTY_STRING_CODE] {
        return Err("branch with a value, though all keys have one length");
    }
    let (mut mask, mut inline) = (0u16, false);
    for (nibble, item) in children.iter().enumerate() {
        let reference = check_child(item)?;
        mask |= u16::from(!matches!(reference, Reference::None)) << nibble;
        inline |= matches!(reference, Reference::Inline(_));
    }
    if mask.count_ones() < 2 {
        return Err("branch with fewer than two children");
    }
    Ok(Shape::branch(mask, inline))
}

/// What an item of another node refers to.
enum Reference {
    None,
    Hash,
    Inline(Kind),
}

#[inline]
fn check_child(item: &[u8]) -> Result<Reference> {
    match item {
        [0x80] => Ok(Reference::None),
        [0xa0, hash @ ..] if hash.len() == 32 => Ok(Reference::Hash),
        [0xc0..=0xff, ..] if item.len() >= 32 => Err("inline child of 32 bytes or more"),
        [0xc0..=0xff, ..] => Ok(Reference::Inline(check(item)?.kind())),
        _ => Err("child reference that is no hash"),
    }
}

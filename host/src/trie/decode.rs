//! Strict decoding of nodes that someone else supplies: one RLP for one node.

use super::{
    nibbles,
    node::{Body, Branch, Node, Reference},
};
use alloy_primitives::{B256, Bytes};
use alloy_rlp::Header;
use std::sync::Arc;

type Result<T> = std::result::Result<T, &'static str>;

/// The node with this RLP, or what is wrong with it. Nodes that it refers to by hash are not looked at.
///
/// Recursion is bounded: a node within a node has fewer than 32 bytes.
pub(super) fn decode(rlp: &Bytes) -> Result<Body> {
    let mut rest = rlp.as_ref();
    let payload =
        Header::decode_bytes(&mut rest, true).map_err(|_| "not one canonical RLP list")?;
    if !rest.is_empty() {
        return Err("bytes after the node");
    }
    let items = items(payload)?;
    match items.as_slice() {
        [path, child] => decode_short(rlp, path, child),
        [children @ .., value] if children.len() == 16 => decode_branch(rlp, children, value),
        _ => Err("neither 2 nor 17 items"),
    }
}

/// The items of a list, each with its header; an error at the 18th.
fn items(mut payload: &[u8]) -> Result<Vec<&[u8]>> {
    let mut items = Vec::with_capacity(17);
    while !payload.is_empty() {
        if items.len() == 17 {
            return Err("neither 2 nor 17 items");
        }
        let start = payload;
        let header =
            Header::decode(&mut payload).map_err(|_| "an item that is no canonical RLP")?;
        payload = payload
            .get(header.payload_length..)
            .ok_or("an item that is no canonical RLP")?;
        let length = start.len().saturating_sub(payload.len());
        items.push(start.get(..length).unwrap_or_default());
    }
    Ok(items)
}

/// The payload of an item that is a string.
fn string(mut item: &[u8]) -> Result<&[u8]> {
    Header::decode_bytes(&mut item, false).map_err(|_| "a list where a string belongs")
}

fn decode_short(rlp: &Bytes, path: &[u8], item: &[u8]) -> Result<Body> {
    let (path, leaf) = nibbles::decode_path(string(path)?).ok_or("invalid hex-prefix path")?;
    if leaf {
        let value = rlp.slice_ref(string(item)?);
        if value.is_empty() {
            return Err("leaf without a value");
        }
        return Ok(Body::Leaf { path, value });
    }
    if path.is_empty() {
        return Err("extension with an empty path");
    }
    let child = decode_child(rlp, item)?.ok_or("extension without a child")?;
    if let Some(Body::Leaf { .. } | Body::Extension { .. }) = child.body.get() {
        return Err("extension over a node that is no branch");
    }
    Ok(Body::Extension { path, child })
}

fn decode_branch(rlp: &Bytes, items: &[&[u8]], value: &[u8]) -> Result<Body> {
    let mut branch = Box::new(Branch {
        value: rlp.slice_ref(string(value)?),
        ..Branch::default()
    });
    for (child, item) in branch.children.iter_mut().zip(items) {
        *child = decode_child(rlp, item)?;
    }
    let taken = branch.children.iter().flatten().count() + usize::from(!branch.value.is_empty());
    if taken < 2 {
        return Err("branch with fewer than two places taken");
    }
    Ok(Body::Branch(branch))
}

/// The node that an item of another node refers to.
fn decode_child(rlp: &Bytes, item: &[u8]) -> Result<Option<Arc<Node>>> {
    let mut rest = item;
    let header = Header::decode(&mut rest).map_err(|_| "an item that is no canonical RLP")?;
    if header.list {
        let reference = Reference::inline(item).ok_or("inline child of 32 bytes or more")?;
        let body = decode(&rlp.slice_ref(item))?;
        return Ok(Some(Arc::new(Node {
            reference: reference.into(),
            body: body.into(),
        })));
    }
    match rest {
        [] => Ok(None),
        hash => match B256::try_from(hash) {
            Ok(hash) => Ok(Some(Node::unread(hash))),
            Err(_) => Err("child reference that is no hash"),
        },
    }
}

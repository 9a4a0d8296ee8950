//! References of changed nodes, level by level, so that the nodes of a level are one batch.

use super::node::{Node, Reference};
use crate::Engine;
use std::sync::Arc;

/// Nodes encoded and hashed at a time: bounds the memory that their RLP takes.
const BATCH: usize = 4096;

/// Gives every changed node at and below `roots` its reference; each is visited once.
pub(super) fn hash_nodes<'a>(engine: &Engine, roots: impl Iterator<Item = &'a Arc<Node>>) {
    let mut levels = Vec::new();
    let mut level: Vec<&Node> = roots.map(Arc::as_ref).filter(is_dirty).collect();
    while !level.is_empty() {
        let below = level
            .iter()
            .filter_map(|node| node.body.get())
            .flat_map(|body| body.children().map(Arc::as_ref))
            .filter(is_dirty)
            .collect();
        levels.push(std::mem::replace(&mut level, below));
    }
    for level in levels.iter().rev() {
        for batch in level.chunks(BATCH) {
            hash_batch(engine, batch);
        }
    }
}

fn is_dirty(node: &&Node) -> bool {
    node.reference.get().is_none()
}

/// Gives nodes their references, whose children have theirs.
///
/// A node that is shared may get its reference from another thread meanwhile: it is the same.
fn hash_batch(engine: &Engine, nodes: &[&Node]) {
    let mut rlp = Vec::new();
    let mut long = Vec::new();
    for node in nodes {
        let start = rlp.len();
        let body = node.body.get().expect("a changed node has a body");
        body.encode(&mut rlp);
        match Reference::inline(&rlp[start..]) {
            Some(reference) => {
                let _ = node.reference.set(reference);
                rlp.truncate(start);
            }
            None => long.push((*node, start..rlp.len())),
        }
    }
    let messages: Vec<&[u8]> = long.iter().map(|(_, range)| &rlp[range.clone()]).collect();
    for ((node, _), hash) in long.iter().zip(engine.keccak256(&messages)) {
        let _ = node.reference.set(Reference::Hash(hash));
    }
}

//! A whole trie from its pairs at once.

use super::{
    nibbles::{Nibbles, common_prefix},
    node::{Body, Branch, Node},
};
use alloy_primitives::Bytes;
use std::sync::Arc;

/// The trie of pairs in strictly ascending order of their keys, without empty values; `None` if there are no pairs.
///
/// Each key is compared to the next one alone: the branch where the two part is the next one's place. Branches stay
/// open, deepest last, until a pair comes that is not below them.
pub(super) fn from_sorted(pairs: impl Iterator<Item = (Nibbles, Bytes)>) -> Option<Arc<Node>> {
    let mut pairs = pairs.peekable();
    let mut open = Open::default();
    while let Some((key, value)) = pairs.next() {
        let next = pairs.peek().map(|(next, _)| common_prefix(&key, next));
        open.fork_at(next);
        let Some((depth, branch)) = open.branches.last_mut() else {
            return Some(Node::leaf(&key, value));
        };
        match key[*depth..].split_first() {
            Some((&nibble, rest)) => {
                branch.children[usize::from(nibble)] = Some(Node::leaf(rest, value));
            }
            None => branch.value = value,
        }
        while let Some((depth, branch)) = open.close_below(next) {
            let node = Node::dirty(Body::Branch(branch));
            open.fork_at(next);
            let Some((above, parent)) = open.branches.last_mut() else {
                return Some(Node::extension(&key[..depth], node));
            };
            let nibble = usize::from(key[*above]);
            parent.children[nibble] = Some(Node::extension(&key[*above + 1..depth], node));
        }
    }
    None
}

/// Branches that may get more children, with their depths in nibbles, which ascend.
#[derive(Default)]
struct Open {
    branches: Vec<(usize, Box<Branch>)>,
}

impl Open {
    /// Opens a branch at `depth` unless the deepest one is there or deeper.
    fn fork_at(&mut self, depth: Option<usize>) {
        if let Some(depth) = depth
            && self.branches.last().is_none_or(|(last, _)| *last < depth)
        {
            self.branches.push((depth, Box::default()));
        }
    }

    /// Takes the deepest branch if it is below `depth`, or any if there are no more pairs.
    fn close_below(&mut self, depth: Option<usize>) -> Option<(usize, Box<Branch>)> {
        self.branches
            .pop_if(|(last, _)| depth.is_none_or(|depth| *last > depth))
    }
}

//! The root of a whole trie from its pairs in order, in one pass and bounded memory.

use super::{
    EMPTY_ROOT_HASH,
    heap::Writer,
    nibbles,
    plan::{Known, Link, Plan, Ref, Value},
};
use crate::Engine;
use alloy_primitives::{B256, keccak256};
use std::sync::Arc;

/// Takes the pairs of a trie in ascending order of their keys and gives its root.
///
/// Keys are taken as they are, of any lengths; one may be the start of another. Memory holds the branches on the path
/// of the last key and some hundred kilobytes of nodes that wait to be hashed together, however many pairs there are.
#[derive(Debug)]
pub struct RootBuilder {
    plan: Plan,
    /// The last pair, whose place depends on the next one's key; none yet if the value is empty.
    key: Vec<u8>,
    value: Vec<u8>,
    /// Branches that may get more children, at ascending depths.
    open: Vec<Open>,
    /// Children of all open branches, those of the deepest last.
    children: Vec<(u8, Ref)>,
}

/// A branch that may get more children.
#[derive(Debug)]
struct Open {
    /// Nibbles above it.
    depth: usize,
    /// Where its own children begin.
    first_child: usize,
    /// The value of the key that ends here.
    value: Vec<u8>,
}

/// Why a pair can't be the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// The key does not come after the last one.
    #[error("the key is not above the one before")]
    Order,
    /// The value is empty: such a key is absent from a trie.
    #[error("the value is empty")]
    EmptyValue,
}

impl RootBuilder {
    /// A builder without pairs.
    pub fn new(engine: &Engine) -> Self {
        Self {
            plan: Plan::new(engine, Writer::new(Arc::default()), false),
            key: Vec::new(),
            value: Vec::new(),
            open: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Adds a pair. On an error, nothing is added.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), PairError> {
        if value.is_empty() {
            return Err(PairError::EmptyValue);
        }
        if !self.value.is_empty() {
            if *key <= *self.key {
                return Err(PairError::Order);
            }
            let shared = nibbles::common_prefix(&self.key, key);
            self.place(Some(shared));
        }
        self.key.clear();
        self.key.extend_from_slice(key);
        self.value.clear();
        self.value.extend_from_slice(value);
        Ok(())
    }

    /// The root of all pairs.
    pub fn finish(mut self) -> B256 {
        if self.value.is_empty() {
            return EMPTY_ROOT_HASH;
        }
        let Some(root) = self.place(None) else {
            unreachable!("the last pair closes the root");
        };
        self.plan.hash();
        if let Known::Inline { len, bytes } = root.known {
            return keccak256(&bytes[..usize::from(len)]);
        }
        let hash = self.plan.hash_of(&root).expect("all nodes are hashed");
        B256::new(hash)
    }

    /// Puts the last pair in its place, given how many nibbles it shares with the next one; the root, if there is none.
    ///
    /// The branch where the two part is the next one's place. Deeper ones get no more children.
    fn place(&mut self, shared: Option<usize>) -> Option<Ref> {
        self.fork(shared);
        let value = Value {
            bytes: &self.value,
            link: Link::None,
        };
        match self.open.last_mut() {
            None => return Some(self.plan.leaf(&self.key, 0, value)),
            Some(branch) if branch.depth == 2 * self.key.len() => {
                branch.value.extend_from_slice(&self.value);
            }
            Some(branch) => {
                let leaf = self.plan.leaf(&self.key, branch.depth + 1, value);
                let nibble = nibbles::at(&self.key, branch.depth);
                self.children.push((nibble, leaf));
            }
        }
        while let Some(branch) = self
            .open
            .pop_if(|branch| shared.is_none_or(|depth| branch.depth > depth))
        {
            let children = &self.children[branch.first_child..];
            let node = self.plan.branch(children, &branch.value);
            self.children.truncate(branch.first_child);
            self.fork(shared);
            let (key, depth) = (&self.key, branch.depth);
            let mut extend = |from| match depth - from {
                0 => node,
                _ => self.plan.extension(key, from, depth, node),
            };
            let Some(above) = self.open.last() else {
                return Some(extend(0));
            };
            let node = extend(above.depth + 1);
            self.children.push((nibbles::at(key, above.depth), node));
        }
        if self.plan.is_full() {
            self.hash();
        }
        None
    }

    /// Opens a branch at `depth` unless the deepest one is there or deeper.
    fn fork(&mut self, depth: Option<usize>) {
        if let Some(depth) = depth
            && self.open.last().is_none_or(|branch| branch.depth < depth)
        {
            self.open.push(Open {
                depth,
                first_child: self.children.len(),
                value: Vec::new(),
            });
        }
    }

    /// Hashes what waits and frees its memory.
    fn hash(&mut self) {
        self.plan.hash();
        for (_, child) in &mut self.children {
            if let Some(hash) = self.plan.hash_of(child) {
                child.known = Known::Hash(hash);
            }
        }
        self.plan.forget();
    }
}

//! The root of a whole trie from its pairs in order, in one pass and bounded memory.

use super::{
    EMPTY_ROOT_HASH,
    heap::Writer,
    nibbles,
    plan::{Link, Plan, Ref, Value},
};
use crate::Engine;
use alloy_primitives::{B256, keccak256};
use std::sync::Arc;

/// Takes the pairs of a trie in ascending order of their keys and gives its root.
///
/// Keys are taken as they are, of any lengths; one may be the start of another. Memory holds the branches on the path
/// of the last key and some hundred kilobytes of nodes that wait to be hashed together (16 MB for a device), however
/// many pairs there are.
#[derive(Debug)]
pub struct RootBuilder {
    spine: Spine,
    /// The last pair, whose place depends on the next one's key; none yet if the value is empty.
    key: Vec<u8>,
    value: Vec<u8>,
}

/// The branches on the path of the last key.
#[derive(Debug)]
struct Spine {
    plan: Plan,
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
            spine: Spine::new(engine),
            key: Vec::new(),
            value: Vec::new(),
        }
    }

    /// Adds a pair. On an error, nothing is added.
    pub fn push(&mut self, key: &[u8], value: &[u8]) -> Result<(), PairError> {
        if value.is_empty() {
            return Err(PairError::EmptyValue);
        }
        if !self.value.is_empty() {
            let shared = shared(&self.key, key)?;
            self.spine.place(&self.key, &self.value, Some(shared));
        }
        self.key.clear();
        self.key.extend_from_slice(key);
        self.value.clear();
        self.value.extend_from_slice(value);
        Ok(())
    }

    /// The root of all pairs.
    pub fn finish(self) -> B256 {
        if self.value.is_empty() {
            return EMPTY_ROOT_HASH;
        }
        self.spine.finish(&self.key, &self.value)
    }
}

impl Engine {
    /// Root of a trie of pairs in ascending order of their keys, which are taken as they are. As [`RootBuilder`], for
    /// pairs that stay where they are until the next one comes.
    pub fn sorted_root<'a>(
        &self,
        pairs: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<B256, PairError> {
        let mut spine = Spine::new(self);
        let mut last: Option<(&[u8], &[u8])> = None;
        for (key, value) in pairs {
            if value.is_empty() {
                return Err(PairError::EmptyValue);
            }
            if let Some((last_key, last_value)) = last {
                let shared = shared(last_key, key)?;
                spine.place(last_key, last_value, Some(shared));
            }
            last = Some((key, value));
        }
        Ok(match last {
            None => EMPTY_ROOT_HASH,
            Some((key, value)) => spine.finish(key, value),
        })
    }
}

/// The count of nibbles that a key shares with the one after it.
#[inline]
fn shared(key: &[u8], next: &[u8]) -> Result<usize, PairError> {
    let shared = nibbles::common_prefix(key, next);
    // Bytes before this one are equal, so the first that differ tell, or else which key ends.
    match (key.get(shared / 2), next.get(shared / 2)) {
        (Some(byte), Some(next)) if byte < next => Ok(shared),
        (None, Some(_)) => Ok(shared),
        _ => Err(PairError::Order),
    }
}

impl Spine {
    fn new(engine: &Engine) -> Self {
        Self {
            plan: Plan::new(engine, Writer::new(Arc::default()), false),
            open: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Puts the last pair in its place and gives the root.
    fn finish(mut self, key: &[u8], value: &[u8]) -> B256 {
        let root = self.place(key, value, None);
        let root = root.expect("the last pair closes the root");
        self.plan.hash();
        match self.plan.encoding(root) {
            Some(rlp) => keccak256(rlp),
            None => self
                .plan
                .hash_of(root)
                .expect("all nodes are hashed")
                .into(),
        }
    }

    /// Puts a pair in its place, given how many nibbles it shares with the next one; the root, if there is none.
    ///
    /// The branch where the two part is the next one's place. Deeper ones get no more children.
    fn place(&mut self, key: &[u8], value: &[u8], shared: Option<usize>) -> Option<Ref> {
        self.fork(shared);
        let value = Value {
            bytes: value,
            link: Link::None,
        };
        match self.open.last_mut() {
            None => return Some(self.plan.leaf(key, 0, value)),
            Some(branch) if branch.depth == 2 * key.len() => {
                branch.value.extend_from_slice(value.bytes);
            }
            Some(branch) => {
                let leaf = self.plan.leaf(key, branch.depth + 1, value);
                let nibble = nibbles::at(key, branch.depth);
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
            let depth = branch.depth;
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
        let children = self.children.iter_mut();
        self.plan.forget_but(children.map(|(_, child)| child));
    }
}

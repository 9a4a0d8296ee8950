//! The account trie and all storage tries in one heap, and how they are read.
//!
//! All keys are hashes: 64 nibbles. A forest is known by the root of the account trie; the leaf of an account leads to
//! its storage trie. A version of a forest never changes: a new one adds nodes to the heap and shares the rest.

use super::{
    EMPTY_ROOT_HASH, Preimages, TrieError, decode,
    heap::{Heap, Id},
    nibbles,
    node::{Child, Kind, Node},
};
use alloy_primitives::B256;
use phalanx_kernels::prefetch_bytes;
use std::{fmt, sync::Arc};

/// A hashed address or a hashed slot.
pub(super) type Key = [u8; 32];

/// Bytes of a branch with all children: of longer nodes, no more is fetched beforehand.
const FULL_BRANCH: usize = 532;

/// Nibbles in a [`Key`].
pub(super) const KEY_NIBBLES: usize = 64;

/// Which trie it is, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// Of all accounts.
    Accounts,
    /// Of the storage of the account with this hashed address.
    Storage(B256),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accounts => f.write_str("account"),
            Self::Storage(account) => write!(f, "storage of {account}"),
        }
    }
}

/// Where a walk is: the first `depth` nibbles of a key in a trie.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'k> {
    pub(super) name: Name,
    pub(super) key: &'k Key,
    pub(super) depth: usize,
}

impl At<'_> {
    fn malformed(&self, hash: Option<&[u8; 32]>, reason: &'static str) -> TrieError {
        TrieError::MalformedNode {
            trie: self.name.to_string(),
            path: nibbles::display(self.key, self.depth),
            hash: hash.map(B256::from),
            reason,
        }
    }

    /// An error about the value of the key.
    pub(super) fn malformed_value(&self, reason: &'static str) -> TrieError {
        TrieError::MalformedValue {
            trie: self.name.to_string(),
            key: nibbles::display(self.key, KEY_NIBBLES),
            reason,
        }
    }
}

/// The root of a trie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root {
    pub(super) hash: B256,
    /// Where the node lies, if that is in the heap.
    pub(super) id: Id,
}

impl Root {
    pub(super) const EMPTY: Self = Self {
        hash: EMPTY_ROOT_HASH,
        id: Id::NONE,
    };

    pub(super) fn is_empty(&self) -> bool {
        self.hash == EMPTY_ROOT_HASH
    }
}

/// What a key leads to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) value: &'a [u8],
    /// Where the trie lies whose root the value names, if that is in the heap.
    pub(super) link: Id,
}

/// Nodes of tries, in the heap or among preimages. A clone shares them.
#[derive(Debug, Clone, Default)]
pub(super) struct Forest {
    pub(super) heap: Heap,
    /// Where nodes are looked up that are not in the heap.
    pub(super) source: Arc<Preimages>,
}

impl Forest {
    /// A node known by its hash.
    pub(super) fn node(&self, hash: &[u8; 32], id: Id, at: &At<'_>) -> Result<Node<'_>, TrieError> {
        if id != Id::NONE {
            return Ok(self.heap.node(id));
        }
        let node = self
            .source
            .node(hash)
            .ok_or_else(|| TrieError::MissingNode {
                trie: at.name.to_string(),
                path: nibbles::display(at.key, at.depth),
                hash: hash.into(),
            })?
            .map_err(|reason| at.malformed(Some(hash), reason))?;
        if node.rlp.len() < 32 && at.depth > 0 {
            let reason = "shorter than 32 bytes, so that its parent holds it";
            return Err(at.malformed(Some(hash), reason));
        }
        fits(&node, at.depth).map_err(|reason| at.malformed(Some(hash), reason))?;
        Ok(node)
    }

    /// A node by the item of its parent.
    pub(super) fn child<'a>(
        &'a self,
        child: Child<'a>,
        at: &At<'_>,
    ) -> Result<Node<'a>, TrieError> {
        if let Some(hash) = child.hash() {
            return self.node(hash, child.id, at);
        }
        let malformed = |reason| at.malformed(None, reason);
        let node = Node {
            shape: decode::check(child.item).map_err(malformed)?,
            ids: &[],
            rlp: child.item,
        };
        fits(&node, at.depth).map_err(malformed)?;
        Ok(node)
    }

    /// The branch that an extension ends in.
    pub(super) fn branch<'a>(
        &'a self,
        child: Child<'a>,
        at: &At<'_>,
    ) -> Result<Node<'a>, TrieError> {
        let node = self.child(child, at)?;
        if node.kind() != Kind::Branch {
            let reason = "no branch, though an extension ends in it";
            return Err(at.malformed(child.hash(), reason));
        }
        Ok(node)
    }

    /// Hints at all nodes in memory on the paths of some keys, from a node on that is so many nibbles below the root.
    ///
    /// Paths that one after the other wait for memory at each node take several times as long as all of them together.
    pub(super) fn prefetch<'k>(
        &self,
        node: &Node<'_>,
        depth: usize,
        keys: impl Iterator<Item = &'k Key>,
    ) {
        let mut paths: Vec<(Id, usize, &Key)> = keys
            .map(|key| (self.prefetch_next(node, depth, key), key))
            .filter_map(|(next, key)| next.map(|(id, depth)| (id, depth, key)))
            .collect();
        while !paths.is_empty() {
            paths.retain_mut(|(id, depth, key)| {
                let node = self.heap.node(*id);
                prefetch_bytes(&node.rlp[..node.rlp.len().min(FULL_BRANCH)]);
                match self.prefetch_next(&node, *depth, key) {
                    Some(next) => {
                        (*id, *depth) = next;
                        true
                    }
                    None => false,
                }
            });
        }
    }

    /// Hints at the node that a key leads to below a node, if that is in memory; where it lies and begins.
    fn prefetch_next(&self, node: &Node<'_>, depth: usize, key: &Key) -> Option<(Id, usize)> {
        let (id, depth) = match node.kind() {
            Kind::Leaf => return None,
            Kind::Extension => (node.id(0), depth + node.path().len()),
            Kind::Branch => {
                let nibble = nibbles::at(key, depth);
                let is_there = node.shape.mask() & 1 << nibble != 0;
                let id = is_there.then(|| node.child_id(nibble));
                (id.unwrap_or(Id::NONE), depth + 1)
            }
        };
        (id != Id::NONE).then(|| {
            self.heap.prefetch(id);
            (id, depth)
        })
    }

    /// What a key leads to, proven by the nodes on its path; `None` if they prove that it leads to nothing.
    pub(super) fn find(
        &self,
        name: Name,
        root: Root,
        key: &Key,
    ) -> Result<Option<Found<'_>>, TrieError> {
        self.walk(name, root, key, |_| ())
    }

    /// The same; shows the nodes on the path as they are come by, those that their parents hold left out.
    pub(super) fn walk<'a>(
        &'a self,
        name: Name,
        root: Root,
        key: &Key,
        mut visit: impl FnMut(&Node<'a>),
    ) -> Result<Option<Found<'a>>, TrieError> {
        if root.is_empty() {
            return Ok(None);
        }
        let depth = 0;
        let mut at = At { name, key, depth };
        let mut node = self.node(&root.hash, root.id, &at)?;
        visit(&node);
        loop {
            let child = match node.kind() {
                Kind::Leaf => {
                    let found = node.path().leads(key, at.depth).then(|| Found {
                        value: node.value(),
                        link: node.link(),
                    });
                    return Ok(found);
                }
                Kind::Extension => {
                    let path = node.path();
                    if !path.leads(key, at.depth) {
                        return Ok(None);
                    }
                    at.depth += path.len();
                    let child = node.below();
                    node = self.branch(child, &at)?;
                    child
                }
                Kind::Branch => {
                    let Some(child) = node.child(nibbles::at(key, at.depth)) else {
                        return Ok(None);
                    };
                    at.depth += 1;
                    node = self.child(child, &at)?;
                    child
                }
            };
            if child.hash().is_some() {
                visit(&node);
            }
        }
    }
}

/// Says what is wrong with a node so many nibbles below the root, where every key has 64.
fn fits(node: &Node<'_>, depth: usize) -> Result<(), &'static str> {
    let (fits, reason) = match node.kind() {
        Kind::Leaf => (
            depth + node.path().len() == KEY_NIBBLES,
            "a leaf whose key is not 64 nibbles long",
        ),
        Kind::Extension => (
            depth + node.path().len() < KEY_NIBBLES,
            "an extension past the end of a key",
        ),
        Kind::Branch => (depth < KEY_NIBBLES, "a branch past the end of a key"),
    };
    if fits { Ok(()) } else { Err(reason) }
}

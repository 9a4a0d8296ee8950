//! One trie and its reads.

use super::{
    EMPTY_ROOT_HASH, Preimages, TrieError, decode,
    hash::hash_nodes,
    nibbles,
    node::{Body, Branch, Node, Reference},
};
use crate::Engine;
use alloy_primitives::{B256, Bytes};
use std::{fmt, sync::Arc};

/// A Merkle-Patricia trie, persistent: a clone shares all nodes with its original, and a change copies only those
/// nodes on its path that are shared.
///
/// Keys are nibbles; they may have any length, and one may be the start of another. No method recurses along a key,
/// nor does dropping a trie: depth costs memory, not stack.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    pub(super) root: Option<Arc<Node>>,
    pub(super) nodes: Nodes,
}

/// Where a trie finds the nodes that it knows by hash alone.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    name: Name,
    source: Arc<Preimages>,
}

/// Which trie it is, for messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// Of all accounts.
    Accounts,
    /// Of the storage of the account with this hashed address.
    Storage(B256),
    /// Of anything else.
    Plain,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accounts => f.write_str("account"),
            Self::Plain => f.write_str("plain"),
            Self::Storage(account) => write!(f, "storage of {account}"),
        }
    }
}

/// What the path of a key leads to.
pub(super) struct Found<'a> {
    /// The key's value.
    pub(super) value: Option<&'a Bytes>,
    /// The lowest branch on the path.
    pub(super) fork: Option<Fork<'a>>,
}

/// A branch on the path of a key.
pub(super) struct Fork<'a> {
    pub(super) branch: &'a Branch,
    /// Nibbles above the branch.
    pub(super) depth: usize,
    /// Nibbles above the extension that ends in the branch; `depth` if there is none.
    pub(super) top: usize,
}

impl Trie {
    /// A trie over a node, or without any.
    pub(super) fn new(root: Option<Arc<Node>>, name: Name, source: Arc<Preimages>) -> Self {
        let nodes = Nodes { name, source };
        Self { root, nodes }
    }

    /// Gives every changed node of `tries` its reference, in batches over all of them.
    pub(super) fn hash_all<'a>(engine: &Engine, tries: impl Iterator<Item = &'a Self>) {
        hash_nodes(engine, tries.filter_map(|trie| trie.root.as_ref()));
    }

    /// The root hash.
    pub(super) fn root_hash(&self, engine: &Engine) -> B256 {
        let Some(root) = &self.root else {
            return EMPTY_ROOT_HASH;
        };
        hash_nodes(engine, std::iter::once(root));
        let reference = root.reference.get();
        reference.expect("the root was hashed").root_hash()
    }

    /// The value of a key, proven by the nodes on its path; `None` if they prove that there is none.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<&Bytes>, TrieError> {
        Ok(self.find(key)?.value)
    }

    /// What the path of a key leads to.
    pub(super) fn find(&self, key: &[u8]) -> Result<Found<'_>, TrieError> {
        let mut next = self.root.as_ref();
        let mut depth = 0;
        let mut extension = None;
        let mut fork = None;
        while let Some(node) = next {
            let (above, rest) = key.split_at(depth);
            let body = self.nodes.read(node, above)?;
            match body {
                Body::Branch(branch) => {
                    let top = extension.take().unwrap_or(depth);
                    fork = Some(Fork { branch, depth, top });
                    let Some(&nibble) = rest.first() else {
                        let value = Some(&branch.value).filter(|value| !value.is_empty());
                        return Ok(Found { value, fork });
                    };
                    next = branch.children[usize::from(nibble)].as_ref();
                    depth += 1;
                }
                _ if extension.is_some() => {
                    let reason = "no branch, though an extension ends in it";
                    return Err(self.nodes.malformed(node, above, reason));
                }
                Body::Extension { path, child } => {
                    extension = Some(depth);
                    next = rest.starts_with(path).then_some(child);
                    depth += path.len();
                }
                Body::Leaf { path, value } => {
                    let value = (**path == *rest).then_some(value);
                    return Ok(Found { value, fork });
                }
            }
        }
        Ok(Found { value: None, fork })
    }
}

impl Nodes {
    /// The body of a node that the nibbles `path` lead to, decoded once.
    pub(super) fn read<'n>(&self, node: &'n Node, path: &[u8]) -> Result<&'n Body, TrieError> {
        if let Some(body) = node.body.get() {
            return Ok(body);
        }
        let Some(Reference::Hash(hash)) = node.reference.get() else {
            return Err(self.malformed(node, path, "neither hash nor content"));
        };
        let rlp = self
            .source
            .get(hash)
            .ok_or_else(|| TrieError::MissingNode {
                trie: self.name.to_string(),
                path: nibbles::display(path),
                hash: *hash,
            })?;
        if rlp.len() < 32 && !path.is_empty() {
            let reason = "shorter than 32 bytes, so that its parent holds it";
            return Err(self.malformed(node, path, reason));
        }
        let body = decode::decode(rlp).map_err(|reason| self.malformed(node, path, reason))?;
        Ok(node.body.get_or_init(|| body))
    }

    /// The body of a node that the nibbles `path` lead to, to be changed: its reference is forgotten.
    pub(super) fn edit<'n>(
        &self,
        node: &'n mut Arc<Node>,
        path: &[u8],
    ) -> Result<&'n mut Body, TrieError> {
        self.read(node, path)?;
        let node = Arc::make_mut(node);
        node.reference.take();
        Ok(node.body.get_mut().expect("the body was read"))
    }

    /// An error about the content of a node.
    fn malformed(&self, node: &Node, path: &[u8], reason: &'static str) -> TrieError {
        TrieError::MalformedNode {
            trie: self.name.to_string(),
            path: nibbles::display(path),
            hash: node.reference.get().map(Reference::root_hash),
            reason,
        }
    }

    /// An error about the value of a key.
    pub(super) fn malformed_value(&self, key: &[u8], reason: &'static str) -> TrieError {
        TrieError::MalformedValue {
            trie: self.name.to_string(),
            key: nibbles::display(key),
            reason,
        }
    }
}

impl Drop for Trie {
    /// Frees nodes one by one, as the depth of nested drops would be the trie's.
    fn drop(&mut self) {
        let mut nodes: Vec<_> = self.root.take().into_iter().collect();
        while let Some(node) = nodes.pop() {
            match Arc::into_inner(node).and_then(|mut node| node.body.take()) {
                Some(Body::Branch(branch)) => nodes.extend(branch.children.into_iter().flatten()),
                Some(Body::Extension { child, .. }) => nodes.push(child),
                Some(Body::Leaf { .. }) | None => {}
            }
        }
    }
}

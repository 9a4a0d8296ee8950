//! Nodes of a trie and their RLP.

use super::nibbles::{self, Nibbles};
use alloy_primitives::{B256, Bytes};
use alloy_rlp::{Encodable, Header};
use std::sync::{Arc, OnceLock};

/// A node known by its reference, by its body, or by both.
///
/// A node of which only the body is known has been changed: so have all nodes above it. A node of which only the
/// reference is known has not been read yet. At least one of the two is set.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// How a parent refers to the node.
    pub(super) reference: OnceLock<Reference>,
    /// What the node holds.
    pub(super) body: OnceLock<Body>,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// The end of a key that shares no more with other keys.
    Leaf {
        /// The rest of the key.
        path: Nibbles,
        /// Never empty.
        value: Bytes,
    },
    /// Nibbles that all keys below share.
    Extension {
        /// Never empty.
        path: Nibbles,
        /// Always a branch.
        child: Arc<Node>,
    },
    /// A fork of keys; at least two of its seventeen places are taken.
    Branch(Box<Branch>),
}

/// A fork of keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Branch {
    /// By the next nibble of the key.
    pub(super) children: [Option<Arc<Node>>; 16],
    /// The value of the key that ends here; empty if none does.
    pub(super) value: Bytes,
}

/// How a parent refers to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// By hash: the node's RLP has 32 bytes or more.
    Hash(B256),
    /// By the node's RLP itself, which is shorter.
    Inline {
        /// Bytes used.
        len: u8,
        /// The RLP, then zeros.
        bytes: [u8; 31],
    },
}

impl Reference {
    /// The reference of a node whose RLP is short; `None` if it is not.
    pub(super) fn inline(rlp: &[u8]) -> Option<Self> {
        let mut bytes = [0; 31];
        bytes.get_mut(..rlp.len())?.copy_from_slice(rlp);
        let len = u8::try_from(rlp.len()).ok()?;
        Some(Self::Inline { len, bytes })
    }

    fn inline_rlp(&self) -> Option<&[u8]> {
        match self {
            Self::Hash(_) => None,
            Self::Inline { len, bytes } => bytes.get(..usize::from(*len)),
        }
    }

    /// Bytes that the reference takes in its parent.
    fn length(&self) -> usize {
        self.inline_rlp().map_or(33, <[u8]>::len)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Hash(hash) => hash.encode(out),
            Self::Inline { len, bytes } => out.extend(bytes.iter().take(usize::from(*len))),
        }
    }

    /// The hash of the node as the root of a trie, where short nodes are hashed as well.
    pub(super) fn root_hash(&self) -> B256 {
        match self {
            Self::Hash(hash) => *hash,
            Self::Inline { .. } => {
                alloy_primitives::keccak256(self.inline_rlp().unwrap_or_default())
            }
        }
    }
}

impl Node {
    /// A changed or new node.
    pub(super) fn dirty(body: Body) -> Arc<Self> {
        Arc::new(Self {
            reference: OnceLock::new(),
            body: body.into(),
        })
    }

    /// A node known by its hash alone.
    pub(super) fn unread(hash: B256) -> Arc<Self> {
        Arc::new(Self {
            reference: Reference::Hash(hash).into(),
            body: OnceLock::new(),
        })
    }

    /// A new leaf.
    pub(super) fn leaf(path: &[u8], value: Bytes) -> Arc<Self> {
        Self::dirty(Body::Leaf {
            path: path.into(),
            value,
        })
    }

    /// A new extension over `child`, or `child` itself if the path is empty.
    pub(super) fn extension(path: &[u8], child: Arc<Self>) -> Arc<Self> {
        if path.is_empty() {
            return child;
        }
        Self::dirty(Body::Extension {
            path: path.into(),
            child,
        })
    }

    /// The reference of a node below one that is being encoded.
    fn child_reference(&self) -> &Reference {
        self.reference
            .get()
            .expect("nodes are hashed from the deepest level up")
    }
}

impl Body {
    /// Nodes directly below.
    pub(super) fn children(&self) -> impl Iterator<Item = &Arc<Node>> {
        let (one, many) = match self {
            Self::Leaf { .. } => (None, None),
            Self::Extension { child, .. } => (Some(child), None),
            Self::Branch(branch) => (None, Some(branch.children.iter().flatten())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }

    /// Appends the node's RLP. Every child must have its reference.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Leaf { path, value } => {
                let payload_length = path_length(path) + value.length();
                list_header(payload_length, out);
                encode_path(path, true, out);
                value.encode(out);
            }
            Self::Extension { path, child } => {
                let reference = child.child_reference();
                list_header(path_length(path) + reference.length(), out);
                encode_path(path, false, out);
                reference.encode(out);
            }
            Self::Branch(branch) => {
                let children = branch.children.each_ref();
                let references =
                    children.map(|child| child.as_ref().map(|child| child.child_reference()));
                let of_children: usize = references
                    .iter()
                    .map(|reference| reference.map_or(1, Reference::length))
                    .sum();
                list_header(of_children + branch.value.length(), out);
                for reference in references {
                    match reference {
                        Some(reference) => reference.encode(out),
                        None => out.push(alloy_rlp::EMPTY_STRING_CODE),
                    }
                }
                branch.value.encode(out);
            }
        }
    }
}

fn list_header(payload_length: usize, out: &mut Vec<u8>) {
    Header {
        list: true,
        payload_length,
    }
    .encode(out);
}

/// Bytes that a path takes as an RLP string. Its first byte is below 0x40, so a path of one byte needs no header.
fn path_length(path: &[u8]) -> usize {
    match nibbles::encoded_path_len(path) {
        1 => 1,
        payload_length => Header {
            list: false,
            payload_length,
        }
        .length_with_payload(),
    }
}

fn encode_path(path: &[u8], leaf: bool, out: &mut Vec<u8>) {
    let payload_length = nibbles::encoded_path_len(path);
    if payload_length > 1 {
        Header {
            list: false,
            payload_length,
        }
        .encode(out);
    }
    nibbles::encode_path(path, leaf, out);
}

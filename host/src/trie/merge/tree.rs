//! What is at a place of a trie while changes come to it.

use crate::trie::{
    forest::Key,
    heap::Id,
    node::{Child, Kind, Node},
    plan::{Link, Ref, Value},
};

/// What is at and below a place of a trie. Nothing of a leaf or of an extension is encoded before it is known where it
/// begins, so both are known by whole keys.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tree<'a> {
    Empty,
    Leaf {
        key: Key,
        value: Value<'a>,
    },
    /// A branch, and the extension above it if it is deeper than its place.
    Fork {
        /// A key whose first `depth` nibbles lead to the branch.
        key: Key,
        depth: usize,
        branch: Branch<'a>,
    },
}

/// A branch on the way.
#[derive(Debug, Clone, Copy)]
pub(super) enum Branch<'a> {
    /// Made anew: nobody will ask what it holds.
    Made(Ref),
    /// As it was. `None` for the root, to which nothing refers.
    Read(Node<'a>, Option<Child<'a>>),
    /// As it was, and not read yet: it stands below an extension.
    Below(Child<'a>),
}

impl<'a> Tree<'a> {
    /// A node and what is below it, given the item by which its parent has it.
    pub(super) fn of(node: Node<'a>, child: Option<Child<'a>>, key: &Key, depth: usize) -> Self {
        match node.kind() {
            Kind::Leaf => Tree::Leaf {
                key: node.path().below(key, depth),
                value: Value {
                    bytes: node.value(),
                    link: match node.link() {
                        Id::NONE => Link::None,
                        id => Link::Kept(id),
                    },
                },
            },
            Kind::Extension => {
                let path = node.path();
                Tree::Fork {
                    key: path.below(key, depth),
                    depth: depth + path.len(),
                    branch: Branch::Below(node.below()),
                }
            }
            Kind::Branch => Tree::Fork {
                key: *key,
                depth,
                branch: Branch::Read(node, child),
            },
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// A key that leads here.
    pub(super) fn key(&self) -> Option<&Key> {
        match self {
            Self::Empty => None,
            Self::Leaf { key, .. } | Self::Fork { key, .. } => Some(key),
        }
    }
}

//! The plan of a batch: encodings with holes, hashed level by level.
//!
//! Nodes are taken bottom-up. A node's length depends on the lengths of its children's references alone, which are
//! known before any hash is, so each node is encoded at once, in its final place, with a hole of 32 bytes for each child
//! that waits for its hash. The nodes of one height depend on no other of that height: they are one batch for the
//! engine's lanes, whatever trie they belong to, and each hash goes into the hole that waits for it.

mod hashing;
mod nodes;
mod writing;

use super::{
    heap::{Id, Place, Writer},
    node::Child,
};
use crate::{Engine, backend::Hole};

/// How a parent refers to a node: a handle that the plan understands which gave it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ref {
    /// Where the node lies, if that is in the heap.
    pub(super) id: Id,
    /// A kind in the two highest bits, and a number of that kind.
    known: u32,
}

/// What is known of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The hash of the plan's node with this number.
    Pending(usize),
    /// The hash in this place of [`Plan::fixed`].
    Hash(usize),
    /// The encoding, shorter than a hash, in this place of [`Plan::fixed`]; the last byte there is its length.
    Inline(usize),
}

const HASH: u32 = 1 << 30;
const INLINE: u32 = 2 << 30;

impl Ref {
    #[inline]
    fn known(self) -> Known {
        let number = (self.known & (HASH - 1)) as usize;
        match self.known >> 30 {
            0 => Known::Pending(number),
            1 => Known::Hash(number),
            _ => Known::Inline(number),
        }
    }

    fn is_inline(self) -> bool {
        self.known & INLINE != 0
    }
}

/// A number that leaves room for the kind.
#[inline]
fn number(place: usize) -> u32 {
    let number = u32::try_from(place).ok().filter(|number| *number < HASH);
    number.expect("a plan has fewer than 2^30 nodes")
}

/// The value of a leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) link: Link,
}

/// The trie whose root a leaf's value names.
#[derive(Debug, Clone, Copy)]
pub(super) enum Link {
    /// The value names none.
    None,
    /// It names the right one already; that lies here.
    Kept(Id),
    /// The root's hash is to be written over the bytes that [`LINK_FROM_END`] tells.
    New(Ref),
}

/// Where the storage root begins in the encoding of an account, counted from its end: the code hash follows, with a
/// byte of header.
pub(super) const LINK_FROM_END: usize = 65;

/// A node of the plan.
#[derive(Debug, Clone, Copy)]
struct Entry {
    encoding: Place,
    length: u32,
    /// Zero if no child waits for its hash; else one more than the highest of those.
    height: u32,
    /// Where the hash is awaited.
    hole: Option<Hole>,
}

/// Nodes that are encoded, and the hashes of those that were hashed.
#[derive(Debug)]
pub(super) struct Plan {
    engine: Engine,
    writer: Writer,
    /// Whether records get the ids of children: not where only a root is wanted.
    linked: bool,
    /// Nodes that wait for their hash, after the hashed ones.
    entries: Vec<Entry>,
    /// Places in `entries` of the nodes of each height.
    levels: Vec<Vec<u32>>,
    /// Of the nodes hashed.
    hashes: Vec<[u8; 32]>,
    /// References to nodes that are not the plan's, and to nodes that their parents hold.
    fixed: Vec<[u8; 32]>,
    waiting_bytes: usize,
    /// So many are hashed at the latest.
    hash_at_bytes: usize,
}

impl Plan {
    pub(super) fn new(engine: &Engine, writer: Writer, linked: bool) -> Self {
        Self {
            engine: engine.clone(),
            writer,
            linked,
            entries: Vec::new(),
            levels: Vec::new(),
            hashes: Vec::new(),
            fixed: Vec::new(),
            waiting_bytes: 0,
            hash_at_bytes: engine.levels_bytes().unwrap_or(hashing::HASH_AT_BYTES),
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A plan beside this one, for another thread: into the same heap.
    pub(super) fn beside(&self) -> Self {
        Self::new(&self.engine, self.writer.beside(), self.linked)
    }

    /// A reference to a node by its hash.
    pub(super) fn by_hash(&mut self, hash: &[u8; 32], id: Id) -> Ref {
        self.fixed.push(*hash);
        let known = HASH | number(self.fixed.len() - 1);
        Ref { id, known }
    }

    /// A reference to a node by its encoding, which is shorter than a hash.
    #[inline]
    fn by_encoding(&mut self, rlp: &[u8]) -> Ref {
        let mut fixed = [0; 32];
        fixed[..rlp.len()].copy_from_slice(rlp);
        fixed[31] = rlp.len() as u8;
        self.fixed.push(fixed);
        Ref {
            id: Id::NONE,
            known: INLINE | number(self.fixed.len() - 1),
        }
    }

    /// A reference to a node as its parent has it.
    pub(super) fn by_item(&mut self, child: &Child<'_>) -> Ref {
        match child.hash() {
            Some(hash) => self.by_hash(hash, child.id),
            None => self.by_encoding(child.item),
        }
    }

    /// The encoding of a node that has no hash of its own.
    pub(super) fn encoding(&self, node: Ref) -> Option<&[u8]> {
        match node.known() {
            Known::Inline(place) => Some(inlined(&self.fixed[place])),
            Known::Hash(_) | Known::Pending(_) => None,
        }
    }

    /// The hash of a node that has one, if that is known.
    pub(super) fn hash_of(&self, node: Ref) -> Option<&[u8; 32]> {
        match node.known() {
            Known::Hash(place) => self.fixed.get(place),
            Known::Inline(_) => None,
            Known::Pending(number) => self.hashes.get(number),
        }
    }

    /// A reference of this plan to a node of another one, in which all nodes are hashed.
    pub(super) fn adopt(&mut self, node: Ref, other: &Self) -> Ref {
        match (other.encoding(node), other.hash_of(node)) {
            (Some(rlp), _) => self.by_encoding(rlp),
            (None, hash) => self.by_hash(hash.expect("all nodes are hashed"), node.id),
        }
    }

    /// Takes over what another plan has written, in which all nodes are hashed.
    pub(super) fn take_chunks(&mut self, other: Self) {
        self.writer.adopt(other.into_writer());
    }

    /// What was written. Everything must be hashed.
    pub(super) fn into_writer(self) -> Writer {
        debug_assert!(self.entries.is_empty(), "a node waits for its hash");
        self.writer
    }
}

/// The encoding in a place of [`Plan::fixed`].
#[inline]
fn inlined(fixed: &[u8; 32]) -> &[u8] {
    &fixed[..usize::from(fixed[31])]
}

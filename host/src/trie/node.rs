//! A node as it is read: its encoding, where it lies, and what is known of it.

use super::{heap::Id, nibbles::Path};

/// What a node is, told from its encoding once.
///
/// From the lowest bit on: 16 bits for a branch's children, two for the kind, and the flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape(u32);

/// The three kinds of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The end of a key that shares no more with other keys.
    Leaf,
    /// Nibbles that all keys below share; a branch follows.
    Extension,
    /// A fork of keys.
    Branch,
}

const KIND_SHIFT: u32 = 16;
const LEAF: u32 = 1 << KIND_SHIFT;
const EXTENSION: u32 = 2 << KIND_SHIFT;
const BRANCH: u32 = 3 << KIND_SHIFT;
/// Some child is held in the node itself, so that places of items must be counted out.
const INLINE: u32 = 1 << 18;
/// The ids of the children stand before the encoding.
const LINKED: u32 = 1 << 19;

impl Shape {
    pub(super) const LEAF: Self = Self(LEAF);
    pub(super) const EXTENSION: Self = Self(EXTENSION);

    /// A branch with these children, of which some may be inline.
    pub(super) fn branch(mask: u16, inline: bool) -> Self {
        Self(BRANCH | u32::from(mask) | if inline { INLINE } else { 0 })
    }

    /// The same, with ids before the encoding.
    pub(super) fn linked(self) -> Self {
        Self(self.0 | LINKED)
    }

    /// As a number that is never zero.
    pub(super) fn to_bits(self) -> u32 {
        self.0
    }

    /// The shape with this number; `None` for numbers without a kind.
    pub(super) fn from_bits(bits: u32) -> Option<Self> {
        (bits & BRANCH != 0).then_some(Self(bits))
    }

    pub(super) fn kind(self) -> Kind {
        match self.0 & BRANCH {
            LEAF => Kind::Leaf,
            EXTENSION => Kind::Extension,
            _ => Kind::Branch,
        }
    }

    /// A branch's children, one bit each.
    pub(super) fn mask(self) -> u16 {
        self.0 as u16
    }

    pub(super) fn has_inline(self) -> bool {
        self.0 & INLINE != 0
    }

    /// Ids before the encoding: one for each child; of a leaf that has any, the root of the trie that its value names.
    pub(super) fn ids(self) -> usize {
        if self.0 & LINKED == 0 {
            return 0;
        }
        match self.kind() {
            Kind::Leaf | Kind::Extension => 1,
            Kind::Branch => self.mask().count_ones() as usize,
        }
    }
}

/// A node whose encoding was checked or made here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node<'a> {
    pub(super) shape: Shape,
    /// As many as the shape says, four bytes each.
    pub(super) ids: &'a [u8],
    pub(super) rlp: &'a [u8],
}

/// How a node refers to one below it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Child<'a> {
    /// The item in the parent's encoding: a hash with its header, or the child's whole encoding.
    pub(super) item: &'a [u8],
    /// Where the child lies, if that is in the heap.
    pub(super) id: Id,
}

/// Header and payload lengths of the RLP item that `bytes` begin with; sound for checked encodings only.
#[inline]
fn header(bytes: &[u8]) -> (usize, usize) {
    let long = |prefix: u8| {
        let count = usize::from(prefix);
        let length = bytes.get(1..=count).unwrap_or_default();
        let length = length.iter().fold(0, |sum, b| sum << 8 | usize::from(*b));
        (1 + count, length)
    };
    match bytes.first().copied().unwrap_or_default() {
        0..0x80 => (0, 1),
        b @ 0x80..0xb8 => (1, usize::from(b - 0x80)),
        b @ 0xb8..0xc0 => long(b - 0xb7),
        b @ 0xc0..0xf8 => (1, usize::from(b - 0xc0)),
        b @ 0xf8.. => long(b - 0xf7),
    }
}

/// The first item of `bytes` and what follows.
#[inline]
fn split_item(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (header, payload) = header(bytes);
    bytes.split_at((header + payload).min(bytes.len()))
}

/// The payload of an item.
#[inline]
fn payload(item: &[u8]) -> &[u8] {
    &item[header(item).0..]
}

impl<'a> Node<'a> {
    pub(super) fn kind(&self) -> Kind {
        self.shape.kind()
    }

    /// The path of a leaf or an extension.
    pub(super) fn path(&self) -> Path<'a> {
        let (item, _) = split_item(payload(self.rlp));
        let path = Path::decode(payload(item));
        path.expect("the node was checked").0
    }

    /// The value of a leaf.
    pub(super) fn value(&self) -> &'a [u8] {
        payload(split_item(payload(self.rlp)).1)
    }

    /// Where the trie lies whose root a leaf's value names.
    pub(super) fn link(&self) -> Id {
        self.id(0)
    }

    /// The branch below an extension.
    pub(super) fn below(&self) -> Child<'a> {
        Child {
            item: split_item(payload(self.rlp)).1,
            id: self.id(0),
        }
    }

    /// A branch's child.
    pub(super) fn child(&self, nibble: u8) -> Option<Child<'a>> {
        if self.shape.mask() & 1 << nibble == 0 {
            return None;
        }
        Some(Child {
            item: split_item(&self.rlp[self.item_start(nibble)..]).0,
            id: self.child_id(nibble),
        })
    }

    /// Where a branch's child lies, if that is in the heap.
    #[inline]
    pub(super) fn child_id(&self, nibble: u8) -> Id {
        let below = self.shape.mask() & ((1 << nibble) - 1);
        self.id(below.count_ones() as usize)
    }

    /// Where the item of a branch's child begins; of nibble 16, the value's.
    #[inline]
    pub(super) fn item_start(&self, nibble: u8) -> usize {
        let (start, _) = header(self.rlp);
        if self.shape.has_inline() {
            let mut rest = &self.rlp[start..];
            for _ in 0..nibble {
                rest = split_item(rest).1;
            }
            return self.rlp.len() - rest.len();
        }
        let below = u32::from(self.shape.mask()) & ((1 << nibble) - 1);
        start + usize::from(nibble) + 32 * below.count_ones() as usize
    }

    /// Bytes of the encoding without its header.
    pub(super) fn payload_length(&self) -> usize {
        header(self.rlp).1
    }

    /// The id of the child with this rank.
    pub(super) fn id(&self, rank: usize) -> Id {
        let ids = self.ids.as_chunks::<4>().0;
        ids.get(rank)
            .map_or(Id::NONE, |bytes| Id::from_bytes(*bytes))
    }
}

impl<'a> Child<'a> {
    /// The hash by which the child is known; `None` if its encoding stands in its place.
    pub(super) fn hash(&self) -> Option<&'a [u8; 32]> {
        match self.item.split_first() {
            Some((0xa0, hash)) => hash.try_into().ok(),
            _ => None,
        }
    }
}

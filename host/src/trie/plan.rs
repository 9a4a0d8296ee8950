//! The plan of a batch: encodings with holes, hashed level by level.
//!
//! Nodes are taken bottom-up. A node's length depends on the lengths of its children's references alone, which are
//! known before any hash is, so each node is encoded at once, in its final place, with a hole of 32 bytes for each child
//! that waits for its hash. The nodes of one height depend on no other of that height: they are one batch for the
//! engine's lanes, whatever trie they belong to, and each hash goes into the hole that waits for it.

use super::{
    heap::{Id, Place, Record, Writer},
    nibbles,
    node::{Node, Shape},
};
use crate::Engine;
use alloy_rlp::EMPTY_STRING_CODE;

/// Bytes of encodings that are hashed at the latest when they have come together.
///
/// Some thousand nodes, so that no lane is idle but at the topmost levels, and few enough that they still lie in the
/// second-level cache when they are hashed.
const HASH_AT_BYTES: usize = 1 << 19;

/// How a parent refers to a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ref {
    /// Where the node lies, if that is in the heap.
    pub(super) id: Id,
    pub(super) known: Known,
}

/// What is known of a reference.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    /// The node's hash.
    Hash([u8; 32]),
    /// The node's encoding, shorter than a hash.
    Inline {
        /// Bytes used.
        len: u8,
        /// The encoding, then zeros.
        bytes: [u8; 31],
    },
    /// The hash of the plan's node with this number.
    Pending(usize),
}

impl Ref {
    /// A reference by hash.
    pub(super) const fn hash(hash: [u8; 32], id: Id) -> Self {
        let known = Known::Hash(hash);
        Self { id, known }
    }

    /// A reference by the encoding itself; `None` if that is too long.
    pub(super) fn inline(rlp: &[u8]) -> Option<Self> {
        let mut bytes = [0; 31];
        bytes.get_mut(..rlp.len())?.copy_from_slice(rlp);
        let len = u8::try_from(rlp.len()).ok()?;
        Some(Self {
            id: Id::NONE,
            known: Known::Inline { len, bytes },
        })
    }

    /// Bytes that the reference takes in its parent.
    #[inline]
    fn length(&self) -> usize {
        match self.known {
            Known::Inline { len, .. } => usize::from(len),
            Known::Hash(_) | Known::Pending(_) => 33,
        }
    }

    fn is_inline(&self) -> bool {
        matches!(self.known, Known::Inline { .. })
    }
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
    hole: Option<Place>,
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
    /// Of the nodes hashed, without the first `forgotten`.
    hashes: Vec<[u8; 32]>,
    forgotten: usize,
    waiting_bytes: usize,
    scratch: Vec<u8>,
}

impl Plan {
    pub(super) fn new(engine: &Engine, writer: Writer, linked: bool) -> Self {
        Self {
            engine: engine.clone(),
            writer,
            linked,
            entries: Vec::new(),
            hashes: Vec::new(),
            forgotten: 0,
            waiting_bytes: 0,
            scratch: Vec::new(),
        }
    }

    /// Encodes a leaf that begins at a depth of a key.
    #[inline]
    pub(super) fn leaf(&mut self, key: &[u8], depth: usize, value: Value<'_>) -> Ref {
        let to = 2 * key.len();
        let payload = path_length(to - depth) + string_length(value.bytes);
        let length = list_header_length(payload) + payload;
        let put = |out: &mut Vec<u8>| {
            list_header(payload, out);
            path(key, depth, to, true, out);
            string(value.bytes, out);
        };
        let (id, root) = match value.link {
            Link::None if length < 32 => return self.inline(put),
            Link::None => (None, None),
            Link::Kept(id) => (Some(id), None),
            Link::New(root) => (Some(root.id), Some(root)),
        };
        let id = id.filter(|_| self.linked);
        let shape = match id {
            Some(_) => Shape::LEAF.linked(),
            None => Shape::LEAF,
        };
        let mut record = self.writer.begin(shape, id.into_iter(), length);
        let encoding = record.end();
        put(record.bytes);
        let mut height = 0;
        if let Some(root) = root {
            record.bytes.truncate(record.bytes.len() - LINK_FROM_END);
            let mut nodes = Nodes {
                entries: &mut self.entries,
                hashes: &self.hashes,
                forgotten: self.forgotten,
            };
            height = nodes.put_hash(&root, &mut record);
            let kept = value.bytes.len() - LINK_FROM_END + 32;
            record.bytes.extend_from_slice(&value.bytes[kept..]);
        }
        let id = record.id;
        self.add(id, encoding, length, height)
    }

    /// Encodes an extension over nibbles `from..to` of a key.
    pub(super) fn extension(&mut self, key: &[u8], from: usize, to: usize, child: Ref) -> Ref {
        let payload = path_length(to - from) + child.length();
        let length = list_header_length(payload) + payload;
        if let (Known::Inline { len, bytes }, ..32) = (child.known, length) {
            return self.inline(|out| {
                list_header(payload, out);
                path(key, from, to, false, out);
                out.extend_from_slice(&bytes[..usize::from(len)]);
            });
        }
        let (shape, ids) = match self.linked {
            true => (Shape::EXTENSION.linked(), 1),
            false => (Shape::EXTENSION, 0),
        };
        let ids = std::iter::repeat_n(child.id, ids);
        let mut record = self.writer.begin(shape, ids, length);
        let encoding = record.end();
        list_header(payload, record.bytes);
        path(key, from, to, false, record.bytes);
        let height = Nodes {
            entries: &mut self.entries,
            hashes: &self.hashes,
            forgotten: self.forgotten,
        }
        .put(&child, &mut record);
        let id = record.id;
        self.add(id, encoding, length, height)
    }

    /// Encodes a branch out of its children in order of nibbles, and its value where keys may end in a branch.
    pub(super) fn branch(&mut self, children: &[(u8, Ref)], value: &[u8]) -> Ref {
        let of_children: usize = children.iter().map(|(_, child)| child.length()).sum();
        let payload = 16 - children.len() + of_children + string_length(value);
        let length = list_header_length(payload) + payload;
        let mask = children.iter().fold(0, |mask, (n, _)| mask | 1 << n);
        if length < 32 {
            return self.inline(|out| {
                list_header(payload, out);
                let mut next = 0;
                for (nibble, child) in children {
                    empties(nibble - next, out);
                    if let Known::Inline { len, bytes } = &child.known {
                        out.extend_from_slice(&bytes[..usize::from(*len)]);
                    }
                    next = nibble + 1;
                }
                empties(16 - next, out);
                string(value, out);
            });
        }
        let mut shape = Shape::branch(mask, children.iter().any(|(_, child)| child.is_inline()));
        let mut linked = children;
        match self.linked {
            true => shape = shape.linked(),
            false => linked = &[],
        }
        let ids = linked.iter().map(|(_, child)| child.id);
        let mut record = self.writer.begin(shape, ids, length);
        let encoding = record.end();
        let mut nodes = Nodes {
            entries: &mut self.entries,
            hashes: &self.hashes,
            forgotten: self.forgotten,
        };
        list_header(payload, record.bytes);
        let (mut next, mut height) = (0, 0);
        for (nibble, child) in children {
            empties(nibble - next, record.bytes);
            height = height.max(nodes.put(child, &mut record));
            next = nibble + 1;
        }
        empties(16 - next, record.bytes);
        string(value, record.bytes);
        let id = record.id;
        self.add(id, encoding, length, height)
    }

    /// Encodes a branch out of one that it takes the place of, with some places changed, in order of nibbles. What is
    /// between the changes is copied. At least two children must be left.
    pub(super) fn changed_branch(&mut self, old: &Node<'_>, changes: &[(u8, Option<Ref>)]) -> Ref {
        let item_length = |nibble| old.child(nibble).map_or(1, |child| child.item.len());
        let mut payload = old.payload_length();
        let mut mask = old.shape.mask();
        let mut inline = old.shape.has_inline();
        for (nibble, change) in changes {
            payload = payload - item_length(*nibble) + change.map_or(1, |child| child.length());
            match change {
                Some(_) => mask |= 1 << nibble,
                None => mask &= !(1 << nibble),
            }
            inline |= change.is_some_and(|child| child.is_inline());
        }
        let length = list_header_length(payload) + payload;
        if length < 32 || !self.linked {
            return self.branch(&merged(old, changes), &[]);
        }
        let mut left = changes.iter().peekable();
        let ids = (0..16)
            .filter(|nibble| mask & 1 << nibble != 0)
            .map(|nibble| {
                while left.next_if(|(changed, _)| *changed < nibble).is_some() {}
                match left.peek() {
                    Some((changed, Some(child))) if *changed == nibble => child.id,
                    _ => old.child_id(nibble),
                }
            });
        let mut record = self
            .writer
            .begin(Shape::branch(mask, inline).linked(), ids, length);
        let encoding = record.end();
        let mut nodes = Nodes {
            entries: &mut self.entries,
            hashes: &self.hashes,
            forgotten: self.forgotten,
        };
        list_header(payload, record.bytes);
        let (mut from, mut height) = (old.item_start(0), 0);
        for (nibble, change) in changes {
            let to = old.item_start(*nibble);
            record.bytes.extend_from_slice(&old.rlp[from..to]);
            from = to + item_length(*nibble);
            match change {
                Some(child) => height = height.max(nodes.put(child, &mut record)),
                None => record.bytes.push(EMPTY_STRING_CODE),
            }
        }
        record.bytes.extend_from_slice(&old.rlp[from..]);
        let id = record.id;
        self.add(id, encoding, length, height)
    }

    /// Makes a node that may be held by its parent one that has a hash, as roots have.
    pub(super) fn root(&mut self, node: Ref, shape: Shape) -> Ref {
        let Known::Inline { len, bytes } = node.known else {
            return node;
        };
        let ids = std::iter::repeat_n(Id::NONE, shape.ids());
        let record = self.writer.begin(shape, ids, usize::from(len));
        let encoding = record.end();
        record.bytes.extend_from_slice(&bytes[..usize::from(len)]);
        let id = record.id;
        self.add(id, encoding, usize::from(len), 0)
    }

    /// The hash behind a reference by hash, once it is hashed.
    pub(super) fn hash_of(&self, node: &Ref) -> Option<[u8; 32]> {
        match node.known {
            Known::Hash(hash) => Some(hash),
            Known::Inline { .. } => None,
            Known::Pending(number) => self.hashes.get(number - self.forgotten).copied(),
        }
    }

    fn inline(&mut self, put: impl FnOnce(&mut Vec<u8>)) -> Ref {
        self.scratch.clear();
        put(&mut self.scratch);
        Ref::inline(&self.scratch).expect("shorter than a hash")
    }

    #[inline]
    fn add(&mut self, id: Id, encoding: Place, length: usize, height: u32) -> Ref {
        let number = self.forgotten + self.hashes.len() + self.entries.len();
        self.entries.push(Entry {
            encoding,
            length: length as u32,
            height,
            hole: None,
        });
        self.waiting_bytes += length;
        Ref {
            id,
            known: Known::Pending(number),
        }
    }

    /// True if so much waits that it should be hashed before more comes.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.waiting_bytes >= HASH_AT_BYTES
    }

    /// Hashes all nodes that wait, from the lowest level up.
    pub(super) fn hash(&mut self) {
        let levels = by_height(&self.entries);
        let first = self.hashes.len();
        self.hashes.resize(first + self.entries.len(), [0; 32]);
        for level in &levels {
            let messages: Vec<&[u8]> = level
                .iter()
                .map(|number| &self.entries[*number as usize])
                .map(|entry| self.writer.bytes(entry.encoding, entry.length as usize))
                .collect();
            let hashes = self.engine.keccak256(&messages);
            for (number, hash) in level.iter().zip(hashes) {
                self.hashes[first + *number as usize] = hash.0;
                if let Some(hole) = self.entries[*number as usize].hole {
                    self.writer.patch(hole, &hash.0);
                }
            }
        }
        self.entries.clear();
        self.waiting_bytes = 0;
    }

    /// Forgets all nodes, which must be hashed, and their hashes.
    pub(super) fn forget(&mut self) {
        debug_assert!(self.entries.is_empty(), "a node waits for its hash");
        self.forgotten += self.hashes.len();
        self.hashes.clear();
        self.writer.clear();
    }

    /// What was written. Everything must be hashed.
    pub(super) fn into_writer(self) -> Writer {
        debug_assert!(self.entries.is_empty(), "a node waits for its hash");
        self.writer
    }
}

/// Numbers of entries, height by height.
fn by_height(entries: &[Entry]) -> Vec<Vec<u32>> {
    let heights = entries.iter().map(|entry| entry.height + 1).max();
    let mut counts = vec![0; heights.unwrap_or(0) as usize];
    for entry in entries {
        counts[entry.height as usize] += 1;
    }
    let mut levels: Vec<Vec<u32>> = counts.into_iter().map(Vec::with_capacity).collect();
    for (number, entry) in (0..).zip(entries) {
        levels[entry.height as usize].push(number);
    }
    levels
}

/// The children of a branch that comes of another by changes.
fn merged(old: &Node<'_>, changes: &[(u8, Option<Ref>)]) -> Vec<(u8, Ref)> {
    let changed = |nibble| changes.iter().find(|(n, _)| *n == nibble);
    (0..16)
        .filter_map(|nibble| match changed(nibble) {
            Some((_, child)) => Some((nibble, (*child)?)),
            None => Some((nibble, old.child(nibble)?.reference())),
        })
        .collect()
}

/// The nodes of a plan, while a record is written that may refer to them.
struct Nodes<'p> {
    entries: &'p mut [Entry],
    hashes: &'p [[u8; 32]],
    forgotten: usize,
}

impl Nodes<'_> {
    /// Appends a reference with its header. Gives the least height that the node can have by this child.
    #[inline]
    fn put(&mut self, child: &Ref, record: &mut Record<'_>) -> u32 {
        if let Known::Inline { len, bytes } = &child.known {
            record.bytes.extend_from_slice(&bytes[..usize::from(*len)]);
            return 0;
        }
        record.bytes.push(EMPTY_STRING_CODE + 32);
        self.put_hash(child, record)
    }

    /// Appends a node's hash, or a hole for it. Gives the least height that the node can have by this child.
    #[inline]
    fn put_hash(&mut self, child: &Ref, record: &mut Record<'_>) -> u32 {
        let (hash, height) = match &child.known {
            Known::Hash(hash) => (*hash, 0),
            Known::Inline { .. } => unreachable!("a node that is referred to by hash has one"),
            Known::Pending(number) => {
                match (number - self.forgotten).checked_sub(self.hashes.len()) {
                    None => (self.hashes[number - self.forgotten], 0),
                    Some(waiting) => {
                        let entry = &mut self.entries[waiting];
                        entry.hole = Some(record.end());
                        ([0; 32], entry.height + 1)
                    }
                }
            }
        };
        record.bytes.extend_from_slice(&hash);
        height
    }
}

fn empties(count: u8, out: &mut Vec<u8>) {
    for _ in 0..count {
        out.push(EMPTY_STRING_CODE);
    }
}

/// Bytes of the big-endian form of a length.
#[inline]
fn bytes_of(length: usize) -> usize {
    (usize::BITS - length.leading_zeros()).div_ceil(8) as usize
}

#[inline]
fn list_header_length(payload: usize) -> usize {
    if payload < 56 {
        1
    } else {
        1 + bytes_of(payload)
    }
}

#[inline]
fn list_header(payload: usize, out: &mut Vec<u8>) {
    header(0xc0, payload, out);
}

#[inline]
fn header(kind: u8, payload: usize, out: &mut Vec<u8>) {
    if payload < 56 {
        out.push(kind + payload as u8);
        return;
    }
    let bytes = payload.to_be_bytes();
    let count = bytes_of(payload);
    out.push(kind + 55 + count as u8);
    out.extend_from_slice(&bytes[bytes.len() - count..]);
}

/// Bytes that a string takes with its header.
#[inline]
fn string_length(bytes: &[u8]) -> usize {
    match bytes {
        [byte] if *byte < EMPTY_STRING_CODE => 1,
        _ => list_header_length(bytes.len()) + bytes.len(),
    }
}

#[inline]
fn string(bytes: &[u8], out: &mut Vec<u8>) {
    if !matches!(bytes, [byte] if *byte < EMPTY_STRING_CODE) {
        header(EMPTY_STRING_CODE, bytes.len(), out);
    }
    out.extend_from_slice(bytes);
}

/// Bytes that a path takes with its header. Its first byte is below 0x40, so a path of one byte needs none.
#[inline]
fn path_length(nibbles: usize) -> usize {
    match nibbles::encoded_path_len(nibbles) {
        1 => 1,
        bytes => list_header_length(bytes) + bytes,
    }
}

#[inline]
fn path(key: &[u8], from: usize, to: usize, leaf: bool, out: &mut Vec<u8>) {
    let bytes = nibbles::encoded_path_len(to - from);
    if bytes > 1 {
        header(EMPTY_STRING_CODE, bytes, out);
    }
    nibbles::encode_path(key, from, to, leaf, out);
}

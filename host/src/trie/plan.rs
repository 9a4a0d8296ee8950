//! The plan of a batch: encodings with holes, hashed level by level.
//!
//! Nodes are taken bottom-up. A node's length depends on the lengths of its children's references alone, which are
//! known before any hash is, so each node is encoded at once, in its final place, with a hole of 32 bytes for each child
//! that waits for its hash. The nodes of one height depend on no other of that height: they are one batch for the
//! engine's lanes, whatever trie they belong to, and each hash goes into the hole that waits for it.

use super::{
    heap::{Id, Place, Writer},
    node::{Child, Node, Shape},
    rlp::{Out, header_length, path_length, string_length},
};
use crate::Engine;
use alloy_rlp::EMPTY_STRING_CODE;

/// Bytes of encodings that are hashed at the latest when they have come together.
///
/// Some thousand nodes, so that no lane is idle but at the topmost levels, and few enough that they still lie in the
/// second-level cache when they are hashed.
const HASH_AT_BYTES: usize = 1 << 18;

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
    /// Of the nodes hashed.
    hashes: Vec<[u8; 32]>,
    /// References to nodes that are not the plan's, and to nodes that their parents hold.
    fixed: Vec<[u8; 32]>,
    waiting_bytes: usize,
}

impl Plan {
    pub(super) fn new(engine: &Engine, writer: Writer, linked: bool) -> Self {
        Self {
            engine: engine.clone(),
            writer,
            linked,
            entries: Vec::new(),
            hashes: Vec::new(),
            fixed: Vec::new(),
            waiting_bytes: 0,
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

    /// Bytes that a reference takes in the parent.
    #[inline]
    fn length(&self, node: Ref) -> usize {
        match node.known() {
            Known::Inline(place) => inlined(&self.fixed[place]).len(),
            Known::Hash(_) | Known::Pending(_) => 33,
        }
    }

    /// Encodes a leaf that begins at a depth of a key.
    #[inline]
    pub(super) fn leaf(&mut self, key: &[u8], depth: usize, value: Value<'_>) -> Ref {
        let to = 2 * key.len();
        let payload = path_length(to - depth) + string_length(value.bytes);
        let length = header_length(payload) + payload;
        let put = |out: &mut Out<'_>| {
            out.list_header(payload);
            out.path(key, depth, to, true);
            out.string(value.bytes);
        };
        let (id, root) = match value.link {
            Link::None if length < 32 => return self.inline(length, put),
            Link::None => (None, None),
            Link::Kept(id) => (Some(id), None),
            Link::New(root) => (Some(root.id), Some(root)),
        };
        let id = id.filter(|_| self.linked);
        let shape = match id {
            Some(_) => Shape::LEAF.linked(),
            None => Shape::LEAF,
        };
        let mut writing = self.begin(shape, id.into_iter(), length);
        put(&mut writing.out);
        if let Some(root) = root {
            writing.out.at -= LINK_FROM_END;
            writing.put_hash(root);
        }
        let written = writing.end();
        self.add(written, length)
    }

    /// Encodes an extension over nibbles `from..to` of a key.
    pub(super) fn extension(&mut self, key: &[u8], from: usize, to: usize, child: Ref) -> Ref {
        let payload = path_length(to - from) + self.length(child);
        let length = header_length(payload) + payload;
        if let (Known::Inline(place), ..32) = (child.known(), length) {
            let child = self.fixed[place];
            return self.inline(length, |out| {
                out.list_header(payload);
                out.path(key, from, to, false);
                out.bytes(inlined(&child));
            });
        }
        let shape = match self.linked {
            true => Shape::EXTENSION.linked(),
            false => Shape::EXTENSION,
        };
        let mut writing = self.begin(shape, std::iter::once(child.id), length);
        writing.out.list_header(payload);
        writing.out.path(key, from, to, false);
        writing.put(child);
        let written = writing.end();
        self.add(written, length)
    }

    /// Encodes a branch out of its children in order of nibbles, and its value where keys may end in a branch.
    pub(super) fn branch(&mut self, children: &[(u8, Ref)], value: &[u8]) -> Ref {
        let (mut of_children, mut mask, mut has_inline) = (0, 0, false);
        for (nibble, child) in children {
            of_children += self.length(*child);
            mask |= 1 << nibble;
            has_inline |= child.is_inline();
        }
        let payload = 16 - children.len() + of_children + string_length(value);
        let length = header_length(payload) + payload;
        if length < 32 {
            let mut bytes = [EMPTY_STRING_CODE; 31];
            let mut out = Out::new(&mut bytes[..length]);
            out.list_header(payload);
            let mut next = 0;
            for (nibble, child) in children {
                out.skip(usize::from(nibble - next));
                out.bytes(self.encoding(*child).expect("a hash takes more bytes"));
                next = nibble + 1;
            }
            out.skip(usize::from(16 - next));
            out.string(value);
            return self.by_encoding(&bytes[..length]);
        }
        let mut shape = Shape::branch(mask, has_inline);
        if self.linked {
            shape = shape.linked();
        }
        let ids = children.iter().map(|(_, child)| child.id);
        let mut writing = self.begin(shape, ids, length);
        writing.out.list_header(payload);
        let mut next = 0;
        for (nibble, child) in children {
            writing.out.skip(usize::from(nibble - next));
            writing.put(*child);
            next = nibble + 1;
        }
        writing.out.skip(usize::from(16 - next));
        writing.out.string(value);
        let written = writing.end();
        self.add(written, length)
    }

    /// Encodes a branch out of one that it takes the place of, with some places changed, in order of nibbles. What is
    /// between the changes is copied. At least two children must be left.
    pub(super) fn changed_branch(&mut self, old: &Node<'_>, changes: &[(u8, Option<Ref>)]) -> Ref {
        let item_length = |nibble| old.child(nibble).map_or(1, |child| child.item.len());
        let mut payload = old.payload_length();
        let mut mask = old.shape.mask();
        let mut has_inline = old.shape.has_inline();
        for (nibble, change) in changes {
            payload = payload - item_length(*nibble) + change.map_or(1, |child| self.length(child));
            match change {
                Some(_) => mask |= 1 << nibble,
                None => mask &= !(1 << nibble),
            }
            has_inline |= change.is_some_and(|child| child.is_inline());
        }
        let length = header_length(payload) + payload;
        if length < 32 {
            let children = self.merged(old, changes);
            return self.branch(&children, &[]);
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
        let mut writing = self.begin(Shape::branch(mask, has_inline).linked(), ids, length);
        writing.out.list_header(payload);
        let mut from = old.item_start(0);
        for (nibble, change) in changes {
            let to = old.item_start(*nibble);
            writing.out.bytes(&old.rlp[from..to]);
            from = to + item_length(*nibble);
            match change {
                Some(child) => writing.put(*child),
                None => writing.out.skip(1),
            }
        }
        writing.out.bytes(&old.rlp[from..]);
        let written = writing.end();
        self.add(written, length)
    }

    /// Makes a node that may be held by its parent one that has a hash, as roots have.
    pub(super) fn root(&mut self, node: Ref, shape: Shape) -> Ref {
        let Known::Inline(place) = node.known() else {
            return node;
        };
        let fixed = self.fixed[place];
        let rlp = inlined(&fixed);
        let ids = std::iter::repeat(Id::NONE);
        let mut writing = self.begin(shape, ids, rlp.len());
        writing.out.bytes(rlp);
        let written = writing.end();
        self.add(written, rlp.len())
    }

    #[inline]
    fn inline(&mut self, length: usize, put: impl FnOnce(&mut Out<'_>)) -> Ref {
        let mut bytes = [EMPTY_STRING_CODE; 31];
        put(&mut Out::new(&mut bytes[..length]));
        self.by_encoding(&bytes[..length])
    }

    /// The children of a branch that comes of another by changes.
    fn merged(&mut self, old: &Node<'_>, changes: &[(u8, Option<Ref>)]) -> Vec<(u8, Ref)> {
        let changed = |nibble| changes.iter().find(|(n, _)| *n == nibble);
        (0..16)
            .filter_map(|nibble| match changed(nibble) {
                Some((_, child)) => Some((nibble, (*child)?)),
                None => Some((nibble, self.by_item(&old.child(nibble)?))),
            })
            .collect()
    }

    #[inline]
    fn begin(&mut self, shape: Shape, ids: impl Iterator<Item = Id>, length: usize) -> Writing<'_> {
        let record = self.writer.begin(shape, ids, length);
        Writing {
            id: record.id,
            place: record.place,
            out: Out::new(record.encoding),
            height: 0,
            entries: &mut self.entries,
            hashes: &self.hashes,
            fixed: &self.fixed,
        }
    }

    /// Lets a node wait for its hash.
    #[inline]
    fn add(&mut self, written: Written, length: usize) -> Ref {
        let number = self.hashes.len() + self.entries.len();
        self.entries.push(Entry {
            encoding: written.place,
            length: length as u32,
            height: written.height,
            hole: None,
        });
        self.waiting_bytes += length;
        Ref {
            id: written.id,
            known: self::number(number),
        }
    }

    /// True if so much waits that it should be hashed before more comes.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.waiting_bytes >= HASH_AT_BYTES
    }

    /// Hashes all nodes that wait, from the lowest level up.
    pub(super) fn hash(&mut self) {
        let (order, ends) = by_height(&self.entries);
        let first = self.hashes.len();
        self.hashes.resize(first + self.entries.len(), [0; 32]);
        let mut start = 0;
        for end in ends {
            let level = &order[start..end];
            start = end;
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

    /// Forgets all nodes, which must be hashed, but for references to some of them.
    pub(super) fn forget_but<'r>(&mut self, kept: impl Iterator<Item = &'r mut Ref>) {
        debug_assert!(self.entries.is_empty(), "a node waits for its hash");
        let before = std::mem::take(&mut self.fixed);
        for node in kept {
            let kind = match node.known() {
                Known::Pending(number) => {
                    self.fixed.push(self.hashes[number]);
                    HASH
                }
                Known::Hash(place) => {
                    self.fixed.push(before[place]);
                    HASH
                }
                Known::Inline(place) => {
                    self.fixed.push(before[place]);
                    INLINE
                }
            };
            node.known = kind | number(self.fixed.len() - 1);
        }
        // Numbers begin anew: no reference by number is left.
        self.hashes.clear();
        self.writer.clear();
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

/// Numbers of entries, the lowest first, and where each height ends among them.
fn by_height(entries: &[Entry]) -> (Vec<u32>, Vec<usize>) {
    let highest = entries.iter().map(|entry| entry.height as usize).max();
    let mut ends = vec![0; highest.map_or(0, |height| height + 1)];
    for entry in entries {
        ends[entry.height as usize] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    // Now where each height begins; moved on to its end, entry by entry.
    let mut order = vec![0; entries.len()];
    for (number, entry) in (0..).zip(entries) {
        let place = &mut ends[entry.height as usize];
        order[*place] = number;
        *place += 1;
    }
    (order, ends)
}

/// The encoding in a place of [`Plan::fixed`].
#[inline]
fn inlined(fixed: &[u8; 32]) -> &[u8] {
    &fixed[..usize::from(fixed[31])]
}

/// A record that is being written, and the nodes that it may refer to.
struct Writing<'p> {
    id: Id,
    place: Place,
    out: Out<'p>,
    /// The least that children allow, so far.
    height: u32,
    entries: &'p mut [Entry],
    hashes: &'p [[u8; 32]],
    fixed: &'p [[u8; 32]],
}

/// A record that has been written.
struct Written {
    id: Id,
    place: Place,
    height: u32,
}

impl Writing<'_> {
    /// Writes a reference with its header.
    #[inline]
    fn put(&mut self, child: Ref) {
        if let Known::Inline(place) = child.known() {
            return self.out.bytes(inlined(&self.fixed[place]));
        }
        self.out.byte(EMPTY_STRING_CODE + 32);
        self.put_hash(child);
    }

    /// Writes a node's hash, or leaves a hole for it.
    #[inline]
    fn put_hash(&mut self, child: Ref) {
        match child.known() {
            Known::Hash(place) => self.out.hash(&self.fixed[place]),
            Known::Inline(_) => unreachable!("a node that is referred to by hash has one"),
            Known::Pending(number) => match number.checked_sub(self.hashes.len()) {
                None => self.out.hash(&self.hashes[number]),
                Some(waiting) => {
                    let child = &mut self.entries[waiting];
                    child.hole = Some(self.place.plus(self.out.at));
                    self.height = self.height.max(child.height + 1);
                    self.out.skip(32);
                }
            },
        }
    }

    fn end(self) -> Written {
        Written {
            id: self.id,
            place: self.place,
            height: self.height,
        }
    }
}

//! Nodes into their final places, with holes for the hashes of children that wait.

use super::{
    Entry, Known, Link, Plan, Ref, Value, inlined, number,
    writing::{Writing, Written},
};
use crate::trie::{
    heap::Id,
    node::{Node, Shape},
    rlp::{Out, header_length, path_length, string_length},
};
use alloy_rlp::EMPTY_STRING_CODE;

impl Plan {
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
    pub(in crate::trie) fn leaf(&mut self, key: &[u8], depth: usize, value: Value<'_>) -> Ref {
        let to = 2 * key.len();
        let payload = path_length(to - depth) + string_length(value.bytes);
        let length = header_length(payload) + payload;
        let (id, root) = match value.link {
            Link::None if length < 32 => {
                return self.inline(length, |out| {
                    put_leaf(out, payload, key, depth, value.bytes);
                });
            }
            Link::None => (None, None),
            Link::Kept(id) => (Some(id), None),
            Link::New(root) => (Some(root.id).filter(|id| *id != Id::NONE), Some(root)),
        };
        let id = id.filter(|_| self.linked);
        let shape = match id {
            Some(_) => Shape::LEAF.linked(),
            None => Shape::LEAF,
        };
        let mut writing = self.begin(shape, id.into_iter(), length);
        put_leaf(&mut writing.out, payload, key, depth, value.bytes);
        if let Some(root) = root {
            writing.put_link(root);
        }
        let written = writing.end();
        self.add(written)
    }

    /// Encodes an extension over nibbles `from..to` of a key.
    pub(in crate::trie) fn extension(
        &mut self,
        key: &[u8],
        from: usize,
        to: usize,
        child: Ref,
    ) -> Ref {
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
        self.add(written)
    }

    /// Encodes a branch out of its children in order of nibbles, and its value where keys may end in a branch.
    pub(in crate::trie) fn branch(&mut self, children: &[(u8, Ref)], value: &[u8]) -> Ref {
        let (mut of_children, mut mask, mut has_inline) = (0, 0, false);
        for (nibble, child) in children {
            of_children += self.length(*child);
            mask |= 1 << nibble;
            has_inline |= child.is_inline();
        }
        let payload = 16 - children.len() + of_children + string_length(value);
        let length = header_length(payload) + payload;
        if length < 32 {
            let mut bytes = [0; 31];
            let mut out = Out::new(&mut bytes[..length]);
            out.list_header(payload);
            out.empty();
            let mut next = 0;
            for (nibble, child) in children {
                out.skip(usize::from(nibble - next));
                out.bytes(self.encoding(*child).expect("a hash takes more bytes"));
                next = nibble + 1;
            }
            out.skip(usize::from(16 - next));
            out.string(value);
            out.end();
            return self.by_encoding(&bytes[..length]);
        }
        let mut shape = Shape::branch(mask, has_inline);
        if self.linked {
            shape = shape.linked();
        }
        let ids = children.iter().map(|(_, child)| child.id);
        let mut writing = self.begin(shape, ids, length);
        writing.out.list_header(payload);
        writing.out.empty();
        let mut next = 0;
        for (nibble, child) in children {
            writing.out.skip(usize::from(nibble - next));
            writing.put(*child);
            next = nibble + 1;
        }
        writing.out.skip(usize::from(16 - next));
        writing.out.string(value);
        let written = writing.end();
        self.add(written)
    }

    /// Encodes a branch out of one that it takes the place of, with some places changed, in order of nibbles. What is
    /// between the changes is copied. At least two children must be left.
    pub(in crate::trie) fn changed_branch(
        &mut self,
        old: &Node<'_>,
        changes: &[(u8, Option<Ref>)],
    ) -> Ref {
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
                None => writing.out.byte(EMPTY_STRING_CODE),
            }
        }
        writing.out.bytes(&old.rlp[from..]);
        let written = writing.end();
        self.add(written)
    }

    /// Makes a node that may be held by its parent one that has a hash, as roots have.
    pub(in crate::trie) fn root(&mut self, node: Ref, shape: Shape) -> Ref {
        let Known::Inline(place) = node.known() else {
            return node;
        };
        let fixed = self.fixed[place];
        let rlp = inlined(&fixed);
        let ids = std::iter::repeat(Id::NONE);
        let mut writing = self.begin(shape, ids, rlp.len());
        writing.out.bytes(rlp);
        let written = writing.end();
        self.add(written)
    }

    #[cold]
    fn inline(&mut self, length: usize, put: impl FnOnce(&mut Out<'_>)) -> Ref {
        let mut bytes = [0; 31];
        let mut out = Out::new(&mut bytes[..length]);
        put(&mut out);
        out.end();
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
            entry: number(self.entries.len()),
            entries: &mut self.entries,
            hashes: &self.hashes,
            fixed: &self.fixed,
        }
    }

    /// Lets a node wait for its hash.
    #[inline]
    fn add(&mut self, written: Written) -> Ref {
        let entry = number(self.entries.len());
        let number = number(self.hashes.len() + self.entries.len());
        self.entries.push(Entry {
            encoding: written.place,
            length: written.length as u32,
            height: written.height,
            hole: None,
        });
        let height = written.height as usize;
        if self.levels.len() <= height {
            self.levels.resize_with(height + 1, Vec::new);
        }
        self.levels[height].push(entry);
        self.waiting_bytes += written.length;
        Ref {
            id: written.id,
            known: number,
        }
    }
}

/// Writes a leaf that begins at a depth of a key. Inlined always: most nodes are leaves.
#[inline(always)]
fn put_leaf(out: &mut Out<'_>, payload: usize, key: &[u8], depth: usize, value: &[u8]) {
    out.list_header(payload);
    out.path(key, depth, 2 * key.len(), true);
    out.string(value);
}

//! One node on its way into its place.

use super::{Entry, Known, LINK_FROM_END, Ref, inlined};
use crate::{
    backend::Hole,
    trie::{
        heap::{Id, Place},
        rlp::Out,
    },
};
use alloy_rlp::EMPTY_STRING_CODE;

/// A record that is being written, and the nodes that it may refer to.
pub(super) struct Writing<'p> {
    pub(super) id: Id,
    pub(super) place: Place,
    pub(super) out: Out<'p>,
    /// The least that children allow, so far.
    pub(super) height: u32,
    /// The place among entries that it gets.
    pub(super) entry: u32,
    pub(super) entries: &'p mut [Entry],
    pub(super) hashes: &'p [[u8; 32]],
    pub(super) fixed: &'p [[u8; 32]],
}

/// A record that has been written.
pub(super) struct Written {
    pub(super) id: Id,
    pub(super) place: Place,
    pub(super) length: usize,
    pub(super) height: u32,
}

impl Writing<'_> {
    /// Writes a reference with its header.
    #[inline]
    pub(super) fn put(&mut self, child: Ref) {
        if let Known::Inline(place) = child.known() {
            return self.out.bytes(inlined(&self.fixed[place]));
        }
        self.out.byte(EMPTY_STRING_CODE + 32);
        self.put_hash(child);
    }

    /// Writes a node's hash, or leaves a hole for it.
    #[inline]
    pub(super) fn put_hash(&mut self, child: Ref) {
        match child.known() {
            Known::Hash(place) => self.out.hash(&self.fixed[place]),
            Known::Inline(_) => unreachable!("a node that is referred to by hash has one"),
            Known::Pending(number) => match number.checked_sub(self.hashes.len()) {
                None => self.out.hash(&self.hashes[number]),
                Some(waiting) => {
                    let child = &mut self.entries[waiting];
                    child.hole = Some(Hole {
                        parent: self.entry,
                        at: self.out.at as u32,
                    });
                    self.height = self.height.max(child.height + 1);
                    self.out.skip(32);
                }
            },
        }
    }

    /// Writes a storage root's hash over the one in an account's leaf, or leaves a hole for it.
    #[inline]
    pub(super) fn put_link(&mut self, root: Ref) {
        let end = self.out.at;
        self.out.at -= LINK_FROM_END;
        self.put_hash(root);
        self.out.at = end;
    }

    /// # Panics
    ///
    /// If the node is not as long as was planned: what stood there before would be hashed with it.
    pub(super) fn end(self) -> Written {
        Written {
            id: self.id,
            place: self.place,
            length: self.out.end(),
            height: self.height,
        }
    }
}

//! Getting rid of nodes that no one needs.

use super::{
    WorldState,
    heap::{Heap, Id, Writer},
};
use std::sync::Arc;

/// Below so many bytes, nodes that are not needed any more are left where they are.
const LEAST_BYTES: usize = 1 << 20;

impl WorldState {
    /// Moves to a heap of its own if more than half of this one is not needed. Spread over the changes that made it so,
    /// that costs less than they did.
    pub(super) fn compact(&mut self) {
        let bytes = self.forest.heap.bytes();
        if bytes <= LEAST_BYTES || bytes / 2 <= self.needed_bytes {
            return;
        }
        let mut writer = Writer::new(Arc::default());
        self.root.id = copy(&self.forest.heap, self.root.id, &mut writer);
        let mut heap = Heap::default();
        heap.seal(writer.into_chunks());
        self.needed_bytes = heap.bytes();
        self.forest.heap = heap;
    }
}

/// Copies a node and all below it, that of a storage trie below its account's leaf included. Recursion is bounded by two
/// keys' nibbles.
fn copy(from: &Heap, id: Id, to: &mut Writer) -> Id {
    if id == Id::NONE {
        return id;
    }
    let node = from.node(id);
    let mut ids = [Id::NONE; 16];
    let count = node.shape.ids();
    for (rank, id) in ids[..count].iter_mut().enumerate() {
        *id = copy(from, node.id(rank), to);
    }
    let ids = ids.into_iter().take(count);
    let record = to.begin(node.shape, ids, node.rlp.len());
    record.encoding.copy_from_slice(node.rlp);
    record.id
}

//! Getting rid of nodes that no one needs.

use super::{
    WorldState,
    heap::{Heap, Id, Writer},
};
use crate::Engine;
use rayon::prelude::*;
use std::sync::Arc;

/// Below so many bytes, nodes that are not needed any more are left where they are.
const LEAST_BYTES: usize = 1 << 20;

/// So many bytes take a millisecond or more to copy.
pub(super) const WORTH_THREADS_BYTES: usize = 4 << 20;

impl WorldState {
    /// Moves to a heap of its own if this one is more than twice as large as when it last held nothing else than what was
    /// needed. Spread over the changes that made it so, that costs less than they did.
    pub(super) fn compact(&mut self, engine: &Engine) {
        let from = &self.forest.heap;
        if from.bytes() <= LEAST_BYTES || from.bytes() / 2 <= self.needed_bytes {
            return;
        }
        let mut to = Writer::new(Arc::default());
        let id = match engine.threads() > 1 && self.needed_bytes >= WORTH_THREADS_BYTES {
            true => engine.install(|| copy_in_threads(from, self.root.id, &mut to)),
            false => copy(from, self.root.id, &mut to),
        };
        self.root.id = id;
        let mut heap = Heap::default();
        heap.seal(to.into_chunks());
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
    copy_with(from, id, to, |ids, to| {
        for id in ids {
            *id = copy(from, *id, to);
        }
    })
}

/// The same; what is below the first fork is shared out among the threads of the pool that it runs in.
fn copy_in_threads(from: &Heap, id: Id, to: &mut Writer) -> Id {
    if id == Id::NONE {
        return id;
    }
    copy_with(from, id, to, |ids, to| match ids {
        [id] => *id = copy_in_threads(from, *id, to),
        ids => {
            let writers: Vec<Writer> = ids.iter().map(|_| to.beside()).collect();
            let parts = ids.par_iter_mut().zip(writers);
            let parts: Vec<Writer> = parts
                .map(|(id, mut writer)| {
                    *id = copy(from, *id, &mut writer);
                    writer
                })
                .collect();
            for part in parts {
                to.adopt(part);
            }
        }
    })
}

/// Copies one node, given how to copy those that it leads to.
fn copy_with(
    from: &Heap,
    id: Id,
    to: &mut Writer,
    below: impl FnOnce(&mut [Id], &mut Writer),
) -> Id {
    let node = from.node(id);
    let mut ids = [Id::NONE; 16];
    let ids = &mut ids[..node.shape.ids()];
    for (rank, id) in ids.iter_mut().enumerate() {
        *id = node.id(rank);
    }
    below(ids, to);
    let record = to.begin(node.shape, ids.iter().copied(), node.rlp.len());
    record.encoding.copy_from_slice(node.rlp);
    record.id
}

//! The nodes that wait, hashed level by level.

use super::{Entry, HASH, INLINE, Known, Plan, Ref, number};
use crate::{
    backend::{Hole, Levels},
    trie::heap::Writer,
};

/// Bytes of encodings that are hashed at the latest when they have come together, unless a device wants more.
///
/// Some thousand nodes, so that no lane is idle but at the topmost levels, and few enough that they still lie in the
/// second-level cache when they are hashed.
pub(super) const HASH_AT_BYTES: usize = 1 << 18;

impl Plan {
    /// True if so much waits that it should be hashed before more comes.
    #[inline]
    pub(in crate::trie) fn is_full(&self) -> bool {
        self.waiting_bytes >= self.hash_at_bytes
    }

    /// Hashes all nodes that wait, from the lowest level up.
    pub(in crate::trie) fn hash(&mut self) {
        let _hash = tracing::trace_span!(target: "phalanx::trie", "hash").entered();
        if self.entries.is_empty() {
            return;
        }
        let first = self.hashes.len();
        self.hashes.resize(first + self.entries.len(), [0; 32]);
        let at_once = self.engine.levels_bytes().is_some() && self.hash_at_once(first);
        if !at_once {
            for level in 0..self.levels.len() {
                self.hash_level(level, first);
            }
        }
        // Levels that are there have nodes.
        self.levels.clear();
        self.entries.clear();
        self.waiting_bytes = 0;
    }

    /// Hashes the nodes of one level, which wait for nothing any more. The entries' hashes stand from `first` on.
    fn hash_level(&mut self, level: usize, first: usize) {
        let level = &self.levels[level];
        let messages: Vec<&[u8]> = level
            .iter()
            .map(|place| &self.entries[*place as usize])
            .map(|entry| self.writer.bytes(entry.encoding, entry.length as usize))
            .collect();
        let mut hashes = vec![[0; 32]; messages.len()];
        self.engine.keccak256_into(&messages, &mut hashes);
        for (place, hash) in level.iter().zip(&hashes) {
            let place = *place as usize;
            self.hashes[first + place] = *hash;
            fill(&self.entries, place, &mut self.writer, hash);
        }
    }

    /// Hashes all levels on a device, if that takes them.
    fn hash_at_once(&mut self, first: usize) -> bool {
        let entries = self.entries.iter();
        let messages: Vec<&[u8]> = entries
            .clone()
            .map(|entry| self.writer.bytes(entry.encoding, entry.length as usize))
            .collect();
        let holes: Vec<Option<Hole>> = entries.map(|entry| entry.hole).collect();
        let levels = Levels {
            messages: &messages,
            holes: &holes,
            levels: &self.levels,
        };
        let hashes = &mut self.hashes[first..];
        if !self.engine.keccak256_levels(&levels, hashes) {
            return false;
        }
        for (place, hash) in hashes.iter().enumerate() {
            fill(&self.entries, place, &mut self.writer, hash);
        }
        true
    }

    /// Forgets all nodes, which must be hashed, but for references to some of them.
    pub(in crate::trie) fn forget_but<'r>(&mut self, kept: impl Iterator<Item = &'r mut Ref>) {
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
}

/// Puts an entry's hash where it is awaited.
#[inline]
fn fill(entries: &[Entry], place: usize, writer: &mut Writer, hash: &[u8; 32]) {
    if let Some(hole) = entries[place].hole {
        let parent = &entries[hole.parent as usize];
        writer.patch(parent.encoding.plus(hole.at as usize), hash);
    }
}

//! The nodes that wait, hashed level by level.

use super::{HASH, INLINE, Known, Plan, Ref, number};

/// Bytes of encodings that are hashed at the latest when they have come together.
///
/// Some thousand nodes, so that no lane is idle but at the topmost levels, and few enough that they still lie in the
/// second-level cache when they are hashed.
const HASH_AT_BYTES: usize = 1 << 18;

impl Plan {
    /// True if so much waits that it should be hashed before more comes.
    #[inline]
    pub(in crate::trie) fn is_full(&self) -> bool {
        self.waiting_bytes >= HASH_AT_BYTES
    }

    /// Hashes all nodes that wait, from the lowest level up.
    pub(in crate::trie) fn hash(&mut self) {
        let first = self.hashes.len();
        self.hashes.resize(first + self.entries.len(), [0; 32]);
        let mut hashes = Vec::new();
        for level in &mut self.levels {
            let messages: Vec<&[u8]> = level
                .iter()
                .map(|place| &self.entries[*place as usize])
                .map(|entry| self.writer.bytes(entry.encoding, entry.length as usize))
                .collect();
            hashes.clear();
            hashes.resize(messages.len(), [0; 32]);
            self.engine.keccak256_into(&messages, &mut hashes);
            for (place, hash) in level.drain(..).zip(&hashes) {
                self.hashes[first + place as usize] = *hash;
                if let Some(hole) = self.entries[place as usize].hole {
                    let parent = &self.entries[hole.parent as usize];
                    self.writer
                        .patch(parent.encoding.plus(hole.at as usize), hash);
                }
            }
        }
        self.entries.clear();
        self.waiting_bytes = 0;
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

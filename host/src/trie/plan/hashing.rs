//! The nodes that wait, hashed level by level.

use super::{Entry, HASH, INLINE, Known, Plan, Ref, number};

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
        let _hash = tracing::trace_span!(target: "phalanx::trie", "hash").entered();
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

//! Levels of messages that hold each other's hashes, on a device: as `levels.wgsl` takes them.
//!
//! One upload, one dispatch a level, one read-back. Behind the messages of the two highest levels stand two known ones, the
//! upper with a hole for the lower's hash: a device that fills no hole, or runs a level too early, gives a wrong one.

use super::{Capacity, Dispatch, Plan, Upload, keccak};
use crate::backend::{Hole, Levels};
use phalanx_shaders::layout::{LevelNode, LevelParams, NO_HOLE};

/// Uniform buffers are counted in steps of this, so that batches of some more or fewer levels share buffers.
const LEVELS_STEP: usize = 8;

/// The messages of a batch with the known ones, in the order of rows.
pub struct Rows<'a> {
    /// For each row, its message and where its hash goes: a row, and the place in that row's message.
    rows: Vec<(&'a [u8], Option<(usize, usize)>)>,
    /// Rows of each level.
    levels: Vec<usize>,
    /// For each message of the batch, its row.
    row_of: Vec<usize>,
    /// Rows of the known messages.
    known: [usize; 2],
}

impl<'a> Rows<'a> {
    /// Puts a batch in rows, level by level; `None` if the device can't take it in one piece.
    pub fn new(batch: &Levels<'a>, known: &'a [[u8; 200]; 2], capacity: &Capacity) -> Option<Self> {
        let mut order: Vec<Vec<usize>> = Vec::new();
        for level in batch.levels.iter().filter(|level| !level.is_empty()) {
            order.push(level.iter().map(|index| *index as usize).collect());
        }
        // The known messages come after those of the batch.
        let count = batch.messages.len();
        order.resize(order.len().max(2), Vec::new());
        let [.., below, highest] = &mut order[..] else {
            unreachable!("two levels at least")
        };
        below.push(count);
        highest.push(count + 1);
        let message = |index: usize| match index.checked_sub(count) {
            None => batch.messages[index],
            Some(rank) => &known[rank],
        };
        let words: usize = (0..count + 2)
            .map(|i| keccak::stored_words(message(i)))
            .sum();
        let too_long = batch.messages.iter().any(|m| keccak::is_too_long(m));
        if too_long || count + 2 > capacity.messages || words > capacity.message_words {
            return None;
        }
        let mut row_of = vec![0; count + 2];
        for (row, index) in order.iter().flatten().enumerate() {
            row_of[*index] = row;
        }
        let hole = |index: usize| match index.checked_sub(count) {
            None => {
                let hole: Option<Hole> = batch.holes[index];
                hole.map(|hole| (row_of[hole.parent as usize], hole.at as usize))
            }
            Some(0) => Some((row_of[count + 1], KNOWN_HOLE)),
            Some(_) => None,
        };
        let rows = order.iter().flatten();
        let rows = rows.map(|index| (message(*index), hole(*index))).collect();
        Some(Self {
            rows,
            levels: order.iter().map(Vec::len).collect(),
            known: [row_of[count], row_of[count + 1]],
            row_of,
        })
    }

    /// The batch as the device takes it.
    pub fn plan(&self) -> Plan {
        let mut words = Vec::new();
        let mut starts = Vec::with_capacity(self.rows.len());
        for (message, _) in &self.rows {
            starts.push(words.len());
            keccak::store(message, &mut words);
        }
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        let mut nodes = Vec::with_capacity(3 * self.rows.len());
        for ((message, hole), start) in self.rows.iter().zip(&starts) {
            let hole = hole.map_or(NO_HOLE, |(parent, at)| {
                let at = 4 * starts[parent] + at;
                bytes[at..at + 32].fill(0);
                // All fit: a batch has at most 2^25 bytes.
                at as u32
            });
            nodes.extend([*start as u32, message.len() as u32, hole]);
        }
        const { assert!(size_of::<LevelNode>() == 12, "a node is three words") };
        let mut uniforms = Vec::new();
        let mut dispatches = Vec::new();
        let mut first = 0;
        for (uniform, count) in self.levels.iter().enumerate() {
            let count = *count as u32;
            let params = LevelParams { first, count };
            uniforms.push(bytemuck::bytes_of(&params).to_vec());
            dispatches.push(Dispatch {
                stage: "levels",
                invocations: count,
                uniform,
            });
            first += count;
        }
        let nothing = vec![0; size_of::<LevelParams>()];
        uniforms.resize(uniforms.len().next_multiple_of(LEVELS_STEP), nothing);
        Plan {
            program: "levels",
            uniforms,
            uploads: vec![
                Upload {
                    name: "messages",
                    words,
                },
                Upload {
                    name: "nodes",
                    words: nodes,
                },
            ],
            scratch: Vec::new(),
            constants: &[],
            output: ("digests", self.rows.len() * keccak::DIGEST_WORDS),
            dispatches,
        }
    }

    /// The digest of a message of the batch; `None` if the device has not written it.
    pub fn digest(&self, output: &[u32], message: usize) -> Option<[u8; 32]> {
        keccak::digest(output, self.row_of[message])
    }

    /// The digests of the known messages.
    pub fn known(&self, output: &[u32]) -> [Option<[u8; 32]>; 2] {
        self.known.map(|row| keccak::digest(output, row))
    }
}

/// Where the hole of the upper known message begins: across words.
const KNOWN_HOLE: usize = 77;

/// The known messages of a number; `hash` gives what stands in the hole of the upper one at last, or zeros.
pub fn known_messages(nonce: u64, hash: &[u8; 32]) -> [[u8; 200]; 2] {
    let lower = keccak::known_message(nonce);
    let mut upper = keccak::known_message(!nonce);
    upper[KNOWN_HOLE..KNOWN_HOLE + 32].copy_from_slice(hash);
    [lower, upper]
}

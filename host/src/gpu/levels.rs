//! Levels of messages that hold each other's hashes, on a device: as `levels.wgsl` takes them.
//!
//! One upload, one dispatch a level, one read-back. Behind the messages of each level stands a known one, with a hole for
//! the hash of the known one below: a device that fills no hole, leaves out a level or runs one too early, gives a wrong
//! hash there and in all known ones above.

use super::{Capacity, Dispatch, Plan, Upload, keccak};
use crate::backend::{Hole, Levels};
use phalanx_shaders::layout::{LevelNode, LevelParams, NO_HOLE};
use std::iter;

/// Uniform buffers are counted in steps of this, so that batches of some more or fewer levels share buffers.
const LEVELS_STEP: usize = 8;

/// A row, and the place in that row's message.
type Target = (usize, usize);

/// The messages of a batch with the known ones, in the order of rows.
pub struct Rows<'a> {
    /// For each row, its message and where its hash goes.
    rows: Vec<(&'a [u8], Option<Target>)>,
    /// Rows of each level.
    levels: Vec<usize>,
    /// For each message of the batch, its row.
    row_of: Vec<usize>,
    /// Rows of the known messages, the lowest level's first; the last is the last row.
    known: Vec<usize>,
}

impl<'a> Rows<'a> {
    /// Puts a batch in rows, level by level; `None` if the device can't take it in one piece. `known` are the
    /// [`known_messages`] of the batch.
    pub fn new(batch: &Levels<'a>, known: &'a [KnownMessage], capacity: &Capacity) -> Option<Self> {
        let count = batch.messages.len();
        // The known messages come after those of the batch.
        let levels = occupied(batch).chain(iter::repeat(&[][..]));
        let order: Vec<Vec<usize>> = levels
            .zip(count..count + known.len())
            .map(|(level, known)| {
                let level = level.iter().map(|index| *index as usize);
                level.chain([known]).collect()
            })
            .collect();
        let message = |index: usize| match index.checked_sub(count) {
            None => batch.messages[index],
            Some(level) => &known[level],
        };
        let all = count + known.len();
        let words: usize = (0..all).map(|i| keccak::stored_words(message(i))).sum();
        let too_long = batch.messages.iter().any(|m| keccak::is_too_long(m));
        if too_long || all > capacity.messages || words > capacity.message_words {
            return None;
        }
        let mut row_of = vec![0; all];
        for (row, index) in order.iter().flatten().enumerate() {
            row_of[*index] = row;
        }
        let hole = |index: usize| match index.checked_sub(count) {
            None => {
                let hole: Option<Hole> = batch.holes[index];
                hole.map(|hole| (row_of[hole.parent as usize], hole.at as usize))
            }
            Some(_) => row_of.get(index + 1).map(|&row| (row, KNOWN_HOLE)),
        };
        let rows = order.iter().flatten();
        let rows = rows.map(|index| (message(*index), hole(*index))).collect();
        Some(Self {
            rows,
            levels: order.iter().map(Vec::len).collect(),
            known: row_of[count..].to_vec(),
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

    /// The digests of the known messages, the lowest level's first; `None` for those that the device has not written.
    pub fn known(&self, output: &[u32]) -> impl Iterator<Item = Option<[u8; 32]>> {
        self.known.iter().map(|row| keccak::digest(output, *row))
    }
}

/// Levels that have messages.
fn occupied<'a>(batch: &Levels<'a>) -> impl Iterator<Item = &'a [u32]> {
    let levels = batch.levels.iter().map(Vec::as_slice);
    levels.filter(|level| !level.is_empty())
}

/// A message whose hash the CPU knows.
pub type KnownMessage = [u8; 200];

/// Where the hole of a known message begins: across words.
const KNOWN_HOLE: usize = 77;
/// Where its level stands, so that no two of a batch are the same.
const KNOWN_LEVEL: usize = 140;

/// The known messages of a number, with nothing in their holes: one for each level of a batch that has messages, and one for
/// a batch that has none.
pub fn known_messages(nonce: u64, batch: &Levels<'_>) -> Vec<KnownMessage> {
    let levels = occupied(batch).count().max(1);
    (0..levels as u32)
        .map(|level| {
            let mut message = keccak::known_message(nonce);
            message[KNOWN_LEVEL..KNOWN_LEVEL + 4].copy_from_slice(&level.to_be_bytes());
            message
        })
        .collect()
}

/// The hashes of known messages, by a function that hashes one.
pub fn known_hashes(known: &[KnownMessage], hash: impl Fn(&[u8]) -> [u8; 32]) -> Vec<[u8; 32]> {
    let mut hashes: Vec<[u8; 32]> = Vec::with_capacity(known.len());
    for message in known {
        let mut message = *message;
        if let Some(below) = hashes.last() {
            message[KNOWN_HOLE..KNOWN_HOLE + 32].copy_from_slice(below);
        }
        hashes.push(hash(&message));
    }
    hashes
}

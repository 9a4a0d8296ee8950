//! What is proven by its hash.

use super::{
    decode,
    node::{Node, Shape},
};
use crate::Engine;
use alloy_primitives::{B256, Bytes};
use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU32, Ordering},
};

/// Nodes and codes of a witness, each known by its Keccak-256, computed here.
///
/// Nodes are read where they lie, never copied. What kind of node an item is, or that it is none, is told when it is
/// first asked for, and kept.
#[derive(Debug, Default)]
pub struct Preimages {
    items: Vec<Bytes>,
    hashes: Vec<B256>,
    /// Of each item, [`Shape::to_bits`]; 0 if the item was not asked for as a node, or is none.
    shapes: Vec<AtomicU32>,
    index: Index,
    distinct: usize,
}

impl Preimages {
    /// Hashes all `items` in one batch. Their order and repetitions don't matter.
    pub fn new(engine: &Engine, items: impl IntoIterator<Item = Bytes>) -> Self {
        let items: Vec<Bytes> = items.into_iter().collect();
        let hashes = engine.keccak256(&items);
        let (index, distinct) = Index::new(&hashes);
        let mut shapes = Vec::new();
        shapes.resize_with(items.len(), AtomicU32::default);
        Self {
            items,
            hashes,
            shapes,
            index,
            distinct,
        }
    }

    /// The bytes that have the hash.
    pub fn get(&self, hash: &B256) -> Option<&Bytes> {
        self.items.get(self.index.find(&self.hashes, hash)?)
    }

    /// How many different items there are.
    pub fn len(&self) -> usize {
        self.distinct
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.distinct == 0
    }

    /// The node that has the hash, or why the bytes that have it are no node.
    pub(super) fn node(&self, hash: &[u8; 32]) -> Option<Result<Node<'_>, &'static str>> {
        let place = self.index.find(&self.hashes, hash.into())?;
        let (rlp, known) = (self.items.get(place)?, self.shapes.get(place)?);
        // Whoever comes first stores what all others would store.
        let shape = match Shape::from_bits(known.load(Ordering::Relaxed)) {
            Some(shape) => shape,
            None => match decode::check(rlp) {
                Ok(shape) => {
                    known.store(shape.to_bits(), Ordering::Relaxed);
                    shape
                }
                Err(reason) => return Some(Err(reason)),
            },
        };
        let ids = &[];
        Some(Ok(Node { shape, ids, rlp }))
    }
}

/// Places by hash: a table with open addressing, at most half full.
#[derive(Debug, Default)]
struct Index {
    /// Each a place plus one; 0 if empty.
    slots: Vec<u32>,
    /// Whoever writes a witness can make hashes that begin alike, but can't know these words, and with them which
    /// hashes share a slot.
    secret: [u64; 2],
}

impl Index {
    /// Of places that have the same hash, the first one counts. Also how many hashes there are.
    fn new(hashes: &[B256]) -> (Self, usize) {
        let random = RandomState::new();
        let mut index = Self {
            slots: vec![0; (2 * hashes.len()).next_power_of_two()],
            secret: [random.hash_one(0), random.hash_one(1) | 1],
        };
        let mut distinct = 0;
        for (place, hash) in (1..).zip(hashes) {
            let mut slot = index.first_slot(hash);
            loop {
                match index.slots[slot].checked_sub(1) {
                    None => {
                        index.slots[slot] = place;
                        distinct += 1;
                        break;
                    }
                    Some(other) if hashes[other as usize] == *hash => break,
                    Some(_) => slot = (slot + 1) & (index.slots.len() - 1),
                }
            }
        }
        (index, distinct)
    }

    fn find(&self, hashes: &[B256], hash: &B256) -> Option<usize> {
        let mut slot = self.first_slot(hash);
        loop {
            let place = self.slots.get(slot)?.checked_sub(1)? as usize;
            if hashes.get(place)? == hash {
                return Some(place);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    fn first_slot(&self, hash: &B256) -> usize {
        let word = |at: usize| {
            let bytes = hash[at..at + 8].first_chunk().expect("eight bytes");
            u64::from_le_bytes(*bytes)
        };
        let mixed = word(0) ^ word(8).rotate_left(32) ^ self.secret[0];
        let product = u128::from(mixed) * u128::from(self.secret[1]);
        let folded = (product >> 64) as u64 ^ product as u64;
        folded as usize & self.slots.len().saturating_sub(1)
    }
}

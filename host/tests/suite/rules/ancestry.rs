//! Blocks known so far, as the ancestry that ommer rules ask.

use alloy_consensus::Header;
use alloy_primitives::{B256, U256};
use phalanx::{
    block::header_hash,
    chain::{ChainSpec, Rules},
    rules::Ancestry,
};
use std::collections::HashMap;

struct Entry {
    header: Header,
    ommers: Vec<B256>,
    /// Difficulty of the block and all before it.
    total_difficulty: U256,
}

/// Blocks of one chain, with forks.
pub(super) struct Known {
    pub(super) chain: ChainSpec,
    blocks: HashMap<B256, Entry>,
}

impl Known {
    pub(super) fn new(chain: ChainSpec) -> Self {
        Self {
            chain,
            blocks: HashMap::new(),
        }
    }

    pub(super) fn add(&mut self, header: &Header, ommers: &[Header]) {
        let before = self
            .total_difficulty(header.parent_hash)
            .unwrap_or_default();
        let entry = Entry {
            header: header.clone(),
            ommers: ommers.iter().map(header_hash).collect(),
            total_difficulty: before + header.difficulty,
        };
        self.blocks.insert(header_hash(header), entry);
    }

    fn total_difficulty(&self, hash: B256) -> Option<U256> {
        self.blocks.get(&hash).map(|entry| entry.total_difficulty)
    }
}

impl Ancestry for Known {
    fn header(&self, hash: B256) -> Option<&Header> {
        self.blocks.get(&hash).map(|entry| &entry.header)
    }

    fn ommer_hashes(&self, block: B256) -> Option<Vec<B256>> {
        self.blocks.get(&block).map(|entry| entry.ommers.clone())
    }

    fn rules(&self, header: &Header) -> Rules {
        let reached = self.total_difficulty(header.parent_hash);
        self.chain
            .rules_at(header.number, header.timestamp, reached)
    }
}

//! An era1 archive: the header chain, the bodies, the receipts and the accumulator; with the genesis state at hand
//! and block 0 in the archive, full execution as well.

use super::{accumulator, export::Line, groundwork::Groundwork, report::CaseReport};
use crate::{
    block::{Block, BlockDecodeError},
    exec::{Executor, Receipt, receipts},
    input::Era1Block,
    verdict::{BlockVerdict, Check},
};
use alloy_primitives::{B256, Bytes, U256};
use alloy_rlp::{Decodable, Encodable, Header as RlpHeader};
use std::time::{Duration, Instant};

/// A block of an archive on its way from bytes.
#[derive(Debug)]
pub(super) struct Entry {
    raw: Option<Era1Block>,
    total_difficulty: U256,
    block: Result<Block, BlockDecodeError>,
    /// EIP-2718 bytes; `None` where they are malformed.
    receipts: Option<Vec<Bytes>>,
    decoding: Duration,
}

impl From<Era1Block> for Entry {
    fn from(raw: Era1Block) -> Self {
        Self {
            total_difficulty: raw.total_difficulty,
            raw: Some(raw),
            block: Err(alloy_rlp::Error::InputTooShort.into()),
            receipts: None,
            decoding: Duration::ZERO,
        }
    }
}

impl Entry {
    pub(super) fn bytes(&self) -> usize {
        self.raw.as_ref().map_or(0, |raw| {
            raw.header.len() + raw.body.len() + raw.receipts.len()
        })
    }

    pub(super) fn decode(mut self) -> Self {
        if let Some(raw) = self.raw.take() {
            let start = Instant::now();
            self.block = decode_block(&raw);
            self.receipts = decode_receipts(&raw.receipts);
            self.decoding = start.elapsed();
        }
        self
    }

    /// The block, if it is decoded and is one.
    pub(super) fn block(&self) -> Option<&Block> {
        self.block.as_ref().ok()
    }
}

/// An archive's chain, and what was seen of it so far.
#[derive(Debug)]
pub(super) struct EraLine<E> {
    line: Line<E>,
    /// Of the next block, as the archive's index has it.
    number: Option<u64>,
    /// Blocks to come that are there as ancestors alone.
    ancestors: usize,
    records: Vec<(B256, U256)>,
}

impl<E: Executor + Clone> EraLine<E> {
    pub(super) fn new(line: Line<E>, start: u64, ancestors: usize) -> Self {
        Self {
            line,
            number: Some(start),
            ancestors,
            records: Vec::new(),
        }
    }

    /// Verifies the next block. There is no verdict on one that is there as an ancestor alone; whatever is wrong with it,
    /// its descendants then lack a parent.
    pub(super) fn import(&mut self, entry: &Entry, groundwork: Groundwork) -> Option<BlockVerdict> {
        let verdict = self.verdict(entry, groundwork);
        match self.ancestors.checked_sub(1) {
            Some(left) => {
                self.ancestors = left;
                None
            }
            None => Some(verdict),
        }
    }

    fn verdict(&mut self, entry: &Entry, groundwork: Groundwork) -> BlockVerdict {
        let number = self.number;
        self.number = number.and_then(|n| n.checked_add(1));
        let block = match &entry.block {
            Ok(block) => block,
            Err(error) => return BlockVerdict::undecodable(error),
        };
        let stated = entry.total_difficulty;
        self.records.push((block.hash, stated));
        let given = entry.receipts.as_deref();
        let receipts = Some(given.unwrap_or_default());
        let mut verdict = self.line.import(block, groundwork, receipts, Some(stated));
        verdict.times.decode += entry.decoding;
        if given.is_none() {
            let reason = "the archive's receipts can't be decoded";
            verdict.fail(Check::ReceiptsRoot, "receipts", "other bytes", None, reason);
        }
        if number != Some(block.header.number) {
            let expected = number.map_or_else(String::new, |n| n.to_string());
            let got = block.header.number.to_string();
            let reason = "not the block that the archive's index has here";
            verdict.fail(Check::HeaderRules, expected, got, None, reason);
        }
        let total = self.line.total_difficulty(block.hash);
        if let Some(total) = total
            && total != Some(stated)
        {
            let reason = "total difficulty differs from the archive's";
            let got = total.map_or("more than 256 bits".into(), |total| total.to_string());
            verdict.fail(Check::HeaderRules, stated.to_string(), got, None, reason);
        }
        verdict
    }

    /// Holds all headers together against the accumulator stored in the archive.
    pub(super) fn end(&self, stored: B256, report: &mut CaseReport) {
        match accumulator::root(&self.records) {
            Some(root) if root == stored => {}
            Some(root) => report.fault(
                "accumulator",
                stored,
                root,
                "the accumulator root of the archive's headers differs",
            ),
            None => report.fault(
                "accumulator",
                accumulator::ERA_LENGTH,
                self.records.len(),
                "more blocks than an era has",
            ),
        }
    }
}

/// Header and body stand apart in the archive; joined they are the block's RLP.
fn decode_block(entry: &Era1Block) -> Result<Block, BlockDecodeError> {
    let mut body = entry.body.as_slice();
    let list = RlpHeader::decode(&mut body)?;
    if !list.list || list.payload_length != body.len() {
        return Err(alloy_rlp::Error::UnexpectedLength.into());
    }
    let payload_length = entry.header.len() + body.len();
    let mut rlp = Vec::with_capacity(payload_length + 9);
    RlpHeader {
        list: true,
        payload_length,
    }
    .encode(&mut rlp);
    rlp.extend_from_slice(&entry.header);
    rlp.extend_from_slice(body);
    Block::decode(&rlp)
}

fn decode_receipts(bytes: &[u8]) -> Option<Vec<Bytes>> {
    let mut rest = bytes;
    let decoded = Vec::<Receipt>::decode(&mut rest).ok()?;
    let mut again = Vec::with_capacity(bytes.len());
    decoded.encode(&mut again);
    if !rest.is_empty() || again != bytes {
        return None;
    }
    Some(
        receipts::encode(&decoded)
            .into_iter()
            .map(Bytes::from)
            .collect(),
    )
}

//! The block index at the end of an archive.

use super::{
    MOST_BLOCKS,
    records::{Fault, HEAD, Record, wrong},
};

/// Number of the first block, and where each starts in the file.
#[derive(Debug)]
pub(super) struct Index {
    /// No number of a block overflows.
    pub(super) first: u64,
    pub(super) starts: Vec<u64>,
}

impl Index {
    /// Reads the record's value: `start number | offset of each block from the index's start | count`, all of 8 bytes.
    pub(super) fn of(record: &Record) -> Result<Self, Fault> {
        let (words, rest) = record.value.as_chunks::<8>();
        let [first, offsets @ .., count] = words else {
            return wrong("the block index is too short");
        };
        let count = u64::from_le_bytes(*count);
        if !rest.is_empty() || count != offsets.len() as u64 || offsets.len() > MOST_BLOCKS {
            return wrong(format!(
                "the block index is for {count} blocks and has {} offsets",
                offsets.len()
            ));
        }
        let first = u64::from_le_bytes(*first);
        if first.checked_add(count).is_none() {
            return wrong("block numbers overflow");
        }
        let mut starts = Vec::with_capacity(offsets.len());
        for offset in offsets {
            let offset = i64::from_le_bytes(*offset);
            let Some(start) = record.start.checked_add_signed(offset) else {
                return wrong(format!(
                    "the block index points {offset} bytes from byte {}",
                    record.start
                ));
            };
            starts.push(start);
        }
        Ok(Self { first, starts })
    }

    /// Bytes of the whole record for so many blocks.
    pub(super) fn size(count: u64) -> Option<u64> {
        count.checked_mul(8)?.checked_add(HEAD + 16)
    }

    /// The index must point to these places and no others.
    pub(super) fn compare(&self, starts: &[u64]) -> Result<(), Fault> {
        if self.starts.len() != starts.len() {
            return wrong(format!(
                "the block index is for {} blocks; the archive has {} blocks",
                self.starts.len(),
                starts.len()
            ));
        }
        for (claimed, start) in self.starts.iter().zip(starts) {
            if claimed != start {
                return wrong(format!(
                    "the block index points to {claimed} for the block at {start}"
                ));
            }
        }
        Ok(())
    }
}

//! An era1 archive as it is written: records of type, length and value (e2store), as go-ethereum writes them.

use crate::{
    input::{
        Era1Block,
        era1::records::{
            ACCUMULATOR, BLOCK_INDEX, BODY, HEAD, HEADER, RECEIPTS, TOTAL_DIFFICULTY, VERSION,
        },
    },
    verify::accumulator,
};
use alloy_primitives::{B256, U256, keccak256};
use std::io::{self, Write};

/// Writes one archive, block by block.
#[derive(Debug)]
pub(super) struct Writer<W> {
    out: W,
    /// Bytes written so far.
    at: u64,
    /// Number of the first block.
    first: u64,
    /// Where each block starts.
    starts: Vec<u64>,
    /// Hash and total difficulty of each block.
    headers: Vec<(B256, U256)>,
}

impl<W: Write> Writer<W> {
    /// Begins an archive with this number as that of its first block.
    pub(super) fn new(out: W, first: u64) -> io::Result<Self> {
        let mut writer = Self {
            out,
            at: 0,
            first,
            starts: Vec::new(),
            headers: Vec::new(),
        };
        writer.record(VERSION, &[])?;
        Ok(writer)
    }

    /// Adds the next block.
    pub(super) fn block(&mut self, block: &Era1Block) -> io::Result<()> {
        self.starts.push(self.at);
        self.headers
            .push((keccak256(&block.header), block.total_difficulty));
        self.record(HEADER, &snappy(&block.header)?)?;
        self.record(BODY, &snappy(&block.body)?)?;
        self.record(RECEIPTS, &snappy(&block.receipts)?)?;
        let total_difficulty = block.total_difficulty.to_le_bytes::<32>();
        self.record(TOTAL_DIFFICULTY, &total_difficulty)
    }

    /// Ends the archive with the accumulator root, which it gives, and the index.
    ///
    /// # Errors
    ///
    /// If writing fails, or there are more blocks than an era has.
    pub(super) fn finish(mut self) -> io::Result<(W, B256)> {
        let root = accumulator::root(&self.headers)
            .ok_or_else(|| io::Error::other("more blocks than an era has"))?;
        self.record(ACCUMULATOR, root.as_slice())?;
        let mut index = self.first.to_le_bytes().to_vec();
        for start in &self.starts {
            // From the index back: the two's complement of a negative offset.
            index.extend(start.wrapping_sub(self.at).to_le_bytes());
        }
        index.extend((self.starts.len() as u64).to_le_bytes());
        self.record(BLOCK_INDEX, &index)?;
        self.out.flush()?;
        Ok((self.out, root))
    }

    fn record(&mut self, ty: u16, value: &[u8]) -> io::Result<()> {
        let length = u32::try_from(value.len()).map_err(io::Error::other)?;
        self.out.write_all(&ty.to_le_bytes())?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(&[0; 2])?;
        self.out.write_all(value)?;
        self.at += HEAD + u64::from(length);
        Ok(())
    }
}

fn snappy(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes)?;
    encoder
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}

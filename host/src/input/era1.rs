//! era1 archives: the history before the merge, 8,192 blocks a file, in records of type, length and value (e2store).

use super::{Era1Block, Era1Case, InputError, Limits, stream};
use alloy_primitives::{B256, U256};
use std::io::{self, Read};

const VERSION: u16 = 0x3265;
const HEADER: u16 = 0x03;
const BODY: u16 = 0x04;
const RECEIPTS: u16 = 0x05;
const TOTAL_DIFFICULTY: u16 = 0x06;
const ACCUMULATOR: u16 = 0x07;
const BLOCK_INDEX: u16 = 0x3266;

/// Blocks of one archive at most.
const MOST_BLOCKS: usize = 8192;
/// Bytes of one value as stored. The largest blocks and receipts of that time have under 2 MB.
const MOST_STORED: u64 = 64 << 20;
/// Bytes of one value expanded: snappy at its best makes 1 of 21.
const MOST_EXPANDED: u64 = 256 << 20;

/// Reads an archive. An error of the stream under it is handed up as such.
pub(super) fn read(
    source: &mut dyn Read,
    limits: &Limits,
) -> io::Result<Result<Era1Case, InputError>> {
    let mut records = Records {
        source,
        at: 0,
        expanded: 0,
        limits,
    };
    match archive(&mut records) {
        Ok(case) => Ok(Ok(case)),
        Err(Fault::Stream(error)) => Err(error),
        Err(Fault::Format(error)) => Ok(Err(error)),
    }
}

enum Fault {
    Stream(io::Error),
    Format(InputError),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

fn wrong<T>(reason: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Format(InputError::Era1(reason.into())))
}

struct Records<'a> {
    source: &'a mut dyn Read,
    /// Bytes read so far.
    at: u64,
    /// Bytes expanded so far.
    expanded: u64,
    limits: &'a Limits,
}

struct Record {
    ty: u16,
    /// Where it starts in the file.
    start: u64,
    value: Vec<u8>,
}

impl Records<'_> {
    fn next(&mut self) -> Result<Option<Record>, Fault> {
        let start = self.at;
        let mut head = [0; 8];
        let got = stream::fill(self.source, &mut head)?;
        if got == 0 {
            return Ok(None);
        }
        let [t0, t1, l0, l1, l2, l3, r0, r1] = head;
        let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        if got < head.len() {
            return wrong(format!("cut off in the record at byte {start}"));
        }
        if [r0, r1] != [0, 0] {
            return wrong(format!(
                "reserved bytes are set in the record at byte {start}"
            ));
        }
        if length > MOST_STORED {
            return wrong(format!("the record at byte {start} claims {length} bytes"));
        }
        let mut value = Vec::new();
        let got = (&mut *self.source).take(length).read_to_end(&mut value)? as u64;
        if got < length {
            return wrong(format!("cut off in the record at byte {start}"));
        }
        self.at += 8 + length;
        Ok(Some(Record {
            ty: u16::from_le_bytes([t0, t1]),
            start,
            value,
        }))
    }

    /// The next record, of the type that must come next.
    fn expect(&mut self, ty: u16) -> Result<Record, Fault> {
        match self.next()? {
            Some(record) if record.ty == ty => Ok(record),
            Some(record) => wrong(format!(
                "record {:#06x} at byte {} where {ty:#06x} must stand",
                record.ty, record.start
            )),
            None => wrong(format!("ends before record {ty:#06x}")),
        }
    }

    /// Expands a value (snappy, framed).
    fn expand(&mut self, record: &Record) -> Result<Vec<u8>, Fault> {
        let mut decoder = snap::read::FrameDecoder::new(record.value.as_slice());
        let left = self.limits.era1_bytes.saturating_sub(self.expanded);
        match stream::all(&mut decoder, left.min(MOST_EXPANDED)) {
            Ok(Some(bytes)) => {
                self.expanded += bytes.len() as u64;
                Ok(bytes)
            }
            Ok(None) => wrong(format!(
                "the record at byte {} expands too far",
                record.start
            )),
            Err(error) => wrong(format!("the record at byte {}: {error}", record.start)),
        }
    }
}

fn archive(records: &mut Records<'_>) -> Result<Era1Case, Fault> {
    if !records.expect(VERSION)?.value.is_empty() {
        return wrong("the version record is not empty");
    }
    let mut blocks = Vec::new();
    let mut starts = Vec::new();
    let mut accumulator = None;
    let index = loop {
        let Some(record) = records.next()? else {
            return wrong("ends before its block index");
        };
        match record.ty {
            HEADER if accumulator.is_none() && blocks.len() < MOST_BLOCKS => {
                starts.push(record.start);
                blocks.push(block(records, &record)?);
            }
            ACCUMULATOR if accumulator.is_none() => {
                let Ok(root) = B256::try_from(record.value.as_slice()) else {
                    return wrong("the accumulator root has not 32 bytes");
                };
                accumulator = Some(root);
            }
            BLOCK_INDEX => break record,
            HEADER | BODY | RECEIPTS | TOTAL_DIFFICULTY | ACCUMULATOR | VERSION => {
                return wrong(format!(
                    "record {:#06x} out of place at byte {}",
                    record.ty, record.start
                ));
            }
            // Other records may stand between, and mean nothing to this format.
            _ => {}
        }
    };
    if records.next()?.is_some() {
        return wrong("records follow the block index");
    }
    let Some(accumulator) = accumulator else {
        return wrong("has no accumulator root");
    };
    Ok(Era1Case {
        genesis: None,
        start: start_number(&index, &starts)?,
        blocks,
        accumulator,
    })
}

fn block(records: &mut Records<'_>, header: &Record) -> Result<Era1Block, Fault> {
    let header = records.expand(header)?;
    let body = records.expect(BODY)?;
    let body = records.expand(&body)?;
    let receipts = records.expect(RECEIPTS)?;
    let receipts = records.expand(&receipts)?;
    let total = records.expect(TOTAL_DIFFICULTY)?;
    let Ok(total) = <[u8; 32]>::try_from(total.value.as_slice()) else {
        return wrong(format!(
            "the total difficulty at byte {} has not 32 bytes",
            total.start
        ));
    };
    Ok(Era1Block {
        header,
        body,
        receipts,
        total_difficulty: U256::from_le_bytes(total),
    })
}

/// Checks the index, `start number | offset of each block from the index's start | count`, all of 8 bytes, and gives the
/// start number.
fn start_number(index: &Record, starts: &[u64]) -> Result<u64, Fault> {
    let (words, rest) = index.value.as_chunks::<8>();
    let [first, offsets @ .., count] = words else {
        return wrong("the block index is too short");
    };
    let count = u64::from_le_bytes(*count);
    if !rest.is_empty() || count != offsets.len() as u64 || count != starts.len() as u64 {
        return wrong(format!(
            "the block index is for {count} blocks and has {} offsets; the archive has {} blocks",
            offsets.len(),
            starts.len()
        ));
    }
    for (offset, start) in offsets.iter().zip(starts) {
        let at = index.start.checked_add_signed(i64::from_le_bytes(*offset));
        if at != Some(*start) {
            return wrong(format!(
                "the block index points to {at:?} for the block at {start}"
            ));
        }
    }
    let first = u64::from_le_bytes(*first);
    match first.checked_add(count) {
        Some(_) => Ok(first),
        None => wrong("block numbers overflow"),
    }
}

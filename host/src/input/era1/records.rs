//! Records of type, length and value (e2store), as era1 archives are made of them.

use crate::input::{InputError, Limits, stream};
use std::io::{self, Read};

/// The first record of a file. It has no value.
pub(crate) const VERSION: u16 = 0x3265;
/// A header: RLP, snappy in frames.
pub(crate) const HEADER: u16 = 0x03;
/// A body: RLP, snappy in frames.
pub(crate) const BODY: u16 = 0x04;
/// A block's receipts: RLP, snappy in frames.
pub(crate) const RECEIPTS: u16 = 0x05;
/// Total difficulty including a block: 256 bits, little-endian.
pub(crate) const TOTAL_DIFFICULTY: u16 = 0x06;
/// The accumulator root of all headers.
pub(crate) const ACCUMULATOR: u16 = 0x07;
/// Where the blocks lie; the last record.
pub(crate) const BLOCK_INDEX: u16 = 0x3266;

/// Bytes of a record before its value.
pub(crate) const HEAD: u64 = 8;

/// Bytes of one value as stored. The largest blocks and receipts of that time have under 2 MB.
const MOST_STORED: u64 = 64 << 20;
/// Bytes of one value expanded: snappy at its best makes 1 of 21.
const MOST_EXPANDED: u64 = 256 << 20;

/// Why there is no archive: the stream's fault, or the archive's.
pub(super) enum Fault {
    Stream(io::Error),
    Format(InputError),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl From<Fault> for InputError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Stream(error) => error.into(),
            Fault::Format(error) => error,
        }
    }
}

pub(super) fn wrong<T>(reason: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Format(InputError::Era1(reason.into())))
}

/// A record before its value.
pub(super) struct Head {
    pub(super) ty: u16,
    /// Where the record starts in the file.
    pub(super) start: u64,
    /// Bytes of its value.
    pub(super) length: u64,
}

/// A record of a type that is known.
pub(super) struct Record {
    /// Where it starts in the file.
    pub(super) start: u64,
    pub(super) value: Vec<u8>,
}

impl Head {
    /// Reads the head at `start` of the file; `None` at the end.
    pub(super) fn read(source: &mut dyn Read, start: u64) -> Result<Option<Self>, Fault> {
        let mut head = [0; HEAD as usize];
        let got = stream::fill(source, &mut head)?;
        if got == 0 {
            return Ok(None);
        }
        let [t0, t1, l0, l1, l2, l3, r0, r1] = head;
        let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        if got < head.len() {
            return cut_off(start);
        }
        if [r0, r1] != [0, 0] {
            return wrong(format!(
                "reserved bytes are set in the record at byte {start}"
            ));
        }
        if length > MOST_STORED {
            return wrong(format!("the record at byte {start} claims {length} bytes"));
        }
        Ok(Some(Self {
            ty: u16::from_le_bytes([t0, t1]),
            start,
            length,
        }))
    }

    /// Its value. Memory grows with the bytes that come, not with those that are claimed.
    pub(super) fn value(self, source: &mut dyn Read) -> Result<Record, Fault> {
        let Self { start, length, .. } = self;
        let mut value = Vec::new();
        let got = source.take(length).read_to_end(&mut value)? as u64;
        if got < length {
            return cut_off(start);
        }
        Ok(Record { start, value })
    }

    /// The error for a record that may not stand where it does.
    pub(super) fn out_of_place<T>(&self) -> Result<T, Fault> {
        wrong(format!(
            "record {:#06x} out of place at byte {}",
            self.ty, self.start
        ))
    }
}

fn cut_off<T>(start: u64) -> Result<T, Fault> {
    wrong(format!("cut off in the record at byte {start}"))
}

/// Records one after the other.
pub(super) struct Records<'a> {
    source: &'a mut dyn Read,
    /// Where the next one starts in the file.
    at: u64,
    /// Bytes expanded so far.
    expanded: u64,
    limits: &'a Limits,
}

impl<'a> Records<'a> {
    /// The records of a source that starts at byte `at` of the file.
    pub(super) fn new(source: &'a mut dyn Read, at: u64, limits: &'a Limits) -> Self {
        Self {
            source,
            at,
            expanded: 0,
            limits,
        }
    }

    /// Where the next record starts in the file.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The head of the next record, whose value must be read before the next.
    pub(super) fn head(&mut self) -> Result<Option<Head>, Fault> {
        Head::read(self.source, self.at)
    }

    /// The value that follows a head.
    pub(super) fn value(&mut self, head: Head) -> Result<Record, Fault> {
        // The bytes were all there, so that the sum is a place in the file.
        let size = HEAD + head.length;
        let record = head.value(self.source)?;
        self.at += size;
        Ok(record)
    }

    /// The next record, of the type that must come next.
    pub(super) fn expect(&mut self, ty: u16) -> Result<Record, Fault> {
        match self.head()? {
            Some(head) if head.ty == ty => self.value(head),
            Some(head) => wrong(format!(
                "record {:#06x} at byte {} where {ty:#06x} must stand",
                head.ty, head.start
            )),
            None => wrong(format!("ends before record {ty:#06x}")),
        }
    }

    /// Expands a value (snappy, framed).
    pub(super) fn expand(&mut self, record: &Record) -> Result<Vec<u8>, Fault> {
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

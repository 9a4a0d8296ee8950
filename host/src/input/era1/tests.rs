//! Archives read from beginning to end and by their index: both must give, or refuse, the same.

mod hostile;

use super::{ACCUMULATOR, BLOCK_INDEX, BODY, Era1Archive, HEADER, RECEIPTS, TOTAL_DIFFICULTY};
use super::{VERSION, read};
use crate::input::{Era1Block, InputError, Limits};
use alloy_primitives::{B256, U256};
use std::io::{Cursor, Write};

/// Blocks of the archives that are damaged here: more than a part and its ancestors.
const BLOCKS: u64 = 12;
/// Lengths of parts.
const SIZES: [u64; 3] = [1, 5, 8192];

fn record(ty: u16, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).expect("short");
    [&ty.to_le_bytes()[..], &length.to_le_bytes(), &[0; 2], value].concat()
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("memory");
    encoder.into_inner().expect("memory")
}

fn block(number: u64) -> Era1Block {
    Era1Block {
        header: vec![number as u8; 7],
        body: vec![number as u8; 40],
        receipts: Vec::new(),
        total_difficulty: U256::from(number),
    }
}

/// An archive in pieces: a record each, in order.
struct Pieces {
    first: u64,
    pieces: Vec<Vec<u8>>,
}

impl Pieces {
    fn new(first: u64, count: u64) -> Self {
        let mut pieces = vec![record(VERSION, &[])];
        for number in 0..count {
            let block = block(number);
            pieces.push(record(HEADER, &snappy(&block.header)));
            pieces.push(record(BODY, &snappy(&block.body)));
            pieces.push(record(RECEIPTS, &snappy(&block.receipts)));
            let total = block.total_difficulty.to_le_bytes::<32>();
            pieces.push(record(TOTAL_DIFFICULTY, &total));
        }
        pieces.push(record(ACCUMULATOR, &[7; 32]));
        Self { first, pieces }
    }

    /// Where each header record starts.
    fn starts(&self) -> Vec<i64> {
        let mut at = 0;
        let mut starts = Vec::new();
        for piece in &self.pieces {
            if piece.starts_with(&HEADER.to_le_bytes()) {
                starts.push(at);
            }
            at += piece.len() as i64;
        }
        starts
    }

    /// The archive with the index that fits.
    fn bytes(&self) -> Vec<u8> {
        let starts = self.starts();
        self.with_index(&starts, starts.len() as u64)
    }

    /// The archive with these places and this count in its index.
    fn with_index(&self, starts: &[i64], count: u64) -> Vec<u8> {
        let mut bytes = self.pieces.concat();
        let at = bytes.len() as i64;
        let mut index = self.first.to_le_bytes().to_vec();
        for start in starts {
            index.extend(start.wrapping_sub(at).to_le_bytes());
        }
        index.extend(count.to_le_bytes());
        bytes.extend(record(BLOCK_INDEX, &index));
        bytes
    }
}

/// First number, blocks and accumulator.
type Found = (u64, Vec<Era1Block>, B256);

fn from_beginning_to_end(bytes: &[u8]) -> Result<Found, InputError> {
    let case = read(&mut &bytes[..], &Limits::default()).expect("memory")?;
    assert_eq!((case.ancestors, case.genesis.is_none()), (0, true));
    let accumulator = case.accumulator.expect("a whole archive has one");
    Ok((case.start, case.blocks, accumulator))
}

fn by_parts(bytes: &[u8], size: u64) -> Result<Found, InputError> {
    let mut archive = Era1Archive::open(Cursor::new(bytes), &Limits::default())?;
    let all = archive.blocks();
    let mut blocks: Vec<Era1Block> = Vec::new();
    let mut next = all.start;
    while next < all.end {
        let end = all.end.min(next.saturating_add(size));
        let part = archive.part(next..end)?;
        assert_eq!(part.accumulator, None);
        assert_eq!(part.ancestors as u64, (next - all.start).min(8));
        assert_eq!(part.start + part.ancestors as u64, next);
        let (ancestors, own) = part.blocks.split_at(part.ancestors);
        assert_eq!(own.len() as u64, end - next);
        assert!(blocks.ends_with(ancestors));
        blocks.extend_from_slice(own);
        next = end;
    }
    Ok((all.start, blocks, archive.accumulator()))
}

/// Reads an archive in all ways, which must agree; true if it is one.
fn agree(bytes: &[u8], what: &str) -> bool {
    let expected = from_beginning_to_end(bytes);
    for size in SIZES {
        let found = by_parts(bytes, size);
        match (&expected, &found) {
            (Ok(expected), Ok(found)) => assert_eq!(expected, found, "{what}, parts of {size}"),
            (Err(InputError::Era1(_)), Err(InputError::Era1(_))) => {}
            _ => panic!("{what}, parts of {size}: {expected:?} and {found:?}"),
        }
    }
    let whole = Era1Archive::open(Cursor::new(bytes), &Limits::default());
    if let Ok(mut archive) = whole {
        assert_eq!(archive.whole().is_ok(), expected.is_ok(), "{what}");
    }
    expected.is_ok()
}

#[test]
fn whole_archives_of_any_length() {
    for first in [0, 8192, u64::MAX - 30] {
        for count in [0, 1, 2, 8, 9, 10, 30] {
            let bytes = Pieces::new(first, count).bytes();
            let what = format!("{count} blocks from {first}");
            assert!(agree(&bytes, &what));
            let (start, blocks, accumulator) = by_parts(&bytes, 3).expect("an archive");
            assert_eq!((start, accumulator), (first, B256::repeat_byte(7)));
            assert_eq!(blocks, (0..count).map(block).collect::<Vec<_>>());
        }
    }
    let bytes = Pieces::new(u64::MAX - 30, 31).bytes();
    assert!(!agree(&bytes, "numbers that overflow"));
    let most = Pieces::new(0, 8192).bytes();
    assert_eq!(by_parts(&most, 1000).expect("an archive").1.len(), 8192);
    let more = Pieces::new(0, 8193).bytes();
    assert!(from_beginning_to_end(&more).is_err() && by_parts(&more, 8193).is_err());
}

#[test]
fn other_records_may_stand_between_and_nowhere_else() {
    let plain = Pieces::new(5, BLOCKS);
    let last = plain.pieces.len();
    for place in 0..=last {
        for other in [record(0x1234, b"other"), record(0, &[])] {
            let mut pieces = Pieces::new(5, BLOCKS);
            pieces.pieces.insert(place, other);
            let between = place > 0 && (place % 4 == 1 || place >= last - 1);
            let what = format!("another record before piece {place}");
            assert_eq!(agree(&pieces.bytes(), &what), between, "{what}");
        }
        for ty in [
            VERSION,
            HEADER,
            BODY,
            RECEIPTS,
            TOTAL_DIFFICULTY,
            ACCUMULATOR,
            BLOCK_INDEX,
        ] {
            let mut pieces = Pieces::new(5, BLOCKS);
            pieces.pieces.insert(place, record(ty, &[0; 32]));
            let what = format!("record {ty:#x} before piece {place}");
            assert!(!agree(&pieces.bytes(), &what), "{what}");
        }
    }
    for gone in 0..last {
        let mut pieces = Pieces::new(5, BLOCKS);
        pieces.pieces.remove(gone);
        assert!(!agree(&pieces.bytes(), "a piece less"), "{gone}");
        let mut pieces = Pieces::new(5, BLOCKS);
        let again = pieces.pieces[gone].clone();
        pieces.pieces.insert(gone, again);
        assert!(!agree(&pieces.bytes(), "a piece twice"), "{gone}");
    }
}

#[test]
fn a_part_is_of_blocks_that_are_there() {
    let bytes = Pieces::new(100, BLOCKS).bytes();
    let mut archive = Era1Archive::open(Cursor::new(bytes), &Limits::default()).expect("whole");
    assert_eq!(archive.blocks(), 100..112);
    let backwards = std::ops::Range {
        start: 105,
        end: 104,
    };
    for range in [99..105, 0..1, 100..113, 112..113, 0..u64::MAX, backwards] {
        let error = archive.part(range.clone()).expect_err("other blocks");
        assert!(error.to_string().contains("are not in this archive"));
    }
    for at in [100, 105, 112] {
        let nothing = archive.part(at..at).expect("no blocks");
        assert_eq!((nothing.start, nothing.blocks.len()), (at, 0));
        assert_eq!(nothing.ancestors, 0);
    }
    // Parts in any order, and the same one again.
    for range in [111..112, 100..101, 103..110, 103..110, 100..112] {
        let part = archive.part(range.clone()).expect("blocks");
        let first = range.start.saturating_sub(8).max(100);
        assert_eq!(part.start, first);
        let expected: Vec<_> = (first - 100..range.end - 100).map(block).collect();
        assert_eq!(part.blocks, expected);
    }
    assert_eq!(archive.whole().expect("whole").blocks.len(), 12);
}

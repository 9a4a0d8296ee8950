//! Archives that are cut, damaged or false, and sources that lie or fail.

use super::*;
use std::{
    cell::RefCell,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

#[test]
fn cut_anywhere() {
    let bytes = Pieces::new(0, BLOCKS).bytes();
    for length in 0..bytes.len() {
        assert!(!agree(&bytes[..length], "the beginning"), "{length}");
        assert!(!agree(&bytes[length + 1..], "the end"), "{length}");
    }
    assert!(!agree(&[&bytes[..], &bytes].concat(), "twice"));
    assert!(!agree(&[&bytes[..], &[0]].concat(), "a byte more"));
}

#[test]
fn each_byte_changed() {
    let mut pieces = Pieces::new(0, BLOCKS);
    pieces.pieces.insert(9, record(0x1234, b"other"));
    let good = pieces.bytes();
    let mut accepted = 0;
    for at in 0..good.len() {
        for change in [1, 0x80] {
            let mut bytes = good.clone();
            bytes[at] ^= change;
            accepted += usize::from(agree(&bytes, &format!("byte {at} ^ {change}")));
        }
    }
    // Total difficulties, the root, the first number, and the type and value of the other record.
    let free = 32 * BLOCKS as usize + 32 + 8 + 2 + 5;
    // A bit makes a chunk of a snappy stream one to be skipped.
    let skipped = 3 * BLOCKS as usize;
    assert!(accepted > 0 && accepted <= 2 * free + skipped, "{accepted}");
}

/// Numbers that look random, the same in each run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) as usize % bound
    }
}

#[test]
fn bytes_moved_about() {
    let good = Pieces::new(0, BLOCKS).bytes();
    let mut random = Random(1);
    for round in 0..3_000 {
        let mut bytes = good.clone();
        for _ in 0..=random.below(3) {
            let from = random.below(bytes.len());
            let length = random.below(bytes.len() - from).min(200);
            let range = from..from + length;
            let taken = bytes[range.clone()].to_vec();
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => drop(bytes.splice(at..at, taken)),
                1 => drop(bytes.drain(range)),
                2 => bytes[range].fill(random.below(256) as u8),
                _ => bytes[range].reverse(),
            }
            if bytes.is_empty() {
                break;
            }
        }
        agree(&bytes, &format!("round {round}"));
    }
}

#[test]
fn indices_that_lie() {
    let pieces = Pieces::new(0, BLOCKS);
    let right = pieces.starts();
    let end = pieces.pieces.concat().len() as i64;
    assert!(agree(&pieces.with_index(&right, BLOCKS), "the right index"));
    for (block, start) in right.iter().enumerate() {
        let other = right[(block + 3) % right.len()];
        for claim in [
            0,
            7,
            8,
            start + 1,
            start - 1,
            start + 8,
            other,
            end,
            end - 40,
            end + 1,
            -1,
            i64::MAX,
            i64::MIN,
            end.wrapping_add(i64::MAX),
            end.wrapping_add(i64::MIN),
        ] {
            let mut starts = right.clone();
            starts[block] = claim;
            if claim != *start {
                let what = format!("{claim} for {start}");
                assert!(!agree(&pieces.with_index(&starts, BLOCKS), &what), "{what}");
            }
        }
    }
    let backwards: Vec<i64> = right.iter().rev().copied().collect();
    assert!(!agree(&pieces.with_index(&backwards, BLOCKS), "descending"));
    let same = vec![right[0]; right.len()];
    assert!(!agree(&pieces.with_index(&same, BLOCKS), "all the same"));
    for count in [0, 1, BLOCKS - 1, BLOCKS + 1, 8192, 8193, 1 << 61, u64::MAX] {
        let what = format!("count {count}");
        assert!(!agree(&pieces.with_index(&right, count), &what), "{what}");
    }
    for length in 0..right.len() {
        let (fewer, count) = (&right[..length], length as u64);
        assert!(!agree(&pieces.with_index(fewer, count), "fewer blocks"));
        let (later, count) = (&right[length + 1..], BLOCKS - 1 - length as u64);
        assert!(!agree(&pieces.with_index(later, count), "later blocks"));
    }
}

/// A block inside another record, to which the index points.
#[test]
fn blocks_that_overlap() {
    let inner = Pieces::new(0, 1);
    let inner = inner.pieces[1..5].concat();
    let mut pieces = Pieces::new(0, BLOCKS);
    let starts = pieces.starts();
    // Inside another record after block 1, whose end is that of the false block.
    pieces.pieces.insert(9, record(0x1234, &inner));
    let mut claims = pieces.starts();
    let inside = claims[2] - inner.len() as i64;
    assert_eq!(inside, starts[2] + 8);
    claims.insert(2, inside);
    let bytes = pieces.with_index(&claims, BLOCKS + 1);
    assert!(!agree(&bytes, "a block in a record"));
    // A part that doesn't reach it can't know; the one that holds the record does.
    let mut archive = Era1Archive::open(Cursor::new(&bytes), &Limits::default()).expect("an index");
    assert!(archive.part(11..13).is_ok());
    assert!(archive.part(0..2).is_err() && archive.part(2..3).is_err());
}

/// A source that remembers what is read of it.
struct Watched<'a> {
    bytes: Cursor<&'a [u8]>,
    seen: &'a RefCell<Vec<Range<u64>>>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let from = self.bytes.position();
        let count = self.bytes.read(buffer)?;
        self.seen.borrow_mut().push(from..from + count as u64);
        Ok(count)
    }
}

impl Seek for Watched<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[test]
fn nothing_else_is_read() {
    let mut pieces = Pieces::new(0, 40);
    // Bodies that are long, in more than one buffer.
    for piece in pieces.pieces.iter_mut().skip(2).step_by(4).take(40) {
        let noise: Vec<u8> = (0..40_000_u32).map(|i| ((i * i) >> 5) as u8).collect();
        *piece = record(BODY, &snappy(&noise));
    }
    let bytes = pieces.bytes();
    let starts = pieces.starts();
    let seen = RefCell::default();
    let source = Watched {
        bytes: Cursor::new(&bytes),
        seen: &seen,
    };
    let mut archive = Era1Archive::open(source, &Limits::default()).expect("an archive");
    let opened = seen.take();
    let read: u64 = opened.iter().map(|range| range.end - range.start).sum();
    assert!(read < 4_000, "{read}");
    for (first, last) in [(20, 22), (0, 1), (3, 4), (39, 40), (8, 40)] {
        archive.part(first..last).expect("blocks");
        let from = starts[first.saturating_sub(8) as usize] as u64;
        let end = bytes.len() as u64 - (8 + 16 + 8 * 40) - 40;
        let to = starts.get(last as usize).map_or(end, |start| *start as u64);
        let mut next = from;
        for range in seen.take() {
            assert_eq!(range.start, next, "{first}..{last}");
            next = range.end;
        }
        assert_eq!(next, to, "{first}..{last}");
    }
}

/// A file of any length, of which only beginning and end are anything else than `filling`.
struct Sparse {
    at: u64,
    length: u64,
    head: Vec<u8>,
    tail: Vec<u8>,
    filling: u8,
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        for byte in buffer {
            if self.at >= self.length {
                break;
            }
            let left = self.length - self.at;
            *byte = match usize::try_from(self.at)
                .ok()
                .and_then(|at| self.head.get(at))
            {
                Some(byte) => *byte,
                None if left <= self.tail.len() as u64 => {
                    self.tail[self.tail.len() - left as usize]
                }
                None => self.filling,
            };
            self.at += 1;
            count += 1;
        }
        Ok(count)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[test]
fn files_of_any_length() {
    for length in [
        1 << 20,
        i64::MAX as u64,
        i64::MAX as u64 + 1,
        u64::MAX - 100,
        u64::MAX,
    ] {
        for offset in [
            -1,
            -64,
            -72,
            -500,
            -(1 << 19),
            i64::MIN + 1,
            i64::MIN,
            i64::MAX,
        ] {
            for filling in [0xff, 0x03] {
                let index = [
                    &0_u64.to_le_bytes()[..],
                    &offset.to_le_bytes(),
                    &1_u64.to_le_bytes(),
                ];
                let tail = record(BLOCK_INDEX, &index.concat());
                // A header record that claims all that may be claimed, just before the index.
                let mut claim = record(HEADER, &[]);
                claim[2..6].copy_from_slice(&(64_u32 << 20).to_le_bytes());
                let tail = [claim, vec![filling; 64], tail].concat();
                let source = Sparse {
                    at: 0,
                    length,
                    head: record(VERSION, &[]),
                    tail,
                    filling,
                };
                let opened = Era1Archive::open(source, &Limits::default());
                let error = opened.map(|_| ()).expect_err("no archive");
                assert!(matches!(error, InputError::Era1(_)), "{error}");
            }
        }
    }
}

/// A source that fails from one of its calls on.
struct Failing {
    bytes: Cursor<Vec<u8>>,
    left: usize,
}

impl Failing {
    fn call(&mut self) -> io::Result<()> {
        let left = self.left.checked_sub(1);
        self.left = left.ok_or_else(|| io::Error::other("gone"))?;
        Ok(())
    }
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.call()?;
        self.bytes.read(buffer)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.call()?;
        self.bytes.seek(to)
    }
}

#[test]
fn sources_that_fail() {
    let bytes = Pieces::new(0, BLOCKS).bytes();
    let mut whole = 0;
    for left in 0..100 {
        let source = Failing {
            bytes: Cursor::new(bytes.clone()),
            left,
        };
        let read = Era1Archive::open(source, &Limits::default())
            .and_then(|mut archive| archive.part(5..9));
        match read {
            Ok(_) => whole += 1,
            Err(InputError::Io(error)) => assert_eq!(error.to_string(), "gone"),
            Err(other) => panic!("{left}: {other}"),
        }
    }
    assert!((1..100).contains(&whole));
}

#[test]
fn parts_expand_no_further_than_allowed() {
    let bytes = Pieces::new(0, BLOCKS).bytes();
    let limits = Limits {
        era1_bytes: 47 * 3,
        ..Limits::default()
    };
    let mut archive = Era1Archive::open(Cursor::new(bytes), &limits).expect("an archive");
    assert!(archive.part(0..3).is_ok() && archive.part(1..3).is_ok());
    let error = archive.part(0..4).expect_err("too much");
    assert!(error.to_string().contains("expands too far"), "{error}");
    assert!(archive.part(9..10).is_err() && archive.whole().is_err());
}

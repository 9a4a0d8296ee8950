//! An archive opened by its index, from which any blocks can be read.

use super::{
    Kind, MOST_BLOCKS, block,
    index::Index,
    kind, no_accumulator,
    records::{BLOCK_INDEX, BODY, Fault, HEAD, HEADER, Head, RECEIPTS, Records, TOTAL_DIFFICULTY},
    root, version, whole, wrong,
};
use crate::input::{Era1Block, Era1Case, InputError, Limits, stream};
use alloy_primitives::B256;
use std::{
    io::{BufReader, Read, Seek, SeekFrom},
    ops::Range,
};

/// Blocks before a part that are read as ancestors: seven generations for ommers, and the parent of the oldest.
const ANCESTORS: usize = 8;
/// Bytes read at once after the blocks, where records are short.
const TAIL_BUFFER: usize = 512;

/// An era1 archive, opened without reading its blocks.
///
/// [`open`](Self::open) reads what stands before and after the blocks, and passes over the last one. So together with
/// parts that cover all of the blocks, every byte has been read; and if none of these is refused, [`whole`](Self::whole)
/// gives the same blocks, unless together they expand to more than the limits allow one case.
#[derive(Debug)]
pub struct Era1Archive<S> {
    source: S,
    limits: Limits,
    index: Index,
    /// Where the last block ends.
    end: u64,
    accumulator: B256,
}

impl<S: Read + Seek> Era1Archive<S> {
    /// Reads the version, the block index and the accumulator root of the archive that the source holds from its
    /// beginning to its end.
    ///
    /// The source is taken to be hostile: whatever it claims, no more memory is used than it gives bytes, and at most
    /// what `limits` allow.
    ///
    /// # Errors
    ///
    /// [`InputError::Era1`] if that is no archive, [`InputError::Io`] if the source fails.
    pub fn open(source: S, limits: &Limits) -> Result<Self, InputError> {
        Ok(Self::opened(source, limits)?)
    }

    /// Numbers of the blocks.
    pub fn blocks(&self) -> Range<u64> {
        let Index { first, starts } = &self.index;
        *first..first.saturating_add(starts.len() as u64)
    }

    /// The accumulator root stored in the archive. It is a claim until it is held against all headers.
    pub fn accumulator(&self) -> B256 {
        self.accumulator
    }

    /// Reads all blocks.
    ///
    /// # Errors
    ///
    /// [`InputError::Era1`] if the archive breaks its format, [`InputError::Io`] if the source fails.
    pub fn whole(&mut self) -> Result<Era1Case, InputError> {
        self.source.seek(SeekFrom::Start(0))?;
        let mut source = BufReader::new(&mut self.source);
        Ok(whole(&mut Records::new(&mut source, 0, &self.limits))?)
    }

    /// Reads the blocks of these numbers and, as their ancestors, up to 8 before them.
    ///
    /// Nothing else is read, so a part doesn't show
    /// - whether the accumulator is right ([`Era1Case::accumulator`] is `None`);
    /// - what is false in the blocks before the ancestors: in a whole archive no block that stands on a false one is
    ///   verified;
    /// - whether the first ancestor fits its own parent and has the right total difficulty. It is taken as the first block
    ///   of an archive is.
    ///
    /// Parts that cover all blocks, together with the root of the hashes and total difficulties of these blocks
    /// ([`accumulator::root`](crate::verify::accumulator::root)), show all of it: the first false block of an archive has
    /// right ancestors, and is refused in its part.
    ///
    /// # Errors
    ///
    /// [`InputError::Era1`] if the archive has not all of these blocks or breaks its format,
    /// [`InputError::Io`] if the source fails.
    pub fn part(&mut self, blocks: Range<u64>) -> Result<Era1Case, InputError> {
        Ok(self.part_of(blocks)?)
    }

    fn opened(mut source: S, limits: &Limits) -> Result<Self, Fault> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        version(&mut Records::new(&mut source, 0, limits))?;
        let (at, index) = index(&mut source, length, limits)?;
        let (end, accumulator) = tail(&mut source, &index, at)?;
        Ok(Self {
            source,
            limits: limits.clone(),
            index,
            end,
            accumulator,
        })
    }

    fn part_of(&mut self, blocks: Range<u64>) -> Result<Era1Case, Fault> {
        let all = self.blocks();
        if blocks.start < all.start || blocks.end > all.end || blocks.start > blocks.end {
            return wrong(format!(
                "blocks {}..{} are not in this archive of {}..{}",
                blocks.start, blocks.end, all.start, all.end
            ));
        }
        // Both are at most 8,192.
        let place = |number: u64| usize::try_from(number - all.start).unwrap_or(MOST_BLOCKS);
        let (begin, end) = (place(blocks.start), place(blocks.end));
        let first = match blocks.is_empty() {
            true => begin,
            false => begin.saturating_sub(ANCESTORS),
        };
        Ok(Era1Case {
            genesis: None,
            start: all.start + first as u64,
            blocks: self.read(first..end)?,
            ancestors: begin - first,
            accumulator: None,
        })
    }

    /// Reads blocks by their places, with the records of no meaning that follow each and precede the first of all.
    fn read(&mut self, places: Range<usize>) -> Result<Vec<Era1Block>, Fault> {
        let Some(starts) = self.index.starts.get(places.clone()) else {
            return wrong("ends before a block");
        };
        if starts.is_empty() {
            return Ok(Vec::new());
        }
        let from = match self.index.starts.get(places.start) {
            Some(start) if places.start > 0 => *start,
            _ => HEAD,
        };
        let to = self.index.starts.get(places.end).copied();
        let to = to.unwrap_or(self.end);
        self.source.seek(SeekFrom::Start(from))?;
        let mut source = BufReader::new((&mut self.source).take(to.saturating_sub(from)));
        let mut records = Records::new(&mut source, from, &self.limits);
        let mut blocks = Vec::new();
        let mut found = Vec::new();
        while let Some(head) = records.head()? {
            match kind(&head, false)? {
                Kind::Block => {
                    found.push(head.start);
                    blocks.push(block(&mut records, head)?);
                }
                Kind::Other => drop(records.value(head)?),
                Kind::Accumulator | Kind::Index => return head.out_of_place(),
            }
        }
        if records.at() != to {
            return wrong(format!("ends at byte {} before its index", records.at()));
        }
        if found != starts {
            return wrong("the block index doesn't point to the blocks");
        }
        Ok(blocks)
    }
}

/// The index and where its record starts: the last record of the file, found by its last word, the count.
fn index<S: Read + Seek>(
    source: &mut S,
    length: u64,
    limits: &Limits,
) -> Result<(u64, Index), Fault> {
    let last = |size: u64| match length.checked_sub(size) {
        // The version record stands before all others.
        Some(at) if at >= HEAD => Ok(at),
        _ => wrong(format!("has {length} bytes, too few for its block index")),
    };
    source.seek(SeekFrom::Start(last(8)?))?;
    let mut count = [0; 8];
    if stream::fill(source, &mut count)? < count.len() {
        return wrong("ends before its block index");
    }
    let count = u64::from_le_bytes(count);
    let size = Index::size(count).filter(|_| count <= MOST_BLOCKS as u64);
    let Some(size) = size else {
        return wrong(format!("the block index is for {count} blocks"));
    };
    let at = last(size)?;
    source.seek(SeekFrom::Start(at))?;
    let mut bytes = source.take(size);
    let mut records = Records::new(&mut bytes, at, limits);
    let record = records.expect(BLOCK_INDEX)?;
    if records.head()?.is_some() {
        return wrong("records follow the block index");
    }
    let index = Index::of(&record)?;
    let mut least = HEAD;
    for start in &index.starts {
        if *start < least || *start >= at {
            return wrong(format!(
                "the block index points to {start}, which is not between {least} and {at}"
            ));
        }
        least = start.saturating_add(1);
    }
    Ok((at, index))
}

/// Where the last block ends, and the accumulator root, which stands between there and the index at byte `index_at`.
fn tail<S: Read + Seek>(
    source: &mut S,
    index: &Index,
    index_at: u64,
) -> Result<(u64, B256), Fault> {
    let mut at = index.starts.last().copied().unwrap_or(HEAD);
    source.seek(SeekFrom::Start(at))?;
    let mut source = BufReader::with_capacity(TAIL_BUFFER, source);
    if !index.starts.is_empty() {
        for ty in [HEADER, BODY, RECEIPTS, TOTAL_DIFFICULTY] {
            let head = next(&mut source, at, index_at)?;
            if head.ty != ty {
                return head.out_of_place();
            }
            at = pass(&mut source, &head)?;
        }
    }
    let end = at;
    let mut accumulator = None;
    while at < index_at {
        let head = next(&mut source, at, index_at)?;
        match kind(&head, accumulator.is_some())? {
            Kind::Accumulator => {
                at += HEAD + head.length;
                accumulator = Some(root(&head.value(&mut source)?)?);
            }
            Kind::Other => at = pass(&mut source, &head)?,
            Kind::Block | Kind::Index => return head.out_of_place(),
        }
    }
    match accumulator {
        Some(accumulator) => Ok((end, accumulator)),
        None => no_accumulator(),
    }
}

/// The head of the record at `at`, which must end before the index.
fn next(source: &mut dyn Read, at: u64, index_at: u64) -> Result<Head, Fault> {
    let Some(head) = Head::read(source, at)? else {
        return wrong("ends before its block index");
    };
    match at.checked_add(HEAD + head.length) {
        Some(end) if end <= index_at => Ok(head),
        _ => wrong(format!(
            "the record at byte {at} ends after byte {index_at}, where the block index starts"
        )),
    }
}

/// Passes over a record's value; gives the place of the next record. Values end before the index, so the sum is no overflow.
fn pass<S: Read + Seek>(source: &mut BufReader<S>, head: &Head) -> Result<u64, Fault> {
    // At most 64 MiB.
    source.seek_relative(head.length as i64)?;
    Ok(head.start + HEAD + head.length)
}

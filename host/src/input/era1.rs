//! era1 archives: the history before the merge, 8,192 blocks a file, in records of type, length and value (e2store).
//!
//! An archive is the version record, the blocks (header, body, receipts and total difficulty each), the accumulator and
//! the block index. Records of other types may stand between those, and mean nothing to this format. Here it is read from
//! beginning to end; [`archive`] reads a part of it by its index. What may stand where is decided here for both.

mod archive;
mod index;
pub(crate) mod records;
#[cfg(test)]
mod tests;

pub use archive::Era1Archive;

use super::{Era1Block, Era1Case, InputError, Limits};
use alloy_primitives::{B256, U256};
use index::Index;
use records::{
    ACCUMULATOR, BLOCK_INDEX, BODY, Fault, HEADER, Head, RECEIPTS, Record, Records,
    TOTAL_DIFFICULTY, VERSION, wrong,
};
use std::io::{self, Read};

/// Blocks of one archive at most.
const MOST_BLOCKS: usize = 8192;

/// Reads an archive. An error of the stream under it is handed up as such.
pub(super) fn read(
    source: &mut dyn Read,
    limits: &Limits,
) -> io::Result<Result<Era1Case, InputError>> {
    match whole(&mut Records::new(source, 0, limits)) {
        Ok(case) => Ok(Ok(case)),
        Err(Fault::Stream(error)) => Err(error),
        Err(Fault::Format(error)) => Ok(Err(error)),
    }
}

fn whole(records: &mut Records<'_>) -> Result<Era1Case, Fault> {
    version(records)?;
    let mut blocks = Vec::new();
    let mut starts = Vec::new();
    let mut accumulator = None;
    let index = loop {
        let Some(head) = records.head()? else {
            return wrong("ends before its block index");
        };
        match kind(&head, accumulator.is_some())? {
            Kind::Block if blocks.len() < MOST_BLOCKS => {
                starts.push(head.start);
                blocks.push(block(records, head)?);
            }
            Kind::Block => return head.out_of_place(),
            Kind::Accumulator => accumulator = Some(root(&records.value(head)?)?),
            Kind::Index => break records.value(head)?,
            Kind::Other => drop(records.value(head)?),
        }
    };
    if records.head()?.is_some() {
        return wrong("records follow the block index");
    }
    let Some(accumulator) = accumulator else {
        return no_accumulator();
    };
    let index = Index::of(&index)?;
    index.compare(&starts)?;
    Ok(Era1Case {
        genesis: None,
        start: index.first,
        blocks,
        ancestors: 0,
        accumulator: Some(accumulator),
    })
}

/// What a record is that stands neither first nor in a block.
enum Kind {
    /// The header of a block, whose other records follow.
    Block,
    Accumulator,
    Index,
    /// Of no meaning to this format.
    Other,
}

/// What a record is, if it may stand where it does: before the accumulator or after it.
fn kind(head: &Head, after_accumulator: bool) -> Result<Kind, Fault> {
    match head.ty {
        HEADER if !after_accumulator => Ok(Kind::Block),
        ACCUMULATOR if !after_accumulator => Ok(Kind::Accumulator),
        BLOCK_INDEX => Ok(Kind::Index),
        HEADER | BODY | RECEIPTS | TOTAL_DIFFICULTY | ACCUMULATOR | VERSION => head.out_of_place(),
        _ => Ok(Kind::Other),
    }
}

fn version(records: &mut Records<'_>) -> Result<(), Fault> {
    if records.expect(VERSION)?.value.is_empty() {
        Ok(())
    } else {
        wrong("the version record is not empty")
    }
}

fn root(record: &Record) -> Result<B256, Fault> {
    match B256::try_from(record.value.as_slice()) {
        Ok(root) => Ok(root),
        Err(_) => wrong("the accumulator root has not 32 bytes"),
    }
}

fn no_accumulator<T>() -> Result<T, Fault> {
    wrong("has no accumulator root")
}

/// The records of a block after its first. The archive's index decides whether it stands in its place.
fn block(records: &mut Records<'_>, header: Head) -> Result<Era1Block, Fault> {
    let header = records.value(header)?;
    let header = records.expand(&header)?;
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

//! Blocks as RLP: one, or an exported chain of them, one after another.

use super::InputError;
use alloy_consensus::Header;
use alloy_primitives::{Bytes, hex};
use alloy_rlp::Decodable;

/// Bytes of a block at least: a header has six hashes, an address and a bloom filter.
const LEAST_BLOCK: usize = 6 * 33 + 21 + 259;

/// Splits concatenated RLP lists. A list cut off is an error, with the number of whole blocks before it.
pub(super) fn split(document: &Bytes) -> Result<Vec<Bytes>, InputError> {
    let mut blocks = Vec::new();
    let mut rest = document.as_ref();
    while !rest.is_empty() {
        let start = rest;
        let broken = |reason: &dyn std::fmt::Display| {
            InputError::field(
                "block RLP",
                format!("{reason} after {} whole blocks", blocks.len()),
            )
        };
        let header = alloy_rlp::Header::decode(&mut rest).map_err(|error| broken(&error))?;
        if !header.list {
            return Err(broken(&"a string where a block should be"));
        }
        // A file of nothing but short lists would take many times its length.
        if header.payload_length < LEAST_BLOCK {
            return Err(broken(&"a list too short for a block"));
        }
        rest = rest
            .get(header.payload_length..)
            .ok_or_else(|| broken(&"the end"))?;
        let block = start
            .get(..start.len() - rest.len())
            .ok_or_else(|| broken(&"the end"))?;
        blocks.push(document.slice_ref(block));
    }
    Ok(blocks)
}

/// Reads hexadecimal text, with any space in it.
pub(super) fn unhex(text: &[u8]) -> Result<Bytes, InputError> {
    let digits: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    hex::decode(digits)
        .map(Bytes::from)
        .map_err(|error| InputError::field("hexadecimal text", error))
}

/// Number of a chain's first block, if that has a header.
pub(super) fn first_number(blocks: &[Bytes]) -> Option<u64> {
    let mut block = blocks.first()?.as_ref();
    alloy_rlp::Header::decode(&mut block).ok()?;
    Header::decode(&mut block).ok().map(|header| header.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_and_nothing_else() {
        let list = |length: u16| {
            let [high, low] = length.to_be_bytes();
            [vec![0xf9, high, low], vec![1; usize::from(length)]].concat()
        };
        let two = Bytes::from([list(500), list(1000)].concat());
        assert_eq!(
            split(&two).expect("two lists"),
            [two.slice(..503), two.slice(503..)]
        );
        for bad in [
            &two[..1000],
            &[list(500), vec![5]].concat(),
            &[list(500), vec![0xc0; 100]].concat(),
            &list(300),
            &[0xc1, 0x01],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xf8],
        ] {
            assert!(split(&Bytes::copy_from_slice(bad)).is_err(), "{bad:x?}");
        }
    }
}

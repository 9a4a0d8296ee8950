//! Archives as files, by a writer of the tests' own.

use alloy_primitives::{B256, U256, keccak256};
use phalanx::{input::Era1Case, verify::accumulator};
use std::io::Write;

/// The file of a whole archive, with the accumulator root that the case has.
pub(super) fn written(case: &Era1Case) -> Vec<u8> {
    let mut out = record(0x3265, &[]);
    let mut starts = Vec::new();
    for block in &case.blocks {
        starts.push(out.len() as i64);
        out.extend(record(3, &snappy(&block.header)));
        out.extend(record(4, &snappy(&block.body)));
        out.extend(record(5, &snappy(&block.receipts)));
        out.extend(record(6, &block.total_difficulty.to_le_bytes::<32>()));
    }
    let root = case.accumulator.expect("a whole archive has one");
    out.extend(record(7, root.as_slice()));
    let at = out.len() as i64;
    let mut index = case.start.to_le_bytes().to_vec();
    index.extend(starts.iter().flat_map(|start| (start - at).to_le_bytes()));
    index.extend((starts.len() as u64).to_le_bytes());
    out.extend(record(0x3266, &index));
    out
}

/// Makes the accumulator fit the blocks, as who tampers with them would.
pub(super) fn refit(case: &mut Era1Case) {
    let blocks = case.blocks.iter();
    let records: Vec<(B256, U256)> = blocks
        .map(|block| (keccak256(&block.header), block.total_difficulty))
        .collect();
    case.accumulator = accumulator::root(&records);
}

fn record(ty: u16, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).expect("short");
    [&ty.to_le_bytes()[..], &length.to_le_bytes(), &[0; 2], value].concat()
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = snap::write::FrameEncoder::new(Vec::new());
    encoder.write_all(bytes).expect("memory");
    encoder.into_inner().expect("memory")
}

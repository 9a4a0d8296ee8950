//! An era1 archive: the header chain, the bodies, the receipts and the accumulator; with the genesis state at hand
//! and block 0 in the archive, full execution as well.

use super::{
    accumulator,
    chain::ChainVerifier,
    export::{BLOCKS_A_BATCH, compare_genesis, genesis_block},
    list,
    report::CaseReport,
    senders,
};
use crate::{
    Engine,
    block::{Block, BlockDecodeError},
    chain::ChainSpec,
    exec::{Executor, Receipt, receipts},
    input::{Era1Block, Era1Case},
    verdict::{BlockVerdict, Check},
};
use alloy_primitives::{B256, Bytes, U256};
use alloy_rlp::{Decodable, Encodable, Header as RlpHeader};
use rayon::prelude::*;
use std::time::Instant;

type Decoded = (Result<Block, BlockDecodeError>, Option<Vec<Bytes>>);

/// Verifies an archive.
pub fn verify<E: Executor>(
    engine: &Engine,
    executor: E,
    spec: ChainSpec,
    case: &Era1Case,
    report: &mut CaseReport,
) {
    let genesis = case.genesis.as_ref().filter(|_| case.start == 0);
    let genesis = genesis.map(|genesis| genesis_block(engine, genesis, &spec));
    let mut verifier = match &genesis {
        Some((header, state)) => {
            ChainVerifier::from_genesis(engine, executor, spec, header.clone(), Some(state.clone()))
        }
        None => ChainVerifier::unanchored(engine, executor, spec),
    };
    let mut records: Vec<(B256, U256)> = Vec::with_capacity(case.blocks.len());
    let mut number = Some(case.start);
    for chunk in case.blocks.chunks(BLOCKS_A_BATCH) {
        let start = Instant::now();
        let decoded: Vec<Decoded> = engine.install(|| chunk.par_iter().map(decode).collect());
        let decode_time = start.elapsed() / u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let transactions = decoded
            .iter()
            .map(|(block, _)| block.as_ref().map_or(&[][..], |b| &b.transactions));
        let recoveries = senders::recover(engine, transactions);
        for (((block, given), recovery), entry) in decoded.iter().zip(recoveries).zip(chunk) {
            let block = match block {
                Ok(block) => block,
                Err(error) => {
                    report.push(BlockVerdict::undecodable(error));
                    number = number.and_then(|n| n.checked_add(1));
                    continue;
                }
            };
            records.push((block.hash, entry.total_difficulty));
            let mut verdict = match &genesis {
                Some((header, _)) if block.header.number == 0 => {
                    let mut verdict = compare_genesis(engine, block, header);
                    let given = given.as_deref().unwrap_or_default();
                    list::given_receipts(engine, block, given, &mut verdict);
                    verdict
                }
                _ => verifier.import(
                    block,
                    recovery,
                    Some(given.as_deref().unwrap_or_default()),
                    Some(entry.total_difficulty),
                ),
            };
            verdict.times.decode += decode_time;
            if given.is_none() {
                let reason = "the archive's receipts can't be decoded";
                verdict.fail(Check::ReceiptsRoot, "receipts", "other bytes", None, reason);
            }
            if number != Some(block.header.number) {
                let expected = number.map_or_else(String::new, |n| n.to_string());
                let reason = "not the block that the archive's index has here";
                verdict.fail(
                    Check::HeaderRules,
                    expected,
                    block.header.number.to_string(),
                    None,
                    reason,
                );
            }
            let total = verifier.total_difficulty(block.hash);
            if verifier.header(block.hash).is_some() && total != Some(entry.total_difficulty) {
                let reason = "total difficulty differs from the archive's";
                let expected = entry.total_difficulty.to_string();
                let got = total.map_or("more than 256 bits".into(), |total| total.to_string());
                verdict.fail(Check::HeaderRules, expected, got, None, reason);
            }
            number = number.and_then(|n| n.checked_add(1));
            report.push(verdict);
        }
    }
    check_accumulator(case, &records, report);
}

fn check_accumulator(case: &Era1Case, records: &[(B256, U256)], report: &mut CaseReport) {
    match accumulator::root(records) {
        Some(root) if root == case.accumulator => {}
        Some(root) => report.fault(
            "accumulator",
            case.accumulator,
            root,
            "the accumulator root of the archive's headers differs",
        ),
        None => report.fault(
            "accumulator",
            accumulator::ERA_LENGTH,
            records.len(),
            "more blocks than an era has",
        ),
    }
}

/// A block and its receipts (EIP-2718 bytes), `None` where the receipts are malformed.
fn decode(entry: &Era1Block) -> Decoded {
    (decode_block(entry), decode_receipts(&entry.receipts))
}

/// Header and body stand apart in the archive; joined they are the block's RLP.
fn decode_block(entry: &Era1Block) -> Result<Block, BlockDecodeError> {
    let mut body = entry.body.as_slice();
    let list = RlpHeader::decode(&mut body)?;
    if !list.list || list.payload_length != body.len() {
        return Err(alloy_rlp::Error::UnexpectedLength.into());
    }
    let payload_length = entry.header.len() + body.len();
    let mut rlp = Vec::with_capacity(payload_length + 9);
    RlpHeader {
        list: true,
        payload_length,
    }
    .encode(&mut rlp);
    rlp.extend_from_slice(&entry.header);
    rlp.extend_from_slice(body);
    Block::decode(&rlp)
}

fn decode_receipts(bytes: &[u8]) -> Option<Vec<Bytes>> {
    let mut rest = bytes;
    let decoded = Vec::<Receipt>::decode(&mut rest).ok()?;
    let mut again = Vec::with_capacity(bytes.len());
    decoded.encode(&mut again);
    if !rest.is_empty() || again != bytes {
        return None;
    }
    Some(
        receipts::encode(&decoded)
            .into_iter()
            .map(Bytes::from)
            .collect(),
    )
}

//! A chain as a node exports it: the RLP of block after block, verified from its genesis.

use super::{body, chain::ChainVerifier, report::CaseReport, senders};
use crate::{
    Engine,
    block::{Block, BlockDecodeError, header_hash},
    chain::{ChainSpec, genesis_header},
    exec::Executor,
    input::ChainCase,
    trie::WorldState,
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::Header;
use alloy_genesis::Genesis;
use rayon::prelude::*;
use std::time::Instant;

/// Blocks whose signatures are recovered together, so that batches are full even where blocks are small.
pub const BLOCKS_A_BATCH: usize = 64;

/// Verifies an exported chain.
pub fn verify<E: Executor>(
    engine: &Engine,
    executor: E,
    spec: ChainSpec,
    case: &ChainCase,
    report: &mut CaseReport,
) {
    let genesis = case
        .genesis
        .as_ref()
        .map(|genesis| genesis_block(engine, genesis, &spec));
    let mut verifier = match &genesis {
        Some((header, state)) => {
            ChainVerifier::from_genesis(engine, executor, spec, header.clone(), Some(state.clone()))
        }
        None => ChainVerifier::unanchored(engine, executor, spec),
    };
    for chunk in case.blocks.chunks(BLOCKS_A_BATCH) {
        let start = Instant::now();
        let blocks: Vec<Result<Block, BlockDecodeError>> =
            engine.install(|| chunk.par_iter().map(|bytes| Block::decode(bytes)).collect());
        let decode = start.elapsed() / u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        let transactions = blocks
            .iter()
            .map(|block| block.as_ref().map_or(&[][..], |b| &b.transactions));
        let recoveries = senders::recover(engine, transactions);
        for (block, recovery) in blocks.iter().zip(recoveries) {
            let verdict = match (block, &genesis) {
                (Err(error), _) => BlockVerdict::undecodable(error),
                (Ok(block), Some((header, _))) if block.header.number == 0 => {
                    compare_genesis(engine, block, header)
                }
                (Ok(block), _) => {
                    let mut verdict = verifier.import(block, recovery, None, None);
                    verdict.times.decode += decode;
                    verdict
                }
            };
            report.push(verdict);
        }
    }
}

/// The genesis block's header and the state it holds.
pub fn genesis_block(engine: &Engine, genesis: &Genesis, spec: &ChainSpec) -> (Header, WorldState) {
    let state = WorldState::from_genesis_alloc(engine, &genesis.alloc);
    let root = state.root();
    (genesis_header(genesis, spec, root), state)
}

/// Verdict on a genesis block that stands in a file beside its genesis state: it is the same block, or it is not.
pub fn compare_genesis(engine: &Engine, block: &Block, genesis: &Header) -> BlockVerdict {
    let mut verdict = BlockVerdict::new(Some(block.header.number), Some(block.hash));
    verdict.transactions = block.transactions.len();
    for check in Check::ALL {
        verdict.skip(check, "a genesis block is compared, not executed");
    }
    verdict.pass(Check::Decoding);
    body::check(engine, block, &mut verdict);
    let (expected, got) = (genesis.state_root, block.header.state_root);
    verdict.compare(Check::StateRoot, &expected, &got);
    verdict.compare(Check::BlockHash, &header_hash(genesis), &block.hash);
    verdict
}

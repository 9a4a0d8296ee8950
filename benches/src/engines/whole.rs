//! Phalanx's ways with whole blocks, and the one place that names the executor which is measured.

use crate::workloads::whole::{PreStateBlock, WitnessBlock};
use phalanx::{
    Engine,
    block::Block,
    chain::ChainSpec,
    exec::Serial,
    verdict::BlockVerdict,
    verify::{header::Surroundings, prestate, stateless},
};
use rayon::prelude::*;

/// The executor that is measured.
pub type Measured = Serial;

/// It, on the engine's threads.
pub fn measured(_engine: &Engine) -> Measured {
    Serial
}

/// A block over its pre-state, from raw bytes.
pub fn verify(engine: &Engine, spec: &ChainSpec, block: &PreStateBlock) -> BlockVerdict {
    let mut decoded = Block::decode(&block.raw).expect("a mainnet block");
    if let Some(ommers) = &block.ommers {
        decoded.ommers = ommers.clone();
    }
    let known = Surroundings::alone(spec);
    prestate::over_source(engine, &measured(engine), &known, &decoded, &block.state)
}

/// Many of them, for throughput.
pub fn verify_all(
    engine: &Engine,
    spec: &ChainSpec,
    blocks: &[PreStateBlock],
) -> Vec<BlockVerdict> {
    let verify = |block: &PreStateBlock| verify(engine, spec, block);
    engine.install(|| blocks.par_iter().map(verify).collect())
}

/// Blocks by their witnesses, from raw bytes: what is decoded in the cases is replaced.
pub fn verify_witnesses(engine: &Engine, blocks: &mut [WitnessBlock]) -> Vec<BlockVerdict> {
    let verify = |block: &mut WitnessBlock| {
        block.case.block = Block::decode(&block.raw).expect("a mainnet block");
        stateless::verify(engine, &measured(engine), &block.spec, &block.case)
    };
    engine.install(|| blocks.par_iter_mut().map(verify).collect())
}

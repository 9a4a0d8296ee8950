//! Phalanx's ways with whole blocks, and the one place that names the executor which is measured.

use crate::workloads::whole::{PreStateBlock, WitnessBlock};
use phalanx::{
    Engine,
    block::Block,
    chain::ChainSpec,
    exec::{Chosen, ExecutorKind},
    verdict::BlockVerdict,
    verify::{header::Surroundings, prestate, stateless},
};
use rayon::prelude::*;

/// The executor that is measured.
pub type Measured = Chosen;

/// It, on the engine's threads: what users have who choose nothing.
pub fn measured(engine: &Engine) -> Measured {
    Chosen::new(engine, ExecutorKind::Auto)
}

/// Executors that are measured by themselves: the same, and that which always tries ahead.
pub fn executors(engine: &Engine) -> [Measured; 2] {
    let parallel = Chosen::new(engine, ExecutorKind::Parallel);
    [measured(engine), parallel]
}

/// An engine with its executor, as a client keeps them.
#[derive(Debug)]
pub struct Verifier {
    engine: Engine,
    executor: Measured,
    mainnet: ChainSpec,
}

impl Verifier {
    /// On the engine's threads.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            executor: measured(engine),
            mainnet: ChainSpec::mainnet(),
        }
    }

    /// A block over its pre-state, from raw bytes.
    pub fn one(&self, block: &PreStateBlock) -> BlockVerdict {
        let mut decoded = Block::decode(&block.raw).expect("a mainnet block");
        if let Some(ommers) = &block.ommers {
            decoded.ommers = ommers.clone();
        }
        let known = Surroundings::alone(&self.mainnet);
        prestate::over_source(&self.engine, &self.executor, &known, &decoded, &block.state)
    }

    /// Many of them, for throughput.
    pub fn all(&self, blocks: &[PreStateBlock]) -> Vec<BlockVerdict> {
        let verify = |block: &PreStateBlock| self.one(block);
        self.engine
            .install(|| blocks.par_iter().map(verify).collect())
    }

    /// Blocks by their witnesses, from raw bytes: what is decoded in the cases is replaced.
    pub fn witnesses(&self, blocks: &mut [WitnessBlock]) -> Vec<BlockVerdict> {
        let verify = |block: &mut WitnessBlock| {
            block.case.block = Block::decode(&block.raw).expect("a real block");
            stateless::verify(&self.engine, &self.executor, &block.spec, &block.case)
        };
        self.engine
            .install(|| blocks.par_iter_mut().map(verify).collect())
    }
}

//! Phalanx's ways with whole blocks, and the one place that names the executor which is measured.

use crate::workloads::{
    memory::Memory,
    whole::{PreStateBlock, WitnessBlock},
};
use phalanx::{
    Engine,
    block::Block,
    chain::ChainSpec,
    exec::{Chosen, ExecutorKind, StateSource},
    input::WitnessCase,
    pipeline::{Job, Mode, Options, Pipeline},
    verdict::BlockVerdict,
};
use std::sync::Arc;

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
}

impl Verifier {
    /// On the engine's threads.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            executor: measured(engine),
        }
    }

    /// A block over its pre-state, from raw bytes, as soon as can be.
    pub fn one(&self, block: &PreStateBlock) -> BlockVerdict {
        let mut verdicts = self.run(Mode::Latency, ChainSpec::mainnet(), [job(block)]);
        verdicts.pop().expect("a verdict")
    }

    /// Many of them, all as soon as can be.
    pub fn all(&self, blocks: &[PreStateBlock]) -> Vec<BlockVerdict> {
        let jobs: Vec<Job<Arc<Memory>>> = blocks.iter().map(job).collect();
        self.run(Mode::Throughput, ChainSpec::mainnet(), jobs)
    }

    /// Blocks by their witnesses, from raw bytes, chain by chain.
    pub fn witnesses(&self, chains: &[(ChainSpec, Vec<WitnessBlock>)]) -> Vec<BlockVerdict> {
        let of_chain = |(spec, blocks): &(ChainSpec, Vec<WitnessBlock>)| {
            let jobs: Vec<Job> = blocks.iter().map(witness_job).collect();
            self.run(Mode::Throughput, spec.clone(), jobs)
        };
        chains.iter().flat_map(of_chain).collect()
    }

    fn run<S, I>(&self, mode: Mode, spec: ChainSpec, jobs: I) -> Vec<BlockVerdict>
    where
        S: StateSource + Send + 'static,
        I: IntoIterator<Item = Job<S>>,
        I::IntoIter: Send + 'static,
    {
        let options = Options::new(mode, &self.engine);
        let pipeline = Pipeline::new(&self.engine, self.executor.clone(), spec, options);
        let verdicts = pipeline.run(jobs);
        verdicts
            .map(|verdict| verdict.expect("no defect"))
            .collect()
    }
}

fn job(block: &PreStateBlock) -> Job<Arc<Memory>> {
    let state = Arc::clone(&block.state);
    match &block.ommers {
        None => Job::over(block.raw.clone(), None, state),
        Some(ommers) => {
            let mut decoded = decode(&block.raw);
            decoded.ommers = ommers.clone();
            Job::over(decoded, None, state)
        }
    }
}

/// Decodes the block here, since a witness comes with its block decoded.
fn witness_job(block: &WitnessBlock) -> Job {
    let case = &block.case;
    Job::witness(WitnessCase {
        chain_id: case.chain_id,
        block: decode(&block.raw),
        nodes: case.nodes.clone(),
        codes: case.codes.clone(),
        headers: case.headers.clone(),
        block_hashes: case.block_hashes.clone(),
        pre_state_root: case.pre_state_root,
        post_state_root: case.post_state_root,
    })
}

fn decode(raw: &[u8]) -> Block {
    Block::decode(raw).expect("a real block")
}

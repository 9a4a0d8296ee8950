//! Phalanx's ways with whole blocks, and the one place that names the executor which is measured.

use crate::{
    Engine,
    bench::workloads::{
        made::Made,
        memory::Memory,
        whole::{PreStateBlock, WitnessBlock},
    },
    block::Block,
    chain::ChainSpec,
    exec::{Chosen, ExecutorKind, StateSource},
    input::WitnessCase,
    pipeline::{Defect, Job, Mode, Options, Pipeline},
    verdict::BlockVerdict,
    verify::chain::ChainVerifier,
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
    spec: ChainSpec,
}

/// What became of blocks, in their order.
pub type Verdicts = Result<Vec<BlockVerdict>, Defect>;

impl Verifier {
    /// On the engine's threads, for blocks of one chain.
    pub fn new(engine: &Engine, spec: ChainSpec) -> Self {
        Self {
            engine: engine.clone(),
            executor: measured(engine),
            spec,
        }
    }

    /// One transaction after the other: the obvious way, which the others are held against.
    pub fn serial(engine: &Engine, spec: ChainSpec) -> Self {
        Self {
            executor: Chosen::new(engine, ExecutorKind::Serial),
            ..Self::new(engine, spec)
        }
    }

    /// Blocks over their pre-state, from raw bytes, one after the other and each as soon as can be.
    pub fn one_by_one(&self, blocks: &[PreStateBlock]) -> Verdicts {
        let each = |block| self.run(Mode::Latency, &self.spec, [job(block)]);
        let verdicts = blocks.iter().map(each).collect::<Result<Vec<_>, _>>()?;
        Ok(verdicts.into_iter().flatten().collect())
    }

    /// The same, all of them as soon as can be.
    pub fn all(&self, blocks: &[PreStateBlock]) -> Verdicts {
        let jobs: Vec<Job<Arc<Memory>>> = blocks.iter().map(job).collect();
        self.run(Mode::Throughput, &self.spec, jobs)
    }

    /// Blocks by their witnesses, from raw bytes.
    pub fn witnesses(&self, blocks: &[WitnessBlock]) -> Verdicts {
        let jobs: Vec<Job> = blocks.iter().map(witness_job).collect();
        self.run(Mode::Throughput, &self.spec, jobs)
    }

    /// A chain from its genesis on, from raw bytes, state roots included.
    pub fn chain(&self, made: &Made) -> Verdicts {
        let chain = ChainVerifier::from_genesis(
            &self.engine,
            self.executor.clone(),
            made.spec.clone(),
            made.header.clone(),
            Some(made.state.clone()),
        );
        let jobs: Vec<Job> = made
            .blocks
            .iter()
            .map(|b| Job::next(b.raw.clone()))
            .collect();
        let pipeline = self
            .pipeline(Mode::Throughput, &made.spec)
            .with_chain(chain);
        pipeline.run(jobs).collect()
    }

    fn pipeline(&self, mode: Mode, spec: &ChainSpec) -> Pipeline<Measured> {
        let options = Options::new(mode, &self.engine);
        Pipeline::new(&self.engine, self.executor.clone(), spec.clone(), options)
    }

    fn run<S, I>(&self, mode: Mode, spec: &ChainSpec, jobs: I) -> Verdicts
    where
        S: StateSource + Send + 'static,
        I: IntoIterator<Item = Job<S>>,
        I::IntoIter: Send + 'static,
    {
        self.pipeline(mode, spec).run(jobs).collect()
    }
}

fn job(block: &PreStateBlock) -> Job<Arc<Memory>> {
    let state = Arc::clone(&block.state);
    if let Some(ommers) = &block.ommers
        && let Ok(mut decoded) = Block::decode(&block.raw)
    {
        decoded.ommers = ommers.clone();
        return Job::over(decoded, None, state);
    }
    Job::over(block.raw.clone(), None, state)
}

/// Decodes the block here, since a witness comes with its block decoded.
fn witness_job(block: &WitnessBlock) -> Job {
    let case = &block.case;
    Job::witness(WitnessCase {
        chain_id: case.chain_id,
        block: Block::decode(&block.raw).unwrap_or_else(|_| case.block.clone()),
        nodes: case.nodes.clone(),
        codes: case.codes.clone(),
        headers: case.headers.clone(),
        block_hashes: case.block_hashes.clone(),
        pre_state_root: case.pre_state_root,
        post_state_root: case.post_state_root,
    })
}

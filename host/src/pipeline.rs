//! Blocks in, verdicts out in the same order, with many blocks under way at once.
//!
//! ```
//! use phalanx::{Engine, chain::ChainSpec, exec::Serial, generate::Plan};
//! use phalanx::pipeline::{Job, Mode, Options, Pipeline};
//! use phalanx::verify::{chain::ChainVerifier, export::genesis_block};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::builder().threads(2).build()?;
//! let (genesis, blocks) = Plan { blocks: 3, ..Plan::default() }.build(&engine)?;
//! let spec = ChainSpec::from_genesis(&genesis)?;
//! let (header, state) = genesis_block(&engine, &genesis, &spec);
//! let chain = ChainVerifier::from_genesis(&engine, Serial, spec.clone(), header, Some(state));
//!
//! let options = Options::new(Mode::Throughput, &engine);
//! let pipeline = Pipeline::new(&engine, Serial, spec, options).with_chain(chain);
//! // Anything that gives jobs: it is asked for the next one when there is room for it.
//! let jobs = blocks.into_iter().map(|rlp| -> Job { Job::next(rlp) });
//! let mut verdicts = pipeline.run(jobs);
//! let first = verdicts.next().expect("a verdict for each block")?;
//! assert!(first.is_verified());
//! // To stop at any time; what is finished by then is not lost.
//! let rest = verdicts.stop();
//! assert!(rest.verdicts.iter().all(|(index, _)| [1, 2].contains(index)));
//! assert!(rest.chain.head().is_some());
//! # Ok(())
//! # }
//! ```
//!
//! # The way of a block
//!
//! | stage | what | where |
//! | --- | --- | --- |
//! | pull | the source is asked for a job | one thread at a time |
//! | decode | bytes to [`Block`](crate::block::Block) | any thread, blocks side by side |
//! | hash | roots of the body; nodes, codes and headers of a witness | the same |
//! | recover | senders and authorities, in batches across blocks | one thread begins a batch, all that are free share it |
//! | execute | the EVM, receipts, state root, verdict | any thread; blocks of a chain one after the other |
//!
//! A thread that looks for a task takes the most downstream one that is ready. So blocks that were begun are ended
//! before others are begun, and a queue is full only where the stage after it is the slowest. The queues:
//!
//! | waits for | at most |
//! | --- | --- |
//! | its verdict to be taken, or anything else | [`Options::blocks`] blocks, [`Options::bytes`] bytes and one block |
//! | decode | one block a thread |
//! | recover | the blocks that fill one batch, and one a thread |
//! | execute | [`Options::signatures`] signatures, and one batch |
//!
//! # Threads
//!
//! Tasks run on the threads of the engine's pool, whether or not somebody asks for a verdict just now; a thread goes back
//! to the pool when there is nothing to do, and no stage has a thread of its own that could only wait for another. Who
//! asks for a verdict waits for it, and runs tasks if it is a thread of the pool.
//!
//! Ask for verdicts outside of the pool, or start the pipeline and ask within one [`Engine::install`]: a thread of the pool
//! that waits for a batch may take up other work of the pool, and must not find there the one who waits for that batch.
//!
//! A source that is slow takes one thread of the pool while it is asked. With an engine of one thread, that is all there
//! is: [`Mode::Latency`] asks for a block when the one before is done, and fits such a source.
//!
//! # What is false
//!
//! A false block gets its verdict; those that stand on it have no parent then and are refused for that, and no other
//! is touched. A task that panics (a defect of Phalanx, or of the caller's source, state or executor) leaves its
//! block with a [`Defect`] in place of a verdict, and counts as a false block.

mod job;
mod metrics;
mod options;
mod scheduler;
mod stages;
mod stream;
#[cfg(test)]
mod tests;
mod window;

pub(crate) use job::{Hashes, Held, block_bytes, witness_bytes};
pub use job::{Input, Job};
pub use metrics::{Metrics, Stage, StageMetrics};
pub use options::{Mode, Options};
pub(crate) use stages::{Lane, LaneId, Stages};
pub(crate) use stream::Outcomes;

use crate::{
    Engine,
    chain::ChainSpec,
    exec::{Executor, StateSource},
    input::PreState,
    verdict::BlockVerdict,
    verify::chain::ChainVerifier,
};
use job::BlockStages;
use std::fmt;

/// Target of the pipeline's spans: one for each task, with the block's number, transactions or signatures.
pub(crate) const TARGET: &str = "phalanx::pipeline";

/// A panic in a task: there is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a panic in stage {stage}: a defect of Phalanx, or of the source, state or executor it was given"
)]
pub struct Defect {
    /// Where. In [`Stage::Pull`] it is the source's, which is not asked again.
    pub stage: Stage,
}

/// Verifies blocks of one chain.
#[derive(Debug)]
pub struct Pipeline<E> {
    engine: Engine,
    executor: E,
    spec: ChainSpec,
    options: Options,
    chain: ChainVerifier<E>,
}

impl<E: Executor + Clone + Send + Sync + 'static> Pipeline<E> {
    /// A pipeline that knows no block yet: the first job that is to follow its parent is taken without it.
    pub fn new(engine: &Engine, executor: E, spec: ChainSpec, options: Options) -> Self {
        let chain = ChainVerifier::unanchored(engine, executor.clone(), spec.clone());
        Self {
            engine: engine.clone(),
            executor,
            spec,
            options,
            chain,
        }
    }

    /// What [`Job::next`] follows.
    pub fn with_chain(mut self, chain: ChainVerifier<E>) -> Self {
        self.chain = chain;
        self
    }

    /// Verifies all that the source gives. The source is asked by one thread at a time, when there is room.
    pub fn run<S, I>(self, jobs: I) -> Verdicts<E, S>
    where
        S: StateSource + Send + 'static,
        I: IntoIterator<Item = Job<S>>,
        I::IntoIter: Send + 'static,
    {
        let mode = self.options.mode;
        let stages = BlockStages::new(
            self.engine.clone(),
            self.executor,
            self.spec,
            self.chain,
            mode,
        );
        let source = Box::new(jobs.into_iter());
        Verdicts {
            outcomes: Outcomes::start(&self.engine, self.options, stages, source),
        }
    }
}

/// Verdicts in the order of the jobs. Dropped, it stops the pipeline without waiting for tasks that run.
pub struct Verdicts<E: Executor + Send + Sync + 'static, S: StateSource + Send + 'static = PreState>
{
    outcomes: Outcomes<BlockStages<E, S>>,
}

/// What a stopped pipeline leaves.
#[derive(Debug)]
pub struct Stopped<E> {
    /// What is finished and was not taken, by index of the job, in order. Indices may be missing in between.
    pub verdicts: Vec<(u64, Result<BlockVerdict, Defect>)>,
    /// The chain as far as it was verified.
    pub chain: ChainVerifier<E>,
}

impl<E: Executor + Send + Sync + 'static, S: StateSource + Send + 'static> Verdicts<E, S> {
    /// What the pipeline has done so far.
    pub fn metrics(&self) -> Metrics {
        self.outcomes.metrics()
    }

    /// Stops: blocks that are in a task are brought to that task's end, and no other task is begun. Waits for those
    /// tasks, but not for a source that is being asked.
    pub fn stop(self) -> Stopped<E> {
        let verdicts = self.outcomes.stop();
        Stopped {
            verdicts,
            chain: self.outcomes.stages().take_chain(),
        }
    }
}

impl<E: Executor + Send + Sync + 'static, S: StateSource + Send + 'static> Iterator
    for Verdicts<E, S>
{
    type Item = Result<BlockVerdict, Defect>;

    /// Waits for the next verdict; `None` after the last. After a panic of the source, the last item is that
    /// [`Defect`].
    fn next(&mut self) -> Option<Self::Item> {
        self.outcomes.next()
    }
}

impl<E: Executor + Send + Sync + 'static, S: StateSource + Send + 'static> fmt::Debug
    for Verdicts<E, S>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdicts")
            .field("metrics", &self.metrics())
            .finish_non_exhaustive()
    }
}

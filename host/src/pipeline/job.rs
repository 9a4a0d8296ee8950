//! Blocks with their evidence, as callers of the library hand them over.

use super::{Lane, LaneId, Mode, Stages};
use crate::{
    Engine,
    block::{Block, BlockDecodeError, Transaction},
    chain::ChainSpec,
    exec::{Executor, StateSource},
    input::{PreState, WitnessCase},
    verdict::BlockVerdict,
    verify::{
        body::Roots,
        chain::ChainVerifier,
        groundwork::Groundwork,
        header::Surroundings,
        prestate,
        senders::BlockRecovery,
        stateless::{self, Proofs},
    },
};
use alloy_consensus::{Header, Transaction as _};
use alloy_primitives::Bytes;
use std::{
    marker::PhantomData,
    time::{Duration, Instant},
};

/// A block, decoded or not.
#[derive(Debug)]
pub enum Input {
    /// RLP of a whole block.
    Rlp(Bytes),
    /// A block.
    Block(Box<Block>),
}

impl From<Bytes> for Input {
    fn from(rlp: Bytes) -> Self {
        Self::Rlp(rlp)
    }
}

impl From<Block> for Input {
    fn from(block: Block) -> Self {
        Self::Block(Box::new(block))
    }
}

/// A block to verify.
#[derive(Debug)]
pub struct Job<S = PreState>(Kind<S>);

#[derive(Debug)]
enum Kind<S> {
    Over {
        block: Held,
        parent: Option<Box<Header>>,
        state: S,
    },
    Witness(Box<WitnessCase>),
    Next(Held),
}

impl<S> Job<S> {
    /// A block over the state before it, which answers BLOCKHASH too; `parent` is the header that hashes to the block's
    /// parent hash, for which the caller answers. The state root is not checked.
    pub fn over(block: impl Into<Input>, parent: Option<Header>, state: S) -> Self {
        Self(Kind::Over {
            block: block.into().into(),
            parent: parent.map(Box::new),
            state,
        })
    }

    /// A block with its execution witness.
    pub fn witness(case: WitnessCase) -> Self {
        Self(Kind::Witness(Box::new(case)))
    }

    /// A block whose parent is a job before it, or in the pipeline's chain. It is verified over its parent's state where
    /// the chain has states, and by its header, body and senders otherwise.
    pub fn next(block: impl Into<Input>) -> Self {
        Self(Kind::Next(block.into().into()))
    }

    fn block(&self) -> Option<&Block> {
        match &self.0 {
            Kind::Over { block, .. } | Kind::Next(block) => block.decoded(),
            Kind::Witness(case) => Some(&case.block),
        }
    }
}

/// A block on its way from bytes.
#[derive(Debug)]
pub(crate) enum Held {
    Rlp(Bytes),
    Block(Box<Block>, Duration),
    Broken(BlockDecodeError),
}

impl From<Input> for Held {
    fn from(input: Input) -> Self {
        match input {
            Input::Rlp(rlp) => Self::Rlp(rlp),
            Input::Block(block) => Self::Block(block, Duration::ZERO),
        }
    }
}

impl Held {
    /// The block of the bytes, and how long that took.
    pub(crate) fn decode(self) -> Self {
        let Self::Rlp(rlp) = self else { return self };
        let start = Instant::now();
        match Block::decode(&rlp) {
            Ok(block) => Self::Block(Box::new(block), start.elapsed()),
            Err(error) => Self::Broken(error),
        }
    }

    pub(crate) fn decoded(&self) -> Option<&Block> {
        match self {
            Self::Block(block, _) => Some(block),
            Self::Rlp(_) | Self::Broken(_) => None,
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Rlp(rlp) => rlp.len(),
            Self::Block(block, _) => block_bytes(block),
            Self::Broken(_) => 0,
        }
    }

    /// The verdict on the block, or on its bytes where they are none.
    pub(crate) fn judge(&self, verdict: impl FnOnce(&Block) -> BlockVerdict) -> BlockVerdict {
        match self {
            Self::Block(block, decoding) => {
                let mut verdict = verdict(block);
                verdict.times.decode += *decoding;
                verdict
            }
            Self::Broken(error) => BlockVerdict::undecodable(error),
            Self::Rlp(_) => unreachable!("blocks are decoded before they are judged"),
        }
    }
}

/// What the second stage makes of a block and its witness.
#[derive(Debug, Default)]
pub(crate) struct Hashes {
    pub(crate) roots: Roots,
    pub(crate) proofs: Option<Proofs>,
}

/// The stages of [`Job`]s.
pub(super) struct BlockStages<E, S> {
    engine: Engine,
    executor: E,
    spec: ChainSpec,
    chain: Lane<ChainVerifier<E>>,
    mode: Mode,
    state: PhantomData<fn() -> S>,
}

impl<E, S> BlockStages<E, S> {
    pub(super) fn new(
        engine: Engine,
        executor: E,
        spec: ChainSpec,
        chain: ChainVerifier<E>,
        mode: Mode,
    ) -> Self {
        Self {
            engine,
            executor,
            spec,
            chain: Lane::new(chain),
            mode,
            state: PhantomData,
        }
    }

    /// Takes the chain out of a pipeline that was stopped.
    pub(super) fn take_chain(&self) -> ChainVerifier<E> {
        self.chain.take().expect("no task runs any more")
    }
}

impl<E, S> Stages for BlockStages<E, S>
where
    E: Executor + Send + Sync + 'static,
    S: StateSource + Send + 'static,
{
    type Work = Job<S>;
    type Hashes = Hashes;
    type Output = BlockVerdict;

    fn bytes(&self, job: &Job<S>) -> usize {
        match &job.0 {
            Kind::Over { block, .. } | Kind::Next(block) => block.bytes(),
            Kind::Witness(case) => witness_bytes(case),
        }
    }

    fn lane(&self, job: &Job<S>) -> Option<LaneId> {
        matches!(job.0, Kind::Next(_)).then(|| self.chain.id())
    }

    fn number(&self, job: &Job<S>) -> Option<u64> {
        job.block().map(|block| block.header.number)
    }

    fn decode(&self, job: Job<S>) -> Job<S> {
        Job(match job.0 {
            Kind::Over {
                block,
                parent,
                state,
            } => Kind::Over {
                block: block.decode(),
                parent,
                state,
            },
            Kind::Next(block) => Kind::Next(block.decode()),
            witness @ Kind::Witness(_) => witness,
        })
    }

    fn transactions<'w>(&self, job: &'w Job<S>) -> &'w [Transaction] {
        job.block().map_or(&[], |block| &block.transactions)
    }

    fn mode(&self) -> Mode {
        self.mode
    }

    fn hash(&self, job: &Job<S>) -> Hashes {
        Hashes {
            roots: job
                .block()
                .map(|block| Roots::of(&self.engine, block))
                .unwrap_or_default(),
            proofs: match &job.0 {
                Kind::Witness(case) => Some(Proofs::of(&self.engine, case)),
                Kind::Over { .. } | Kind::Next(_) => None,
            },
        }
    }

    fn execute(&self, job: &Job<S>, hashes: Hashes, recovery: BlockRecovery) -> BlockVerdict {
        let (engine, executor, spec) = (&self.engine, &self.executor, &self.spec);
        let Hashes { roots, proofs } = hashes;
        let groundwork = Groundwork { roots, recovery };
        match &job.0 {
            Kind::Over {
                block,
                parent,
                state,
            } => block.judge(|block| {
                let known = Surroundings {
                    parent: parent.as_deref(),
                    ..Surroundings::alone(spec)
                };
                prestate::judge(engine, executor, &known, block, state, groundwork)
            }),
            Kind::Witness(case) => {
                let proofs = proofs.unwrap_or_else(|| Proofs::of(engine, case));
                stateless::judge(engine, executor, spec, case, proofs, groundwork)
            }
            Kind::Next(block) => block.judge(|block| {
                self.chain
                    .lend(|chain| chain.import(block, groundwork, None, None))
            }),
        }
    }
}

/// About how many bytes a block holds, where it doesn't come as bytes.
pub(crate) fn block_bytes(block: &Block) -> usize {
    const HEADER: usize = 600;
    const TRANSACTION: usize = 200;
    let counted = || {
        let inputs = block.transactions.iter().map(|tx| tx.input().len());
        inputs.fold(HEADER, |sum, input| sum.saturating_add(TRANSACTION + input))
    };
    block.encoded_length.unwrap_or_else(counted)
}

/// Bytes of a witness and its block.
pub(crate) fn witness_bytes(case: &WitnessCase) -> usize {
    let parts = case.nodes.iter().chain(&case.codes).chain(&case.headers);
    parts.fold(block_bytes(&case.block), |sum, bytes| {
        sum.saturating_add(bytes.len())
    })
}

//! Blocks have the same verdicts as when each is verified after the other.

use super::*;
use crate::{
    block::Block,
    chain::ChainSpec,
    exec::{BlockJob, BlockOutput, ExecError, Executor, Serial, StateSource},
    generate::Plan,
    pipeline::{Job, Pipeline, Verdicts},
    trie::WorldState,
    verdict::{BlockVerdict, Check, StageTimes},
    verify::{
        chain::ChainVerifier, export::genesis_block, groundwork::Groundwork, header::Surroundings,
        prestate,
    },
};
use alloy_consensus::Header;
use alloy_primitives::{Address, B256, Bytes, U256};
use revm::{bytecode::Bytecode, database_interface::DatabaseRef, state::AccountInfo};
use std::sync::{Arc, LazyLock};

/// The state before a block, and the hash of every ancestor.
#[derive(Debug, Clone)]
pub(super) struct Before {
    world: WorldState,
    hashes: Arc<Vec<B256>>,
    /// Reading an account panics.
    panics: bool,
    takes: Duration,
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Absent(String);

impl revm::database_interface::DBErrorMarker for Absent {}

fn absent(error: impl ToString) -> Absent {
    Absent(error.to_string())
}

impl DatabaseRef for Before {
    type Error = Absent;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Absent> {
        assert!(!self.panics, "a panic made for this test");
        std::thread::sleep(self.takes);
        self.world.basic_ref(address).map_err(absent)
    }

    fn code_by_hash_ref(&self, hash: B256) -> Result<Bytecode, Absent> {
        self.world.code_by_hash_ref(hash).map_err(absent)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Absent> {
        self.world.storage_ref(address, slot).map_err(absent)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, Absent> {
        let hash = self.hashes.get(number as usize).copied();
        hash.ok_or_else(|| absent(number))
    }
}

/// A chain, and the state before each of its blocks.
pub(super) struct Chain {
    pub(super) spec: ChainSpec,
    genesis: (Header, WorldState),
    pub(super) blocks: Vec<Bytes>,
    before: Vec<Before>,
    parents: Vec<Header>,
}

pub(super) static CHAIN: LazyLock<Chain> = LazyLock::new(|| {
    let engine = engine(2);
    let plan = Plan {
        seed: 5,
        blocks: 12,
        transactions: 20,
    };
    let (genesis, blocks) = plan.build(&engine).unwrap();
    let spec = ChainSpec::from_genesis(&genesis).unwrap();
    let genesis = genesis_block(&engine, &genesis, &spec);
    let mut chain = Chain {
        spec,
        genesis,
        before: Vec::new(),
        parents: Vec::new(),
        blocks,
    };
    let mut verifier = chain.verifier(&engine, Serial);
    let mut parent = chain.genesis.0.clone();
    let mut hashes = Vec::new();
    for rlp in &chain.blocks {
        let block = Block::decode(rlp).unwrap();
        hashes.push(block.header.parent_hash);
        chain.before.push(Before {
            world: verifier.state(block.header.parent_hash).unwrap().clone(),
            hashes: Arc::new(hashes.clone()),
            panics: false,
            takes: Duration::ZERO,
        });
        chain.parents.push(parent);
        let verdict = verifier.import(&block, Groundwork::of(&engine, &block), None, None);
        assert!(verdict.is_verified(), "{verdict:?}");
        parent = block.header;
    }
    chain
});

impl Chain {
    fn verifier<E: Executor>(&self, engine: &Engine, executor: E) -> ChainVerifier<E> {
        let (header, state) = self.genesis.clone();
        ChainVerifier::from_genesis(engine, executor, self.spec.clone(), header, Some(state))
    }

    pub(super) fn pipeline<E: Executor + Clone + Send + Sync + 'static>(
        &self,
        threads: usize,
        mode: Mode,
        executor: E,
    ) -> Pipeline<E> {
        let engine = engine(threads);
        let mut options = Options::new(mode, &engine);
        // The chain has a few hundred.
        options.signatures = options.signatures.min(64);
        let chain = self.verifier(&engine, executor.clone());
        Pipeline::new(&engine, executor, self.spec.clone(), options).with_chain(chain)
    }

    /// The blocks with one of them false, and one that is none.
    fn spoiled(&self) -> Vec<Bytes> {
        let mut blocks = self.blocks.clone();
        blocks[6] = changed(&blocks[6], |header| header.state_root.0[0] ^= 1);
        blocks.insert(3, Bytes::from_static(&[0xc0]));
        // What stands on the same parent as a false block is none the worse for that.
        blocks.insert(7, changed(&blocks[5], |header| header.gas_used += 1));
        blocks
    }

    /// One after the other, without a pipeline.
    fn plain(&self, blocks: &[Bytes]) -> Vec<BlockVerdict> {
        let engine = engine(1);
        let mut verifier = self.verifier(&engine, Serial);
        let judge = |rlp: &Bytes| match Block::decode(rlp) {
            Ok(block) => verifier.import(&block, Groundwork::of(&engine, &block), None, None),
            Err(error) => BlockVerdict::undecodable(error),
        };
        blocks.iter().map(judge).map(timeless).collect()
    }
}

pub(super) fn changed(rlp: &[u8], change: impl FnOnce(&mut Header)) -> Bytes {
    let mut block = Block::decode(rlp).unwrap();
    change(&mut block.header);
    block.encode().unwrap().into()
}

fn timeless(mut verdict: BlockVerdict) -> BlockVerdict {
    verdict.times = StageTimes::default();
    verdict
}

fn all<E: Executor + Send + Sync, S: StateSource + Send>(
    verdicts: Verdicts<E, S>,
) -> Vec<BlockVerdict> {
    verdicts.map(|verdict| timeless(verdict.unwrap())).collect()
}

pub(super) fn next(rlp: Bytes) -> Job<Before> {
    Job::next(rlp)
}

#[test]
fn of_a_chain() {
    let blocks = CHAIN.spoiled();
    let expected = CHAIN.plain(&blocks);
    let faults = |verdict: &BlockVerdict| {
        let faults = verdict.outcomes().filter(|(_, outcome)| outcome.is_fault());
        faults.map(|(check, _)| check).collect::<Vec<_>>()
    };
    let wrong: Vec<Vec<Check>> = expected.iter().map(faults).collect();
    assert_eq!(wrong[3], [Check::Decoding]);
    assert_eq!(wrong[7], [Check::GasUsed]);
    assert_eq!(wrong[8], [Check::StateRoot]);
    for (index, faults) in wrong.iter().enumerate() {
        match index {
            3 | 7 | 8 => {}
            0..8 => assert_eq!(*faults, [], "{index}"),
            _ => assert_eq!(*faults, [Check::ParentLink], "{index}"),
        }
    }
    for threads in THREADS {
        for mode in MODES {
            let pipeline = CHAIN.pipeline(threads, mode, Serial);
            let verdicts = pipeline.run(blocks.clone().into_iter().map(next));
            assert_eq!(all(verdicts), expected, "{threads} {mode}");
        }
    }
}

/// Each block over its own state, those that a chain follows and those that none does mixed.
#[test]
fn of_blocks_of_their_own() {
    let engine = engine(1);
    let mut blocks = CHAIN.blocks.clone();
    blocks[4] = changed(&blocks[4], |header| header.receipts_root.0[5] ^= 1);
    let sources = || blocks.iter().zip(&CHAIN.parents).zip(&CHAIN.before);
    let expected: Vec<BlockVerdict> = sources()
        .map(|((rlp, parent), before)| {
            let known = Surroundings {
                parent: Some(parent),
                ..Surroundings::alone(&CHAIN.spec)
            };
            let block = Block::decode(rlp).unwrap();
            timeless(prestate::over_source(
                &engine, &Serial, &known, &block, before,
            ))
        })
        .collect();
    for (index, verdict) in expected.iter().enumerate() {
        assert_eq!(verdict.is_verified(), index != 4, "{verdict:?}");
    }
    let chain = CHAIN.plain(&CHAIN.blocks);
    let both: Vec<BlockVerdict> = expected
        .into_iter()
        .zip(chain)
        .flat_map(|(own, chain)| [own, chain])
        .collect();
    for threads in THREADS {
        for mode in MODES {
            let jobs = sources().zip(&CHAIN.blocks).flat_map(|(own, of_chain)| {
                let ((rlp, parent), before) = own;
                let own = Job::over(rlp.clone(), Some(parent.clone()), before.clone());
                [own, Job::next(of_chain.clone())]
            });
            let jobs: Vec<Job<Before>> = jobs.collect();
            let verdicts = CHAIN.pipeline(threads, mode, Serial).run(jobs);
            assert_eq!(all(verdicts), both, "{threads} {mode}");
        }
    }
}

#[test]
fn a_chain_goes_on_where_it_was_stopped() {
    for threads in THREADS {
        let pipeline = CHAIN.pipeline(threads, Mode::Throughput, Serial);
        let mut verdicts = pipeline.run(CHAIN.blocks.clone().into_iter().map(next));
        let mut done = 0;
        for verdict in verdicts.by_ref().take(5) {
            assert!(verdict.unwrap().is_verified());
            done += 1;
        }
        let stopped = verdicts.stop();
        for (index, verdict) in stopped.verdicts {
            assert_eq!(index, done, "verdicts of a chain leave no gap");
            assert!(verdict.unwrap().is_verified());
            done += 1;
        }
        let head = Block::decode(&CHAIN.blocks[done as usize - 1])
            .unwrap()
            .hash;
        assert_eq!(stopped.chain.head(), Some(head));
        let engine = engine(threads);
        let options = Options::new(Mode::Throughput, &engine);
        let rest = CHAIN.blocks[done as usize..].to_vec();
        let verdicts = Pipeline::new(&engine, Serial, CHAIN.spec.clone(), options)
            .with_chain(stopped.chain)
            .run(rest.into_iter().map(next));
        let verified = verdicts.filter(|verdict| verdict.as_ref().unwrap().is_verified());
        assert_eq!(verified.count(), 12 - done as usize);
    }
}

/// An executor with a defect: it panics at one block number.
#[derive(Debug, Clone, Copy)]
struct Panics(u64);

impl Executor for Panics {
    fn execute<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError> {
        assert_ne!(job.header.number, self.0, "a panic made for this test");
        Serial.execute(job, state)
    }
}

#[test]
fn an_executor_that_panics() {
    for threads in THREADS {
        let pipeline = CHAIN.pipeline(threads, Mode::Throughput, Panics(5));
        let verdicts = pipeline.run(CHAIN.blocks.clone().into_iter().map(next));
        for (number, verdict) in (1..).zip(verdicts) {
            match verdict {
                Err(defect) => {
                    assert_eq!((number, defect.stage), (5, Stage::Execute));
                }
                Ok(verdict) => {
                    assert_ne!(number, 5);
                    assert_eq!(verdict.is_verified(), number < 5, "nothing stands on it");
                }
            }
        }
    }
}

#[test]
fn states_that_panic_or_are_slow() {
    for threads in THREADS {
        let jobs = CHAIN.blocks.iter().zip(&CHAIN.before);
        let jobs = jobs.enumerate().map(|(index, (rlp, before))| {
            let before = Before {
                panics: index == 2,
                takes: Duration::from_micros(if index == 1 { 200 } else { 0 }),
                ..before.clone()
            };
            Job::over(rlp.clone(), None, before)
        });
        let jobs: Vec<Job<Before>> = jobs.collect();
        let verdicts = CHAIN.pipeline(threads, Mode::Throughput, Serial).run(jobs);
        for (index, verdict) in verdicts.enumerate() {
            match verdict {
                Err(defect) => assert_eq!((index, defect.stage), (2, Stage::Execute)),
                Ok(verdict) => assert!(index != 2 && verdict.is_verified(), "{index}"),
            }
        }
    }
}

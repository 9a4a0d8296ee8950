//! Blocks that follow one another: headers of accepted blocks, and the state where it is at hand.

use super::{
    body, execution,
    groundwork::Groundwork,
    header::{self, Surroundings},
    list, senders,
};
use crate::{
    Engine,
    block::{Block, Ommers, header_hash},
    chain::{ChainSpec, Rules},
    exec::{BlockHashes, Executor, Senders},
    rules::Ancestry,
    trie::WorldState,
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::Header;
use alloy_primitives::{B256, Bytes, U256, map::B256Map};
use std::collections::VecDeque;

/// Accepted headers kept: BLOCKHASH reaches 256 blocks back, ommers seven, reorganisations rarely further.
const HEADERS_KEPT: usize = 1024;
/// States kept for blocks that may yet branch off. They share all that they have in common.
const STATES_KEPT: usize = 256;

#[derive(Debug)]
struct Known {
    header: Header,
    total_difficulty: Option<U256>,
    ommers: Option<Vec<B256>>,
}

/// Verifies blocks one after the other, reorganisations included, and accepts those that are right.
#[derive(Debug)]
pub struct ChainVerifier<E> {
    engine: Engine,
    executor: E,
    spec: ChainSpec,
    known: B256Map<Known>,
    states: B256Map<WorldState>,
    order: VecDeque<B256>,
    head: Option<B256>,
    /// A first block was imported, be it right or not.
    begun: bool,
}

impl<E: Executor> ChainVerifier<E> {
    /// A verifier that knows no block yet: the first one imported is taken without its parent. If that one is refused, no
    /// other is taken in its place, which might stand on it.
    pub fn unanchored(engine: &Engine, executor: E, spec: ChainSpec) -> Self {
        Self {
            engine: engine.clone(),
            executor,
            spec,
            known: B256Map::default(),
            states: B256Map::default(),
            order: VecDeque::new(),
            head: None,
            begun: false,
        }
    }

    /// A verifier that starts from a genesis block (or any trusted block) and the state after it.
    pub fn from_genesis(
        engine: &Engine,
        executor: E,
        spec: ChainSpec,
        genesis: Header,
        state: Option<WorldState>,
    ) -> Self {
        let mut verifier = Self::unanchored(engine, executor, spec);
        let total_difficulty = Some(genesis.difficulty);
        verifier.accept(
            header_hash(&genesis),
            genesis,
            Some(Vec::new()),
            total_difficulty,
            state,
        );
        verifier.begun = true;
        verifier
    }

    /// The hash of the best block: before the merge the one of greatest total difficulty, after it the latest.
    pub fn head(&self) -> Option<B256> {
        self.head
    }

    /// The header of an accepted block that is still kept.
    pub fn header(&self, hash: B256) -> Option<&Header> {
        self.known.get(&hash).map(|known| &known.header)
    }

    /// The state after an accepted block, where it is at hand.
    pub fn state(&self, hash: B256) -> Option<&WorldState> {
        self.states.get(&hash)
    }

    /// Total difficulty including an accepted block, where it is known.
    pub fn total_difficulty(&self, hash: B256) -> Option<U256> {
        self.known.get(&hash)?.total_difficulty
    }

    /// Verifies a block and, if nothing is wrong with it, accepts it as a parent of others.
    ///
    /// `total_difficulty` is that of the block's source, used for the first block of an unanchored chain alone.
    /// Receipts that come with the block are held against its header.
    pub fn import(
        &mut self,
        block: &Block,
        groundwork: Groundwork,
        receipts: Option<&[Bytes]>,
        total_difficulty: Option<U256>,
    ) -> BlockVerdict {
        // Whatever becomes of this one.
        let begun = std::mem::replace(&mut self.begun, true);
        let parent = self.known.get(&block.header.parent_hash);
        let parent_total_difficulty = parent.and_then(|known| known.total_difficulty);
        let surroundings = Surroundings {
            spec: &self.spec,
            parent: parent.map(|known| &known.header),
            parent_total_difficulty,
            ancestry: Some(self),
        };
        let (mut verdict, rules) = header::check(&surroundings, block);
        if parent.is_none() && begun {
            verdict.fail(
                Check::ParentLink,
                block.header.parent_hash.to_string(),
                "no such block",
                None,
                "the parent is not among the verified blocks",
            );
        }
        body::check(block, &groundwork.roots, &mut verdict);
        let recovery = groundwork.recovery;
        let execute = |senders: &dyn Senders, verdict: &mut BlockVerdict| {
            self.execute(block, &rules, senders, receipts, verdict)
        };
        let engine = &self.engine;
        let after = senders::execute_with(engine, block, &rules, recovery, &mut verdict, execute);
        if verdict.is_verified() {
            let total = if self.known.is_empty() {
                total_difficulty
            } else {
                parent_total_difficulty
                    .and_then(|parent| parent.checked_add(block.header.difficulty))
            };
            let ommers = match &block.ommers {
                Ommers::Headers(headers) => Some(headers.iter().map(header_hash).collect()),
                Ommers::Hashes(hashes) => Some(hashes.clone()),
                Ommers::Unknown => None,
            };
            self.accept(block.hash, block.header.clone(), ommers, total, after);
        }
        verdict
    }

    fn execute(
        &self,
        block: &Block,
        rules: &Rules,
        senders: &dyn Senders,
        receipts: Option<&[Bytes]>,
        verdict: &mut BlockVerdict,
    ) -> Option<WorldState> {
        execution::skip(verdict, "no state is given");
        if let Some(receipts) = receipts {
            list::given_receipts(&self.engine, block, receipts, verdict);
        }
        let Some(world) = self.states.get(&block.header.parent_hash) else {
            // A chain that has states promises that each block is executed: one that can't be is not accepted.
            if !self.states.is_empty() {
                let reason = "the state after its parent is not kept any more";
                verdict.not_covered(Check::Execution, None, reason);
            }
            return None;
        };
        let ready = execution::Ready {
            block,
            rules,
            senders,
        };
        let hashes = Walk {
            known: &self.known,
            child: &block.header,
        };
        execution::over_trie(&self.engine, &self.executor, ready, world, &hashes, verdict)
    }

    fn accept(
        &mut self,
        hash: B256,
        header: Header,
        ommers: Option<Vec<B256>>,
        total_difficulty: Option<U256>,
        state: Option<WorldState>,
    ) {
        let head_difficulty = self
            .head
            .and_then(|head| self.known.get(&head))
            .and_then(|k| k.total_difficulty);
        // A block after the merge adds no difficulty; the one imported last is the head, as a consensus client
        // would make it.
        let first = self.head.is_none();
        if first || header.difficulty.is_zero() || total_difficulty > head_difficulty {
            self.head = Some(hash);
        }
        if self
            .known
            .insert(
                hash,
                Known {
                    header,
                    total_difficulty,
                    ommers,
                },
            )
            .is_none()
        {
            self.order.push_back(hash);
        }
        if let Some(state) = state {
            self.states.insert(hash, state);
        }
        if let Some(old) = self.order.len().checked_sub(STATES_KEPT + 1) {
            self.states.remove(&self.order[old]);
        }
        while self.order.len() > HEADERS_KEPT {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

impl<E> Ancestry for ChainVerifier<E> {
    fn header(&self, hash: B256) -> Option<&Header> {
        self.known.get(&hash).map(|known| &known.header)
    }

    fn ommer_hashes(&self, hash: B256) -> Option<Vec<B256>> {
        self.known.get(&hash)?.ommers.clone()
    }

    fn rules(&self, header: &Header) -> Rules {
        let parent_total_difficulty = self
            .known
            .get(&header.parent_hash)
            .and_then(|known| known.total_difficulty);
        self.spec
            .rules_at(header.number, header.timestamp, parent_total_difficulty)
    }
}

/// Finds ancestors' hashes by walking from a block towards genesis, so that each branch sees its own.
struct Walk<'a> {
    known: &'a B256Map<Known>,
    child: &'a Header,
}

impl BlockHashes for Walk<'_> {
    fn block_hash(&self, number: u64) -> Option<B256> {
        let mut header = self.child;
        loop {
            let hash = header.parent_hash;
            if header.number.checked_sub(1)? == number {
                return Some(hash);
            }
            header = &self.known.get(&hash)?.header;
        }
    }
}

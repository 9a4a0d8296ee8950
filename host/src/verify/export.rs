//! A chain as a node exports it: the RLP of block after block, verified from its genesis.

use super::{
    body::{self, Roots},
    chain::ChainVerifier,
    groundwork::Groundwork,
    list,
};
use crate::{
    Engine,
    block::{Block, header_hash},
    chain::{ChainSpec, genesis_header},
    exec::Executor,
    trie::WorldState,
    verdict::{BlockVerdict, Check},
};
use alloy_consensus::Header;
use alloy_genesis::Genesis;
use alloy_primitives::{B256, Bytes, U256};
use std::sync::Arc;

/// A chain from its genesis on, where there is one. The genesis state is made when the first block comes to be judged,
/// beside the senders of those after it.
#[derive(Debug)]
pub(super) struct Line<E> {
    engine: Engine,
    executor: E,
    spec: ChainSpec,
    genesis: Option<Arc<Genesis>>,
    begun: Option<Begun<E>>,
}

#[derive(Debug)]
struct Begun<E> {
    genesis: Option<Header>,
    verifier: ChainVerifier<E>,
}

impl<E: Executor + Clone> Line<E> {
    pub(super) fn new(
        engine: &Engine,
        executor: E,
        spec: ChainSpec,
        genesis: Option<Arc<Genesis>>,
    ) -> Self {
        Self {
            engine: engine.clone(),
            executor,
            spec,
            genesis,
            begun: None,
        }
    }

    /// Verifies the next block; see [`ChainVerifier::import`].
    pub(super) fn import(
        &mut self,
        block: &Block,
        groundwork: Groundwork,
        receipts: Option<&[Bytes]>,
        total_difficulty: Option<U256>,
    ) -> BlockVerdict {
        let engine = self.engine.clone();
        let begun = self.begun();
        match &begun.genesis {
            Some(header) if block.header.number == 0 => {
                let mut verdict = compare_genesis(block, &groundwork.roots, header);
                if let Some(receipts) = receipts {
                    list::given_receipts(&engine, block, receipts, &mut verdict);
                }
                verdict
            }
            _ => begun
                .verifier
                .import(block, groundwork, receipts, total_difficulty),
        }
    }

    /// Total difficulty including a block, if it is accepted, where it is known.
    pub(super) fn total_difficulty(&mut self, hash: B256) -> Option<Option<U256>> {
        let verifier = &self.begun().verifier;
        verifier.header(hash)?;
        Some(verifier.total_difficulty(hash))
    }

    fn begun(&mut self) -> &mut Begun<E> {
        let Self {
            engine,
            executor,
            spec,
            genesis,
            begun,
        } = self;
        begun.get_or_insert_with(|| {
            let (executor, spec) = (executor.clone(), spec.clone());
            match genesis {
                Some(genesis) => {
                    let (header, state) = genesis_block(engine, genesis, &spec);
                    let verifier = ChainVerifier::from_genesis(
                        engine,
                        executor,
                        spec,
                        header.clone(),
                        Some(state),
                    );
                    Begun {
                        genesis: Some(header),
                        verifier,
                    }
                }
                None => Begun {
                    genesis: None,
                    verifier: ChainVerifier::unanchored(engine, executor, spec),
                },
            }
        })
    }
}

/// The genesis block's header and the state it holds.
pub fn genesis_block(engine: &Engine, genesis: &Genesis, spec: &ChainSpec) -> (Header, WorldState) {
    let state = WorldState::from_genesis_alloc(engine, &genesis.alloc);
    let root = state.root();
    (genesis_header(genesis, spec, root), state)
}

/// Verdict on a genesis block that stands in a file beside its genesis state: it is the same block, or it is not.
fn compare_genesis(block: &Block, roots: &Roots, genesis: &Header) -> BlockVerdict {
    let mut verdict = BlockVerdict::new(Some(block.header.number), Some(block.hash));
    verdict.transactions = block.transactions.len();
    for check in Check::ALL {
        verdict.skip(check, "a genesis block is compared, not executed");
    }
    verdict.pass(Check::Decoding);
    body::check(block, roots, &mut verdict);
    let (expected, got) = (genesis.state_root, block.header.state_root);
    verdict.compare(Check::StateRoot, &expected, &got);
    verdict.compare(Check::BlockHash, &header_hash(genesis), &block.hash);
    verdict
}

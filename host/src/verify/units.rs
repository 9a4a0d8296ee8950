//! Inputs as the pipeline takes them: each block of an input with its evidence, and what belongs to no block.

use super::{
    body::Roots,
    era1::{Entry, EraLine},
    export::Line,
    fixture,
    groundwork::Groundwork,
    header::Surroundings,
    list, prestate,
    report::CaseReport,
    senders::BlockRecovery,
    stateless::{self, Proofs},
};
use crate::{
    Engine,
    block::{Block, Transaction},
    chain::ChainSpec,
    exec::Executor,
    input::{FixtureCase, ListedBlock, PreState, PreStateCase, WitnessCase},
    pipeline::{Hashes, Held, Lane, LaneId, Mode, Stages, block_bytes, witness_bytes},
};
use alloy_consensus::Header;
use alloy_primitives::B256;
use std::sync::Arc;

/// A part of an input.
#[derive(Debug)]
pub(super) enum Unit<E> {
    /// A block of a list, with the header of the one before it if that is its parent.
    Listed {
        listed: Box<ListedBlock>,
        parent: Option<Box<Header>>,
        spec: Arc<ChainSpec>,
    },
    PreState(Box<PreStateCase>, Arc<ChainSpec>),
    Witness(Box<WitnessCase>, Arc<ChainSpec>),
    /// A block of an exported chain.
    Chain(Held, Arc<Lane<Line<E>>>),
    /// A block of an era1 archive.
    Era(Box<Entry>, Arc<Lane<EraLine<E>>>),
    /// After the last of them: the accumulator stored in the archive.
    EraEnd(B256, Arc<Lane<EraLine<E>>>),
    /// A whole official test: its blocks are few and small, and tests are many.
    Fixture(Box<FixtureCase>),
    /// A defect of ours came up before there was a unit.
    Spoiled,
    /// Nothing to verify.
    Nothing {
        unreadable: Option<String>,
        skipped: Option<String>,
    },
}

impl<E> Unit<E> {
    fn block(&self) -> Option<&Block> {
        match self {
            Self::Listed { listed, .. } => listed.block.as_ref().ok(),
            Self::PreState(case, _) => Some(&case.block),
            Self::Witness(case, _) => Some(&case.block),
            Self::Chain(block, _) => block.decoded(),
            Self::Era(entry, _) => entry.block(),
            Self::EraEnd(..) | Self::Fixture(_) | Self::Spoiled | Self::Nothing { .. } => None,
        }
    }
}

/// The stages of units. Each gives its part of the input's report.
pub(super) struct UnitStages<E> {
    pub(super) engine: Engine,
    pub(super) executor: E,
    pub(super) mode: Mode,
}

impl<E: Executor + Clone + Send + Sync + 'static> Stages for UnitStages<E> {
    type Work = Unit<E>;
    type Hashes = Hashes;
    type Output = CaseReport;

    fn bytes(&self, unit: &Unit<E>) -> usize {
        match unit {
            Unit::Listed { listed, .. } => {
                let receipts = listed.receipts.iter().flatten().map(|bytes| bytes.len());
                listed.block.as_ref().map_or(0, block_bytes) + receipts.sum::<usize>()
            }
            Unit::PreState(case, _) => block_bytes(&case.block) + state_bytes(&case.state),
            Unit::Witness(case, _) => witness_bytes(case),
            Unit::Chain(block, _) => block.bytes(),
            Unit::Era(entry, _) => entry.bytes(),
            Unit::Fixture(case) => case.blocks.iter().map(|block| block.rlp.len()).sum(),
            Unit::EraEnd(..) | Unit::Spoiled | Unit::Nothing { .. } => 0,
        }
    }

    fn lane(&self, unit: &Unit<E>) -> Option<LaneId> {
        match unit {
            Unit::Chain(_, lane) => Some(lane.id()),
            Unit::Era(_, lane) | Unit::EraEnd(_, lane) => Some(lane.id()),
            _ => None,
        }
    }

    fn number(&self, unit: &Unit<E>) -> Option<u64> {
        unit.block().map(|block| block.header.number)
    }

    fn decode(&self, unit: Unit<E>) -> Unit<E> {
        match unit {
            Unit::Chain(block, lane) => Unit::Chain(block.decode(), lane),
            Unit::Era(entry, lane) => Unit::Era(Box::new(entry.decode()), lane),
            unit => unit,
        }
    }

    fn transactions<'u>(&self, unit: &'u Unit<E>) -> &'u [Transaction] {
        unit.block().map_or(&[], |block| &block.transactions)
    }

    fn mode(&self) -> Mode {
        self.mode
    }

    fn hash(&self, unit: &Unit<E>) -> Hashes {
        let roots = unit.block().map(|block| Roots::of(&self.engine, block));
        Hashes {
            roots: roots.unwrap_or_default(),
            proofs: match unit {
                Unit::Witness(case, _) => Some(Proofs::of(&self.engine, case)),
                _ => None,
            },
        }
    }

    fn execute(&self, unit: &Unit<E>, hashes: Hashes, recovery: BlockRecovery) -> CaseReport {
        let (engine, executor) = (&self.engine, &self.executor);
        let Hashes { roots, proofs } = hashes;
        let groundwork = Groundwork { roots, recovery };
        let mut report = CaseReport::default();
        match unit {
            Unit::Listed {
                listed,
                parent,
                spec,
            } => {
                report.push(list::judge(
                    engine,
                    spec,
                    listed,
                    parent.as_deref(),
                    groundwork,
                ));
                if let Some(last) = report.blocks.last_mut() {
                    last.label = Some(listed.label.clone());
                }
            }
            Unit::PreState(case, spec) => {
                let known = Surroundings::alone(spec);
                let (block, state) = (&case.block, &case.state);
                report.push(prestate::judge(
                    engine, executor, &known, block, state, groundwork,
                ));
            }
            Unit::Witness(case, spec) => {
                let proofs = proofs.unwrap_or_else(|| Proofs::of(engine, case));
                report.push(stateless::judge(
                    engine, executor, spec, case, proofs, groundwork,
                ));
            }
            Unit::Chain(block, lane) => report.push(
                block.judge(|block| lane.lend(|line| line.import(block, groundwork, None, None))),
            ),
            Unit::Era(entry, lane) => {
                if let Some(verdict) = lane.lend(|line| line.import(entry, groundwork)) {
                    report.push(verdict);
                }
            }
            Unit::EraEnd(stored, lane) => lane.lend(|line| line.end(*stored, &mut report)),
            Unit::Fixture(case) => fixture::verify(engine, executor.clone(), case, &mut report),
            Unit::Spoiled => panic!("an input could not be taken apart"),
            Unit::Nothing {
                unreadable,
                skipped,
            } => {
                report.unreadable.clone_from(unreadable);
                report.skipped.clone_from(skipped);
            }
        }
        report
    }
}

/// About what a pre-state of its own takes; codes are shared between the blocks of a source.
pub(super) fn state_bytes(state: &PreState) -> usize {
    let slots = state.accounts.values().map(|account| account.storage.len());
    128 * state.accounts.len() + 64 * slots.sum::<usize>()
}

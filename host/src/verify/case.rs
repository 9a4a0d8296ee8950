//! One input to the path of verification that fits it.

use super::{drive::Reports, era1::EraLine, export::Line, report::CaseReport, units::Unit};
use crate::{
    Engine,
    block::Block,
    chain::ChainSpec,
    exec::Executor,
    input::{Case, CaseKind, ListedBlock},
    pipeline::{Held, Input, Lane, Mode},
};
use alloy_consensus::Transaction as _;
use alloy_genesis::Genesis;
use std::{iter, sync::Arc};

/// Blocks of an export without genesis in which the chain's id is looked for.
const BLOCKS_ASKED: usize = 64;

/// What the user says of the chain, and how it is verified.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The chain; where it is not given it follows from each input.
    pub chain: Option<ChainSpec>,
    /// The genesis of an exported chain that comes without one.
    pub genesis: Option<Arc<Genesis>>,
    /// One block at a time, or many.
    pub mode: Mode,
}

/// Verifies one input. Nothing that an input holds makes this panic or stop: whatever is wrong is in the report.
pub fn run<E: Executor + Clone + Send + Sync + 'static>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    case: Case,
) -> CaseReport {
    let cases = Box::new(iter::once(case));
    let mut reports = Reports::start(engine, executor, options, cases);
    match reports.next() {
        Some(Ok(report)) => report,
        Some(Err(input)) => panic!("verification of {input} panicked"),
        None => unreachable!("an input has a report"),
    }
}

/// The units of an input, in order; at least one.
pub(super) type Units<E> = Box<dyn Iterator<Item = Unit<E>> + Send>;

/// Takes an input apart.
pub(super) fn units<E: Executor + Clone + Send + Sync + 'static>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    kind: CaseKind,
) -> Units<E> {
    take_apart(engine, executor, options, kind)
        .unwrap_or_else(|unreadable| nothing(Some(unreadable), None))
}

fn nothing<E: Send + 'static>(unreadable: Option<String>, skipped: Option<String>) -> Units<E> {
    Box::new(iter::once(Unit::Nothing {
        unreadable,
        skipped,
    }))
}

fn take_apart<E: Executor + Clone + Send + Sync + 'static>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    kind: CaseKind,
) -> Result<Units<E>, String> {
    Ok(match kind {
        CaseKind::Blocks(blocks) => {
            let readable = blocks
                .iter()
                .filter_map(|listed| listed.block.as_ref().ok());
            let spec = Arc::new(chain_of(options, None, readable)?);
            if blocks.is_empty() {
                return Ok(nothing(None, None));
            }
            listed(blocks, spec)
        }
        CaseKind::PreState(case) => {
            let spec = chain_of(options, None, [&case.block])?;
            Box::new(iter::once(Unit::PreState(case, Arc::new(spec))))
        }
        CaseKind::Witness(case) => {
            let spec = chain_of(options, case.chain_id, [&case.block])?;
            Box::new(iter::once(Unit::Witness(case, Arc::new(spec))))
        }
        CaseKind::Fixture(case) => Box::new(iter::once(Unit::Fixture(case))),
        CaseKind::Chain(case) => {
            let genesis = case.genesis.or_else(|| options.genesis.clone());
            let spec = match &genesis {
                Some(genesis) => chain_of_genesis(options, Some(genesis))?,
                None => {
                    let first = case.blocks.iter().take(BLOCKS_ASKED);
                    let first: Vec<_> = first.flat_map(|rlp| Block::decode(rlp)).collect();
                    chain_of(options, None, &first)?
                }
            };
            if case.blocks.is_empty() {
                return Ok(nothing(None, None));
            }
            let lane = Lane::new(Line::new(engine, executor.clone(), spec, genesis));
            let lane = Arc::new(lane);
            let blocks = case.blocks.into_iter();
            Box::new(
                blocks.map(move |rlp| Unit::Chain(Held::from(Input::from(rlp)), Arc::clone(&lane))),
            )
        }
        CaseKind::Era1(case) => {
            let spec = chain_of_genesis(options, case.genesis.as_deref())?;
            let genesis = case.genesis.filter(|_| case.start == 0);
            if case.blocks.is_empty() && case.accumulator.is_none() {
                return Ok(nothing(None, None));
            }
            let line = Line::new(engine, executor.clone(), spec, genesis);
            let line = EraLine::new(line, case.start, case.ancestors);
            let lane = Arc::new(Lane::new(line));
            let end = Arc::clone(&lane);
            let end = case.accumulator.map(|stored| Unit::EraEnd(stored, end));
            let blocks = case.blocks.into_iter();
            let blocks =
                blocks.map(move |block| Unit::Era(Box::new(block.into()), Arc::clone(&lane)));
            Box::new(blocks.chain(end))
        }
        CaseKind::Skipped(reason) => nothing(None, Some(reason)),
        CaseKind::Unreadable(reason) => return Err(reason),
    })
}

/// Blocks of a list. Where one block follows another in the list, it is held against its parent.
fn listed<E: Send + 'static>(blocks: Vec<ListedBlock>, spec: Arc<ChainSpec>) -> Units<E> {
    let mut previous = None;
    Box::new(blocks.into_iter().map(move |listed| {
        let mut parent = None;
        if let Ok(block) = &listed.block {
            let hash = block.header.parent_hash;
            parent = previous.take().filter(|(above, _)| *above == hash);
            previous = Some((block.hash, Box::new(block.header.clone())));
        }
        Unit::Listed {
            listed: Box::new(listed),
            parent: parent.map(|(_, header)| header),
            spec: Arc::clone(&spec),
        }
    }))
}

/// The chain that the user names, or the input, or the first transaction that is bound to one; else mainnet.
fn chain_of<'a>(
    options: &Options,
    chain_id: Option<u64>,
    blocks: impl IntoIterator<Item = &'a Block>,
) -> Result<ChainSpec, String> {
    if let Some(chain) = &options.chain {
        return Ok(chain.clone());
    }
    let signed_for = || {
        blocks
            .into_iter()
            .flat_map(|block| &block.transactions)
            .find_map(|transaction| transaction.chain_id())
    };
    match chain_id.or_else(signed_for) {
        None => Ok(ChainSpec::mainnet()),
        Some(id) => ChainSpec::from_chain_id(id).ok_or_else(|| {
            format!("chain id {id} is unknown; name the chain, or give its genesis")
        }),
    }
}

/// The chain that the user names, or that the genesis describes. A genesis without a configuration is mainnet's.
fn chain_of_genesis(options: &Options, genesis: Option<&Genesis>) -> Result<ChainSpec, String> {
    match (&options.chain, genesis) {
        (Some(chain), _) => Ok(chain.clone()),
        (None, Some(genesis)) if genesis.config != Default::default() => {
            ChainSpec::from_genesis(genesis).map_err(|error| format!("genesis: {error}"))
        }
        (None, _) => Ok(ChainSpec::mainnet()),
    }
}

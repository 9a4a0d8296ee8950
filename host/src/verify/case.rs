//! One input to the path of verification that fits it.

use super::{era1, export, fixture, list, prestate, report::CaseReport, stateless};
use crate::{
    Engine,
    block::Block,
    chain::ChainSpec,
    exec::Executor,
    input::{Case, CaseKind},
};
use alloy_consensus::Transaction as _;
use alloy_genesis::Genesis;
use std::sync::Arc;

/// What the user says of the chain.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The chain; where it is not given it follows from each input.
    pub chain: Option<ChainSpec>,
    /// The genesis of an exported chain that comes without one.
    pub genesis: Option<Arc<Genesis>>,
}

/// Verifies one input. Nothing that an input holds makes this panic or stop: whatever is wrong is in the report.
pub fn run<E: Executor + Clone>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    case: Case,
) -> CaseReport {
    let mut report = CaseReport::new(case.input);
    if let Err(reason) = dispatch(engine, executor, options, case.kind, &mut report) {
        report.unreadable = Some(reason);
    }
    report
}

fn dispatch<E: Executor + Clone>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    kind: CaseKind,
    report: &mut CaseReport,
) -> Result<(), String> {
    match kind {
        CaseKind::Blocks(blocks) => {
            let readable = blocks
                .iter()
                .filter_map(|listed| listed.block.as_ref().ok());
            let spec = chain_of(options, None, readable)?;
            let verdicts = list::verify(engine, &spec, &blocks);
            for (listed, verdict) in blocks.into_iter().zip(verdicts) {
                report.push(verdict);
                if let Some(last) = report.blocks.last_mut() {
                    last.label = Some(listed.label);
                }
            }
        }
        CaseKind::PreState(case) => {
            let spec = chain_of(options, None, [&case.block])?;
            report.push(prestate::verify(engine, executor, &spec, &case));
        }
        CaseKind::Witness(case) => {
            let spec = chain_of(options, case.chain_id, [&case.block])?;
            report.push(stateless::verify(engine, executor, &spec, &case));
        }
        CaseKind::Fixture(case) => fixture::verify(engine, executor.clone(), &case, report),
        CaseKind::Chain(mut case) => {
            if case.genesis.is_none() {
                case.genesis = options.genesis.clone();
            }
            let spec = match &case.genesis {
                Some(genesis) => chain_of_genesis(options, Some(genesis))?,
                None => {
                    let first = case.blocks.iter().take(export::BLOCKS_A_BATCH);
                    let first: Vec<_> = first.flat_map(|rlp| Block::decode(rlp)).collect();
                    chain_of(options, None, &first)?
                }
            };
            export::verify(engine, executor.clone(), spec, &case, report);
        }
        CaseKind::Era1(case) => {
            let spec = chain_of_genesis(options, case.genesis.as_deref())?;
            era1::verify(engine, executor.clone(), spec, &case, report);
        }
        CaseKind::Skipped(reason) => report.skipped = Some(reason),
        CaseKind::Unreadable(reason) => return Err(reason),
    }
    Ok(())
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
        Some(id) => ChainSpec::from_chain_id(id)
            .ok_or_else(|| format!("chain id {id} is unknown; name its genesis with --chain")),
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

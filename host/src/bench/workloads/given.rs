//! Blocks that the user has, as `verify` reads them.

use super::{
    memory::{self, Codes},
    whole::{PreStateBlock, WitnessBlock},
};
use crate::{
    bench::plan::BenchError,
    chain::ChainSpec,
    input::{self, CaseKind, Limits, Progress},
};
use alloy_primitives::{B256, Bytes, map::HashMap};
use std::{ops::ControlFlow, path::PathBuf, sync::Arc};

/// What was found.
#[derive(Debug, Default)]
pub struct Given {
    /// Mainnet blocks with their pre-state, by number.
    pub pre_states: Vec<PreStateBlock>,
    /// Blocks with their witnesses, by chain.
    pub witnesses: Vec<Witnesses>,
}

/// Blocks of one chain.
#[derive(Debug)]
pub struct Witnesses {
    /// The chain.
    pub spec: ChainSpec,
    /// Its blocks.
    pub blocks: Vec<WitnessBlock>,
}

impl Given {
    /// Reads files and folders; without any, nothing is given. What is of no use here is noted, and it is an error if that
    /// is all.
    pub fn read(paths: &[PathBuf], notes: &mut Vec<String>) -> Result<Self, BenchError> {
        let mut reading = Reading::default();
        if paths.is_empty() {
            return Ok(reading.given);
        }
        let progress = Progress::default();
        let _ = input::read(paths, &Limits::default(), &progress, &mut |case| {
            reading.take(case.input, case.kind);
            ControlFlow::Continue(())
        });
        let Reading {
            mut given, left, ..
        } = reading;
        given
            .pre_states
            .sort_by_key(|block| block.block.header.number);
        let reason = left.first().cloned();
        if given.pre_states.is_empty() && given.witnesses.is_empty() {
            let reason = reason.unwrap_or_else(|| "nothing is there".into());
            return Err(BenchError::NoBlocks(reason));
        }
        if let Some(reason) = reason {
            let note = format!("{} inputs are not used, the first: {reason}", left.len());
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Ok(given)
    }
}

#[derive(Default)]
struct Reading {
    given: Given,
    /// Codes that blocks of an archive share.
    codes: Option<(Arc<HashMap<B256, Bytes>>, Codes)>,
    left: Vec<String>,
}

impl Reading {
    fn take(&mut self, input: String, kind: CaseKind) {
        let fault = match kind {
            CaseKind::PreState(case) => {
                let shared = &case.state.codes;
                let known = self.codes.take().filter(|(of, _)| Arc::ptr_eq(of, shared));
                let (_, codes) = self.codes.insert(
                    known.unwrap_or_else(|| (Arc::clone(shared), memory::codes(&case.state))),
                );
                match PreStateBlock::new(*case, &ChainSpec::mainnet(), Arc::clone(codes)) {
                    Some(block) => return self.given.pre_states.push(block),
                    None => "its bytes can't be had".into(),
                }
            }
            CaseKind::Witness(case) => {
                let spec = case.chain_id.map(ChainSpec::from_chain_id);
                match spec.unwrap_or_else(|| Some(ChainSpec::mainnet())) {
                    None => "of an unknown chain".into(),
                    Some(spec) => match WitnessBlock::new(*case, &spec) {
                        None => "its bytes can't be had".into(),
                        Some(block) if block.is_dao_fork() => {
                            "the block of the DAO fork, for which there is no rival".into()
                        }
                        Some(block) => return self.witness(spec, block),
                    },
                }
            }
            CaseKind::Unreadable(reason) | CaseKind::Skipped(reason) => reason,
            CaseKind::Blocks(_) | CaseKind::Era1(_) => "blocks without their state".into(),
            CaseKind::Fixture(_) | CaseKind::Chain(_) => {
                "neither a block with its pre-state nor one with its witness".into()
            }
        };
        self.left.push(format!("{input}: {fault}"));
    }

    fn witness(&mut self, spec: ChainSpec, block: WitnessBlock) {
        let chains = &mut self.given.witnesses;
        match chains
            .iter_mut()
            .find(|of| of.spec.chain_id == spec.chain_id)
        {
            Some(of) => of.blocks.push(block),
            None => chains.push(Witnesses {
                spec,
                blocks: vec![block],
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_given_is_nothing_and_nothing_found_is_an_error() {
        let mut notes = Vec::new();
        let given = Given::read(&[], &mut notes).expect("nothing to read");
        assert!(given.pre_states.is_empty() && given.witnesses.is_empty());
        let error = Given::read(&["/nowhere/at all".into()], &mut notes).expect_err("no such file");
        assert!(error.to_string().contains("/nowhere/at all"), "{error}");
        assert!(notes.is_empty());
    }
}

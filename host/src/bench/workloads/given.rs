//! Blocks that the user has, as `verify` reads them.

use super::{
    memory::{self, Codes},
    whole::{PreStateBlock, WitnessBlock},
};
use crate::{
    Backend, Engine, EngineError,
    bench::{
        engines::whole::{Verdicts, Verifier},
        format::printable,
        plan::BenchError,
    },
    chain::ChainSpec,
    input::{self, CaseKind, Limits, Progress},
    verdict::{Check, Outcome},
};
use alloy_primitives::{B256, Bytes, map::HashMap};
use std::{ops::ControlFlow, path::PathBuf, slice, sync::Arc};

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
    /// Reads files and folders; without any, nothing is given. Every block is judged once, on the plain path: nobody has to
    /// have the right answer to a block that is not valid or lacks evidence. What is of no use here is noted, and it is an
    /// error if that is all.
    pub fn read(paths: &[PathBuf], notes: &mut Vec<String>) -> Result<Self, BenchError> {
        if paths.is_empty() {
            return Ok(Self::default());
        }
        let mut reading = Reading {
            engine: judge()?,
            given: Self::default(),
            codes: None,
            left: Vec::new(),
        };
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

/// What given blocks are judged by.
fn judge() -> Result<Engine, EngineError> {
    Engine::builder()
        .backend(Backend::Portable)
        .threads(1)
        .build()
}

/// Why a block is refused. `root` tells that its state root has to be right, as it can be where there is a witness.
fn refusal(verdicts: Verdicts, root: bool) -> Option<String> {
    let verdicts = match verdicts {
        Ok(verdicts) => verdicts,
        Err(defect) => return Some(defect.to_string()),
    };
    for (check, outcome) in verdicts.iter().flat_map(|verdict| verdict.outcomes()) {
        match outcome {
            Outcome::Failed { reason, .. } | Outcome::NotCovered { reason, .. } => {
                return Some(format!("refused ({}): {reason}", check.name()));
            }
            Outcome::NotCheckable { reason } if root && check == Check::StateRoot => {
                return Some(format!("its state root is not known: {reason}"));
            }
            _ => {}
        }
    }
    None
}

struct Reading {
    engine: Engine,
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
                let spec = ChainSpec::mainnet();
                match PreStateBlock::new(*case, &spec, Arc::clone(codes)) {
                    None => "its bytes can't be had".into(),
                    Some(block) => {
                        let judge = Verifier::serial(&self.engine, spec);
                        let verdicts = judge.one_by_one(slice::from_ref(&block));
                        match refusal(verdicts, false) {
                            None => return self.given.pre_states.push(block),
                            Some(reason) => reason,
                        }
                    }
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
                        Some(block) => {
                            let judge = Verifier::serial(&self.engine, spec.clone());
                            match refusal(judge.witnesses(slice::from_ref(&block)), true) {
                                None => return self.witness(spec, block),
                                Some(reason) => reason,
                            }
                        }
                    },
                }
            }
            CaseKind::Unreadable(reason) | CaseKind::Skipped(reason) => reason,
            CaseKind::Blocks(_) | CaseKind::Era1(_) => "blocks without their state".into(),
            CaseKind::Fixture(_) | CaseKind::Chain(_) => {
                "neither a block with its pre-state nor one with its witness".into()
            }
        };
        // Names of files may hold anything, and end on a terminal.
        self.left.push(printable(&format!("{input}: {fault}")));
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
    use crate::{bench::workloads::made::Made, generate::Plan};

    #[test]
    fn blocks_that_are_not_valid_are_refused_with_the_reason() {
        let engine = judge().expect("it is everywhere");
        let plan = Plan {
            blocks: 2,
            transactions: 20,
            ..Plan::default()
        };
        let mut made = Made::new(&engine, plan).expect("a sound plan");
        let verifier = Verifier::serial(&engine, made.spec.clone());
        let judged = |made: &Made| refusal(verifier.one_by_one(&made.blocks), false);
        assert_eq!(judged(&made), None);
        let unproved = refusal(verifier.one_by_one(&made.blocks), true);
        assert!(unproved.is_some_and(|reason| reason.contains("state root")));
        // The second block over the state before the first.
        made.blocks[1].state = Arc::clone(&made.blocks[0].state);
        let reason = judged(&made).expect("nonces are not right there");
        assert!(
            reason.starts_with("refused (") && reason.len() > 15,
            "{reason}"
        );
    }

    #[test]
    fn nothing_given_is_nothing_and_nothing_found_is_an_error() {
        let mut notes = Vec::new();
        let given = Given::read(&[], &mut notes).expect("nothing to read");
        assert!(given.pre_states.is_empty() && given.witnesses.is_empty());
        let error = Given::read(&["/nowhere/at all".into()], &mut notes).expect_err("no such file");
        assert!(error.to_string().contains("/nowhere/at all"), "{error}");
        let odd = ["/nowhere/\u{1b}[2J".into()];
        let error = Given::read(&odd, &mut notes).expect_err("no such file");
        assert!(!error.to_string().contains(char::is_control), "{error}");
        assert!(notes.is_empty());
    }
}

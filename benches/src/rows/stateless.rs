//! Blocks with execution witnesses, from raw bytes to the verdict, state root included.

use super::{
    Goals,
    blocks::{RIVAL, stages},
    count, name,
};
use crate::{
    engines::{self, best_practice, whole::Verifier},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads::whole::{WitnessBlock, witnesses},
};
use alloy_primitives::B256;
use phalanx::{
    Engine,
    chain::ChainSpec,
    verdict::{BlockVerdict, Check, Outcome},
};
use rayon::prelude::*;

const GOALS: Goals = Goals {
    avx512: Some(4.0),
    avx2: None,
    portable: None,
};

pub(super) fn run(section: &'static str, report: &mut Report) {
    match witnesses() {
        Some(chains) => play(section, report, &chains),
        None => report.skip(section, "blocks with witnesses"),
    }
}

fn play(section: &'static str, report: &mut Report, chains: &[(ChainSpec, Vec<WitnessBlock>)]) {
    let pool = &engines::two_threads();
    let blocks: Vec<&WitnessBlock> = chains.iter().flat_map(|(_, blocks)| blocks).collect();
    let transactions = blocks
        .iter()
        .map(|block| block.case.block.transactions.len());
    let nodes = blocks.iter().map(|block| block.case.nodes.len());
    let workload = format!(
        "{} blocks with their witnesses, {} transactions, {} nodes, an item a block",
        blocks.len(),
        count(transactions.sum()),
        count(nodes.sum()),
    );
    let roots = blocks
        .iter()
        .map(|block| block.case.block.header.state_root);
    let roots: Vec<B256> = roots.collect();
    let engines = engines::on_threads(2);
    let check = |verdicts: Vec<BlockVerdict>| {
        assert_eq!(verdicts.len(), roots.len());
        for verdict in &verdicts {
            assert!(verdict.is_verified(), "{verdict:?}");
            let root = verdict.outcome(Check::StateRoot);
            assert_eq!(*root, Outcome::Passed, "{verdict:?}");
        }
    };
    let verify = |block: &&WitnessBlock| {
        let root = best_practice::witness::verify(pool, &block.chain, &block.raw, &block.case);
        root.unwrap_or_else(|error| panic!("{}: {error}", block.case.block.header.number))
    };
    let serially = || -> Vec<B256> { blocks.iter().map(verify).collect() };
    let side_by_side = || pool.install(|| blocks.par_iter().map(verify).collect());
    let right = |answer: Vec<B256>| assert_eq!(answer, roots);
    let rival = format!("{RIVAL}, keccak-asm, pointer tries");

    let mut contest = Match::new(section, &*workload, Clock::Wall, blocks.len());
    for engine in &engines {
        let call = move || verdicts(engine, chains);
        contest.engine(Contender::new(name(engine), call, check), GOALS.of(engine));
    }
    contest.rival(Contender::new(&*rival, serially, right));
    report.play(contest);

    // No client does so, but Phalanx has many blocks under way too.
    let engine = engines.first().expect("portable is everywhere");
    let mut contest = Match::new(section, &*workload, Clock::Wall, blocks.len());
    let call = move || verdicts(engine, chains);
    contest.engine(Contender::new(name(engine), call, check), None);
    let rival = format!("{rival}, blocks over rayon");
    contest.rival(Contender::new(rival, side_by_side, right));
    report.play(contest);
    let verdicts = verdicts(&engines[0], chains);
    report
        .breakdowns
        .push(stages(&workload, &engines[0], &verdicts));
}

/// Of all chains, one after the other.
fn verdicts(engine: &Engine, chains: &[(ChainSpec, Vec<WitnessBlock>)]) -> Vec<BlockVerdict> {
    let of_chain = |(spec, blocks): &(ChainSpec, Vec<WitnessBlock>)| {
        let verdicts = Verifier::new(engine, spec.clone()).witnesses(blocks);
        verdicts.expect("no defect")
    };
    chains.iter().flat_map(of_chain).collect()
}

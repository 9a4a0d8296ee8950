//! Mainnet blocks with their pre-state, from raw bytes to the verdict: all of them, and one at a time.

use super::{Goals, count, name};
use crate::{
    engines::{
        self, best_practice,
        whole::{Verdicts, Verifier},
    },
    measure::{Clock, Contender},
    report::{Breakdown, Match, Report, Row},
    workloads::whole::{PreStateBlock, pre_states},
};
use phalanx::{
    Engine,
    chain::ChainSpec,
    verdict::{BlockVerdict, Check, Outcome, StageTimes},
};
use rayon::{ThreadPool, prelude::*};
use revm::database_interface::WrapDatabaseRef;

const THROUGHPUT: Goals = Goals {
    avx512: Some(4.0),
    avx2: None,
    portable: None,
};
const LATENCY: f64 = 2.5;
/// A block that counts for latency has more transactions.
const MANY: usize = 100;
/// What alloy over rayon, serial revm and alloy-trie together are called here.
pub(super) const RIVAL: &str = "best practice";

/// All blocks, the next one whenever the contender likes.
pub(super) fn run(section: &'static str, report: &mut Report) {
    match pre_states() {
        Some(blocks) => throughput(section, report, &blocks),
        None => report.skip(section, "blocks with pre-state"),
    }
}

/// One block at a time.
pub(super) fn run_latency(section: &'static str, report: &mut Report) {
    match pre_states() {
        Some(mut blocks) => {
            blocks.retain(|block| block.block.transactions.len() > MANY);
            latency(section, report, &blocks);
        }
        None => report.skip(section, "blocks with pre-state"),
    }
}

fn throughput(section: &'static str, report: &mut Report, blocks: &[PreStateBlock]) {
    let pool = &engines::two_threads();
    let transactions = blocks.iter().map(|block| block.block.transactions.len());
    let workload = format!(
        "{} mainnet blocks over their pre-state, {} transactions, an item a block",
        blocks.len(),
        count(transactions.sum()),
    );
    let engines = engines::on_threads(2);
    let check = |verdicts: Verdicts| {
        let verdicts = verdicts.expect("no defect");
        assert_eq!(verdicts.len(), blocks.len());
        verdicts.iter().for_each(verified);
    };
    let serially = || -> Vec<u64> { blocks.iter().map(|block| rival(pool, block)).collect() };
    let side_by_side = || -> Vec<u64> {
        pool.install(|| blocks.par_iter().map(|block| rival(pool, block)).collect())
    };
    let right = |gas: Vec<u64>| {
        let expected = blocks.iter().map(|block| block.block.header.gas_used);
        assert!(gas.into_iter().eq(expected));
    };

    let mut contest = Match::new(section, &*workload, Clock::Wall, blocks.len());
    for engine in &engines {
        let verifier = Verifier::new(engine, ChainSpec::mainnet());
        let call = move || verifier.all(blocks);
        let goal = THROUGHPUT.of(engine);
        contest.engine(Contender::new(name(engine), call, check), goal);
    }
    contest.rival(Contender::new(RIVAL, serially, right));
    report.play(contest);

    let verifier = Verifier::new(&engines[0], ChainSpec::mainnet());
    let verdicts = verifier.all(blocks).expect("no defect");
    report
        .breakdowns
        .push(stages(&workload, &engines[0], &verdicts));

    // No client does so, but it takes no more than a parallel iterator over blocks that don't follow each other.
    let engine = engines.first().expect("portable is everywhere");
    let mut contest = Match::new(section, workload, Clock::Wall, blocks.len());
    let verifier = Verifier::new(engine, ChainSpec::mainnet());
    let call = move || verifier.all(blocks);
    contest.engine(Contender::new(name(engine), call, check), None);
    let rival = format!("{RIVAL}, blocks over rayon");
    contest.rival(Contender::new(rival, side_by_side, right));
    report.play(contest);
}

fn latency(section: &'static str, report: &mut Report, blocks: &[PreStateBlock]) {
    let pool = &engines::two_threads();
    let engine: &Engine = &engines::on_threads(2)[0];
    let verifier = Verifier::new(engine, ChainSpec::mainnet());
    let mut rows: Vec<Row> = Vec::new();
    for block in blocks {
        let mut contest = Match::new(section, block.name(), Clock::Wall, 1);
        let call = || verifier.one_by_one(std::slice::from_ref(block));
        let check = |verdicts: Verdicts| verified(&verdicts.expect("no defect")[0]);
        contest.engine(Contender::new(name(engine), call, check), None);
        let call = || rival(pool, block);
        let check = |gas| assert_eq!(gas, block.block.header.gas_used);
        contest.rival(Contender::new(RIVAL, call, check));
        rows.extend_from_slice(report.play_part(contest, blocks.len()));
    }
    let workload = format!("geometric mean of {} blocks", rows.len());
    report.sum_up(Row::mean(workload, &rows, Some(LATENCY)));
    report.sum_up(Row::worst(&rows, None));
}

fn rival(pool: &ThreadPool, block: &PreStateBlock) -> u64 {
    let state = WrapDatabaseRef(&block.state);
    let (chain, ommers) = (block.chain(), block.ommers.as_ref());
    let gas = best_practice::verify(pool, &chain, &block.raw, ommers, state);
    gas.unwrap_or_else(|error| panic!("{}: {error}", block.name()))
}

/// What the verdicts say of where time went, by block; both threads' time where they work on different blocks.
pub(super) fn stages(workload: &str, engine: &Engine, verdicts: &[BlockVerdict]) -> Breakdown {
    let mut times = StageTimes::default();
    for verdict in verdicts {
        times += verdict.times;
    }
    let parts = times.entries().into_iter().map(|(name, time)| {
        let ns = time.as_secs_f64() * 1e9 / verdicts.len() as f64;
        (name, ns)
    });
    Breakdown {
        workload: workload.to_owned(),
        engine: name(engine),
        parts: parts.collect(),
    }
}

/// Everything is right that a pre-state lets be checked.
fn verified(verdict: &BlockVerdict) {
    assert!(verdict.is_verified(), "{verdict:?}");
    for check in [
        Check::Senders,
        Check::Execution,
        Check::GasUsed,
        Check::LogsBloom,
    ] {
        assert_eq!(*verdict.outcome(check), Outcome::Passed, "{verdict:?}");
    }
}

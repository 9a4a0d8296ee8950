//! Two threads of an engine against one.

use super::{Goals, count, name};
use crate::{
    engines,
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads,
};
use std::hint::black_box;

/// What two threads are worth.
const GOALS: Goals = Goals::all(1.9);

const SIGNATURES: usize = 1024;
const MESSAGES: usize = 4096;

pub(super) fn run(section: &'static str, report: &mut Report) {
    if report.logical_processors < 2 {
        return report.skip(section, "this machine runs one thread at a time");
    }
    let (inputs, signers) = workloads::signatures(1, SIGNATURES);
    let messages = workloads::block_messages(6, MESSAGES);
    let hashes = engines::keccak_asm::keccak256(&messages);
    for (one, two) in engines::on_threads(1).iter().zip(&engines::on_threads(2)) {
        let workload = format!("{} signatures", count(SIGNATURES));
        let mut contest = Match::new(section, workload, Clock::Wall, SIGNATURES);
        let contender = |engine: &'_ phalanx::Engine| {
            let engine = engine.clone();
            let inputs = &inputs;
            let call = move || engine.recover(black_box(inputs));
            (call, |results: Vec<Result<_, _>>| {
                assert!(results.iter().copied().eq(signers.iter().copied().map(Ok)));
            })
        };
        let (call, check) = contender(two);
        contest.engine(Contender::new(name(two), call, check), GOALS.of(two));
        let (call, check) = contender(one);
        contest.rival(Contender::new(name(one), call, check));
        report.play(contest);

        let workload = format!("{} messages of a block, made up", count(MESSAGES));
        let mut contest = Match::new(section, workload, Clock::Wall, MESSAGES);
        let check = |result: Vec<_>| assert!(result == hashes);
        let call = || two.keccak256(black_box(&messages));
        contest.engine(Contender::new(name(two), call, check), None);
        let call = || one.keccak256(black_box(&messages));
        contest.rival(Contender::new(name(one), call, check));
        report.play(contest);
    }
}

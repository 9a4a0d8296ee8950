//! Floods of signatures made to be as expensive as they can be, on one thread.

use super::{Goals, count, name};
use crate::{
    engines::{self, libsecp256k1},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads::crafted,
};
use phalanx::RecoverError;
use std::hint::black_box;

/// No worse than the rival plus a fifth.
const GOALS: Goals = Goals::all(1.0 / 1.2);

const SIGNATURES: usize = 1024;

pub(super) fn run(section: &'static str, report: &mut Report) {
    let floods = [
        ("infinity", crafted::infinite(7, SIGNATURES)),
        ("sums that meet on the way", crafted::meeting(7, SIGNATURES)),
        (
            "infinity in one of eight",
            crafted::one_in_eight(7, SIGNATURES),
        ),
    ];
    let engines = engines::on_threads(1);
    for (flood, (inputs, signers)) in floods {
        let workload = format!("{} signatures: {flood}", count(SIGNATURES));
        let mut contest = Match::new(section, workload, Clock::Processor, SIGNATURES);
        for engine in &engines {
            let call = || engine.recover(black_box(&inputs));
            let expected = signers
                .iter()
                .map(|signer| signer.ok_or(RecoverError::Infinity));
            let contender = Contender::new(name(engine), call, |results| {
                assert!(results.into_iter().eq(expected));
            });
            contest.engine(contender, GOALS.of(engine));
        }
        let call = || libsecp256k1::recover(black_box(&inputs));
        contest.rival(Contender::new(
            "libsecp256k1 + keccak-asm",
            call,
            |results| {
                assert!(results == signers);
            },
        ));
        report.play(contest);
    }
}

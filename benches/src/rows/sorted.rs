//! The root of a large trie of sorted pairs, on one thread.

use super::{Goals, count, name};
use crate::{
    engines::{self, alloy_trie},
    measure::{Answers, Clock, Contender},
    report::{Match, Report},
    workloads,
};

const GOALS: Goals = Goals {
    avx512: Some(5.0),
    avx2: Some(2.0),
    portable: None,
};

pub(super) fn run(section: &'static str, report: &mut Report) {
    play(section, report, 1_000_000);
}

pub(super) fn play(section: &'static str, report: &mut Report, keys: usize) {
    let pairs = &workloads::sorted_pairs(1, keys);
    let workload = format!(
        "root of {} sorted random keys, values of 72 bytes",
        count(keys)
    );
    let engines = engines::on_threads(1);
    let answers = &Answers::default();
    let mut contest = Match::new(section, workload, Clock::Processor, keys);
    for engine in &engines {
        let call = |_: &()| {
            let pairs = pairs.iter().map(|(key, value)| (&key[..], &value[..]));
            engine.sorted_root(pairs).expect("in order")
        };
        let check = |step, root| answers.agree(&name(engine), step, root);
        let contender = Contender::in_steps(name(engine), |_| (), call, check);
        contest.engine(contender, GOALS.of(engine));
    }
    let rival = "alloy-trie's HashBuilder";
    let call =
        |_: &()| alloy_trie::sorted_root(pairs.iter().map(|(key, value)| (*key, &value[..])));
    let check = |step, root| answers.agree(rival, step, root);
    contest.rival(Contender::in_steps(rival, |_| (), call, check));
    report.play(contest);
}

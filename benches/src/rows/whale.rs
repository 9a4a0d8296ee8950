//! One account with many changed slots: two threads of an engine against one.

use super::{Goals, count, name};
use crate::{
    engines,
    measure::{Answers, Clock, Contender},
    report::{Match, Report},
    workloads::updates,
};
use phalanx::{Engine, exec::StateChanges, trie::WorldState};

const GOALS: Goals = Goals::all(1.8);

pub(super) fn run(section: &'static str, report: &mut Report) {
    if report.logical_processors < 2 {
        return report.skip(section, "this machine runs one thread at a time");
    }
    play(section, report, 100_000);
}

pub(super) fn play(section: &'static str, report: &mut Report, slots: usize) {
    let workload = format!("{} changed slots of one account", count(slots));
    for (one, two) in engines::on_threads(1).iter().zip(&engines::on_threads(2)) {
        let answers = &Answers::default();
        let contender = |engine: &'_ Engine| {
            let engine = engine.clone();
            let who = name(&engine);
            let mut state = WorldState::default();
            let apply = move |changes: &StateChanges| {
                state.apply(&engine, changes).expect("in memory");
                state.root()
            };
            Contender::in_steps(
                who.clone(),
                // The first step writes all of them.
                move |step| updates::whale(slots as u64, step as u64 + 1),
                apply,
                move |step, root| answers.agree(&who, step, root),
            )
        };
        let mut contest = Match::new(section, workload.clone(), Clock::Wall, slots);
        contest.engine(contender(two), GOALS.of(two));
        contest.rival(contender(one));
        report.play(contest);
    }
}

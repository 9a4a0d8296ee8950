//! What a change of a large state costs by how many come together, and what that is made of.

use super::{count, name};
use crate::{
    engines,
    measure::{Clock, Contender},
    report::{Breakdown, Match, Report},
    spans,
    workloads::updates::Updates,
};

/// What go-ethereum publishes for a leaf of a commit.
const GETH_LEAF: (&str, f64) = ("geth, as published: not measured here", 2.95e-6);

pub(super) fn run(section: &'static str, report: &mut Report) {
    play(
        section,
        report,
        1_000_000,
        &[10, 100, 1_000, 10_000, 100_000],
    );
}

pub(super) fn play(section: &'static str, report: &mut Report, accounts: usize, counts: &[usize]) {
    let engines = engines::on_threads(1);
    let engine = engines.first().expect("portable is everywhere");
    let mut updates = Updates::new(3, accounts);
    let mut state = updates.start().state(engine);
    for &changes in counts {
        let workload = format!("{} changes of {} accounts", count(changes), count(accounts));
        let mut contest = Match::new(section, workload.clone(), Clock::Processor, changes);
        let contender = Contender::in_steps(
            name(engine),
            |_| updates.batch(changes).changes(),
            |changes| state.apply(engine, changes).expect("in memory"),
            |_, ()| {},
        );
        contest.engine(contender, None);
        let (rival, seconds) = GETH_LEAF;
        contest.rival(Contender::published(rival, seconds * changes as f64));
        report.play(contest);

        // Some tenth of a second of work, however much a batch is.
        let batches = (100_000 / changes).clamp(3, 100);
        let batches: Vec<_> = (0..batches)
            .map(|_| updates.batch(changes).changes())
            .collect();
        let parts = spans::record(Clock::Processor, || {
            for changes in &batches {
                state.apply(engine, changes).expect("in memory");
            }
        });
        let items = (batches.len() * changes) as f64;
        let per_item = |(part, seconds): (_, f64)| (part, seconds * 1e9 / items);
        report.breakdowns.push(Breakdown {
            workload,
            engine: name(engine),
            parts: parts.into_iter().map(per_item).collect(),
        });
    }
}

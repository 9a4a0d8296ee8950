//! The two index tries of a block, on one thread.

use super::{Goals, count, name};
use crate::{
    engines::{self, alloy_trie},
    measure::{Answers, Clock, Contender},
    report::{Match, Report},
    workloads::{blocks, receipts},
};
use alloy_eips::eip2718::Encodable2718;

const GOALS: Goals = Goals {
    avx512: Some(4.0),
    avx2: None,
    portable: None,
};

pub(super) fn run(section: &'static str, report: &mut Report) {
    play(section, report, 200);
}

pub(super) fn play(section: &'static str, report: &mut Report, transactions: u64) {
    let items: Vec<Vec<u8>> = blocks::generated_senders(transactions)
        .iter()
        .flat_map(|block| &block.transactions)
        .map(Encodable2718::encoded_2718)
        .collect();
    let workload = format!(
        "transactions root and receipts root of a block of {} transactions",
        count(items.len())
    );
    let both = &[items.clone(), receipts::encoded(8, items.len())];
    let engines = engines::on_threads(1);
    let answers = &Answers::default();
    // An item is a block.
    let mut contest = Match::new(section, workload, Clock::Processor, 1);
    for engine in &engines {
        let call = |_: &()| both.each_ref().map(|items| engine.ordered_root(items));
        let check = |step, roots| answers.agree(&name(engine), step, roots);
        let contender = Contender::in_steps(name(engine), |_| (), call, check);
        contest.engine(contender, GOALS.of(engine));
    }
    let rival = "alloy-trie's ordered root";
    let call = |_: &()| both.each_ref().map(|items| alloy_trie::ordered_root(items));
    let check = |step, roots| answers.agree(rival, step, roots);
    contest.rival(Contender::in_steps(rival, |_| (), call, check));
    report.play(contest);
}

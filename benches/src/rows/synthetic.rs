//! Execution of made-up blocks, each of one kind of conflict, on two threads.

use super::{count, execute::name_of};
use crate::{
    engines::{self, whole},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads::synthetic::{Synthetic, chain, swaps, tokens, transfers},
};
use phalanx::exec::{BlockOutput, Executor, Serial};

const TRANSACTIONS: usize = 2_000;

pub(super) fn run(section: &'static str, report: &mut Report) {
    play(section, report, TRANSACTIONS);
}

pub(super) fn play(section: &'static str, report: &mut Report, transactions: usize) {
    let blocks = [
        (transfers(transactions), 1.8),
        (tokens(transactions), 1.8),
        (swaps(transactions.div_ceil(20), 20), 1.8),
        (chain(transactions), 0.95),
    ];
    let engine = &engines::on_threads(2)[0];
    for (block, goal) in &blocks {
        let items = block.transactions();
        let workload = format!("{}, {}", count(items), block.name);
        let mut contest = Match::new(section, workload, Clock::Wall, items);
        let check = |output: BlockOutput| block.check(&output);
        for (executor, goal) in whole::executors(engine)
            .into_iter()
            .zip([Some(*goal), None])
        {
            let name = name_of(engine, &executor);
            let call = move || execute(&executor, block);
            contest.engine(Contender::new(name, call, check), goal);
        }
        let call = || execute(&Serial, block);
        contest.rival(Contender::new("Phalanx's Serial", call, check));
        report.play(contest);
    }
}

fn execute<E: Executor>(executor: &E, block: &Synthetic) -> BlockOutput {
    executor
        .execute(&block.job(), &block.state)
        .expect("a sound block")
}

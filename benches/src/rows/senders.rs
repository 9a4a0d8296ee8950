//! Signed transactions to senders, signing hashes included, on two threads.

use super::{Goals, count, name};
use crate::{
    engines::{self, alloy},
    measure::{Clock, Contender},
    report::{Match, Report},
    workloads::blocks::{self, Senders},
};
use alloy_primitives::Address;
use phalanx::block::Transaction;
use std::hint::black_box;

const GOALS: Goals = Goals {
    avx512: Some(8.0),
    avx2: None,
    portable: None,
};

pub(super) fn run(section: &'static str, report: &mut Report) {
    play(
        section,
        report,
        "a generated block",
        &blocks::generated_senders(300),
    );
    match blocks::real_senders() {
        Some(blocks) => {
            let workload = format!("{} mainnet blocks, a batch each", blocks.len());
            play(section, report, &workload, &blocks);
        }
        None => report.skip(section, "mainnet blocks"),
    }
}

fn play(section: &'static str, report: &mut Report, workload: &str, blocks: &[Senders]) {
    let items = blocks.iter().map(|block| block.transactions.len()).sum();
    let workload = format!("{} transactions of {workload}", count(items));
    let references: Vec<Vec<&Transaction>> = blocks
        .iter()
        .map(|block| block.transactions.iter().collect())
        .collect();
    let check = |senders: Vec<Vec<Option<Address>>>| {
        for (senders, block) in senders.iter().zip(blocks) {
            assert!(
                senders
                    .iter()
                    .copied()
                    .eq(block.senders.iter().copied().map(Some))
            );
        }
        assert_eq!(senders.len(), blocks.len());
    };
    let engines = engines::on_threads(2);
    let mut contest = Match::new(section, workload, Clock::Wall, items);
    for engine in &engines {
        let references = &references;
        let call = move || {
            let of_block = |transactions: &Vec<&Transaction>| -> Vec<Option<Address>> {
                let senders = engine.recover_senders(black_box(transactions));
                senders.into_iter().map(Result::ok).collect()
            };
            references.iter().map(of_block).collect()
        };
        contest.engine(Contender::new(name(engine), call, check), GOALS.of(engine));
    }
    // The rival's parallel iterators run on the threads of one of the engines, which all wait meanwhile.
    let pool = engines.first().expect("portable is everywhere");
    let call = || {
        pool.install(|| {
            let of_block = |block: &Senders| alloy::recover_signers(black_box(&block.transactions));
            blocks.iter().map(of_block).collect()
        })
    };
    contest.rival(Contender::new(
        "alloy + libsecp256k1 over rayon, 2 threads",
        call,
        check,
    ));
    report.play(contest);
}

//! Execution alone, senders given: mainnet blocks of more than 8 Mgas, on two threads.

use super::name;
use crate::{
    engines::{
        self, best_practice,
        whole::{self, Measured},
    },
    measure::{Clock, Contender},
    report::{Match, Report, Row},
    workloads::whole::{People, PreStateBlock, pre_states},
};
use alloy_eips::Encodable2718;
use alloy_trie::root::ordered_trie_root_with_encoder;
use phalanx::{
    Engine,
    exec::{BlockOutput, Executor, Serial},
};
use revm::database_interface::WrapDatabaseRef;

const LARGE: u64 = 8_000_000;
const TOTAL: f64 = 1.3;
const WORST: f64 = 0.95;
const SERIAL: &str = "Phalanx's Serial";

pub(super) fn run(section: &'static str, report: &mut Report) {
    match pre_states() {
        Some(mut blocks) => {
            blocks.retain(|block| block.block.header.gas_used > LARGE);
            play(section, report, &blocks);
        }
        None => report.skip(section, "blocks with pre-state"),
    }
}

fn play(section: &'static str, report: &mut Report, blocks: &[PreStateBlock]) {
    let engine = &engines::on_threads(2)[0];
    let measured = whole::measured(engine);
    let mut rows = Vec::new();
    for block in blocks {
        let people = People::of(engine, &block.block);
        let contest = contest(section, engine, &measured, block, &people);
        rows.extend_from_slice(report.play_part(contest, blocks.len()));
    }
    let (serial, alloy): (Vec<Row>, Vec<Row>) =
        rows.into_iter().partition(|row| row.rival == SERIAL);
    let totals = [serial, alloy].map(|rows| {
        let workload = format!("{} blocks in total", rows.len());
        (Row::total(workload, &rows, None), rows)
    });
    let fastest = totals.iter().map(|(total, _)| total.rival_ns);
    let fastest = fastest.fold(f64::INFINITY, f64::min);
    for (total, rows) in totals {
        let asked = total.rival_ns <= fastest;
        let goal = |least: f64| asked.then_some(least);
        report.sum_up(Row::total(total.workload, &rows, goal(TOTAL)));
        report.sum_up(Row::worst(&rows, goal(WORST)));
    }
}

fn contest<'a>(
    section: &'static str,
    engine: &Engine,
    measured: &'a Measured,
    block: &'a PreStateBlock,
    people: &'a People,
) -> Match<'a> {
    let header = &block.block.header;
    let check = |output: BlockOutput| {
        assert_eq!(output.gas_used, header.gas_used);
        let receipts = &output.receipts;
        let root = ordered_trie_root_with_encoder(receipts, |item, out| item.encode_2718(out));
        assert_eq!(root, header.receipts_root);
    };
    let job = move || people.job(&block.rules, &block.block);
    let mut contest = Match::new(section, block.name(), Clock::Wall, 1);
    let call = move || {
        measured
            .execute(&job(), &block.state)
            .expect("a mainnet block")
    };
    contest.engine(Contender::new(name(engine), call, check), None);
    let call = move || {
        Serial
            .execute(&job(), &block.state)
            .expect("a mainnet block")
    };
    contest.rival(Contender::new(SERIAL, call, check));

    let wire = best_practice::decode(&block.raw).expect("a mainnet block");
    let chain = block.chain();
    let call = move || {
        let state = WrapDatabaseRef(&block.state);
        let executed = best_practice::execute(&chain, &wire, &people.senders, state);
        executed.expect("a mainnet block")
    };
    let check = |executed: best_practice::Executed| {
        assert_eq!(executed.gas_used, header.gas_used);
        best_practice::check_receipts(header, &executed.receipts).expect("the header's root");
    };
    contest.rival(Contender::new("alloy-evm, serial", call, check));
    contest
}

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
    let measured = whole::executors(engine);
    let mut rows = Vec::new();
    for block in blocks {
        let people = People::of(engine, &block.block).expect("a mainnet block");
        let contest = contest(section, engine, &measured, block, &people);
        rows.extend_from_slice(report.play_part(contest, blocks.len()));
    }
    // By rival and executor, as they come for each block.
    let kinds = 2 * measured.len();
    let groups = (0..kinds).map(|kind| -> Vec<Row> {
        let rows = rows.iter().skip(kind).step_by(kinds);
        rows.cloned().collect()
    });
    let groups: Vec<Vec<Row>> = groups.collect();
    let total = |rows: &[Row], goal| {
        let workload = format!("{} blocks in total", rows.len());
        Row::total(workload, rows, goal)
    };
    let times = groups.iter().map(|rows| total(rows, None).rival_ns);
    let fastest = times.fold(f64::INFINITY, f64::min);
    let auto = name_of(engine, &measured[0]);
    for rows in groups {
        let asked = rows[0].engine == auto && total(&rows, None).rival_ns <= fastest;
        let goal = |least: f64| asked.then_some(least);
        report.sum_up(total(&rows, goal(TOTAL)));
        report.sum_up(Row::worst(&rows, goal(WORST)));
    }
}

/// An engine with one of its executors as the table calls it.
pub(super) fn name_of(engine: &Engine, executor: &Measured) -> String {
    format!("{}, {}", name(engine), executor.kind())
}

fn contest<'a>(
    section: &'static str,
    engine: &Engine,
    measured: &'a [Measured],
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
    for executor in measured {
        let call = move || {
            let output = executor.execute(&job(), &block.state);
            output.expect("a mainnet block")
        };
        let name = name_of(engine, executor);
        contest.engine(Contender::new(name, call, check), None);
    }
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

//! How mainnet blocks scale: the dependencies among their transactions, recorded, and their times, measured, replayed on
//! 1 to 64 workers. Prints a table and writes a plot.

use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use phalanx::Engine;
use phalanx_benches::{
    scaling::{Scaling, WINDOW, WORKERS, plot, record},
    workloads::whole::{People, pre_states},
};
use std::process::ExitCode;

/// That of Phalanx's command, for all contenders; clients have another one of its kind.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Of each transaction, this many times are taken.
const EXECUTIONS: usize = 15;

/// Replays mainnet blocks on simulated workers
#[derive(Debug, Parser)]
struct Args {
    /// Given by `cargo bench`; without it each transaction's time is taken once, and means nothing
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let executions = if Args::parse().bench { EXECUTIONS } else { 1 };
    let Some(mut blocks) = pre_states() else {
        return ExitCode::SUCCESS;
    };
    blocks.retain(|block| block.block.transactions.len() > 1);
    let engine = Engine::builder().threads(1).build().expect("an engine");
    let mut table = Table::new();
    let mut header = vec!["block".to_owned(), "transactions".into(), "serial".into()];
    header.extend(WORKERS.map(|workers| workers.to_string()));
    header.extend(["critical path".into(), "run twice on 8".into()]);
    let columns = header.len();
    table.load_style(presets::ASCII_MARKDOWN).set_header(header);
    let mut scalings = Vec::new();
    let mut strict = Vec::new();
    let mut transactions = 0;
    for block in &blocks {
        let people = People::of(&engine, &block.block).expect("a mainnet block");
        let tasks = record::tasks(block, &people, executions);
        let [scaling, stricter] = tasks.map(|tasks| Scaling::of(&tasks));
        let count = block.block.transactions.len();
        table.add_row(cells(
            block.block.header.number.to_string(),
            count,
            &scaling,
        ));
        transactions += count;
        scalings.push(scaling);
        strict.push(stricter);
    }
    let (total, strict) = (Scaling::sum(&scalings), Scaling::sum(&strict));
    let all = format!("all {}", blocks.len());
    table.add_row(cells(all.clone(), transactions, &total));
    table.add_row(cells(format!("{all}, strict"), transactions, &strict));
    for number in 1..columns {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}\n");
    println!(
        "Speed-ups of execution by number of workers, beside what the longest chain of dependent transactions allows."
    );
    println!(
        "Replayed with measured times (the lower quartile of {executions}), at most {WINDOW} transactions a worker ahead."
    );
    println!(
        "Balances are bounds and senders' nonces granted; strict: who changes a nonce or makes a balance smaller reads it."
    );
    let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/scaling.svg");
    match std::fs::write(path, plot::svg(&scalings, &total)) {
        Ok(()) => println!("The plot is {path}"),
        Err(error) => {
            eprintln!("scaling: {path}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn cells(name: String, transactions: usize, scaling: &Scaling) -> Vec<String> {
    let mut cells = vec![
        name,
        transactions.to_string(),
        format!("{:.2} ms", scaling.serial * 1e3),
    ];
    cells.extend(scaling.speed_ups().map(|ratio| format!("{ratio:.2}x")));
    cells.push(format!("{:.2}x", scaling.bound()));
    let eight = WORKERS
        .iter()
        .position(|workers| *workers == 8)
        .expect("one of them");
    let part = scaling.again[eight] as f64 / transactions as f64;
    cells.push(format!("{:.0} %", 100.0 * part));
    cells
}

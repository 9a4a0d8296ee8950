//! The table of figures: every engine beside its rivals in the same run, in turns, answers checked.

use clap::Parser;
use phalanx::{Backend, backend};
use phalanx_benches::{
    measure::Pace,
    report::{Absent, Report},
    rows::SECTIONS,
};
use std::process::ExitCode;

/// That of Phalanx's command, for all contenders; clients have another one of its kind.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures Phalanx beside its rivals and prints a table of ratios.
#[derive(Debug, Parser)]
struct Args {
    /// Take less time, a minute or two
    #[arg(long)]
    quick: bool,
    /// Print one JSON object in place of the table
    #[arg(long)]
    json: bool,
    /// Sections to measure: recover, keccak, threads, senders, flood, sorted, updates, witness, index, whale, dirty,
    /// blocks, latency, stateless, execute, synthetic
    /// [default: all]
    sections: Vec<String>,
    /// Given by `cargo bench`; without it everything runs once, and the times mean nothing
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let known = |name: &String| SECTIONS.iter().any(|section| section.name == name);
    if let Some(unknown) = args.sections.iter().find(|name| !known(name)) {
        eprintln!("table: no section is called {unknown:?}");
        return ExitCode::from(2);
    }
    let (pace, timing) = match (args.bench, args.quick) {
        (false, _) => ("once", Pace::ONCE),
        (true, true) => ("quick", Pace::QUICK),
        (true, false) => ("full", Pace::FULL),
    };
    let mut report = Report::new(pace, timing, absent());
    for section in &SECTIONS {
        if args.sections.is_empty() || args.sections.iter().any(|name| name == section.name) {
            (section.run)(section.name, &mut report);
        }
    }
    if args.json {
        match serde_json::to_string_pretty(&report) {
            Ok(json) => println!("{json}"),
            Err(error) => {
                eprintln!("table: {error}");
                return ExitCode::FAILURE;
            }
        }
    } else {
        print!("{}", report.text());
    }
    ExitCode::SUCCESS
}

/// The CPU's backends that this machine lacks.
fn absent() -> Vec<Absent> {
    let lacking = backend::survey()
        .into_iter()
        .filter(|status| !status.available);
    lacking
        .filter(|status| status.backend != Backend::Gpu)
        .map(|status| Absent {
            backend: status.backend.to_string(),
            reason: status.reason,
        })
        .collect()
}

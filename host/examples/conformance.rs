//! Runs official blockchain tests and writes `docs/conformance.md`: how many pass in each archive, and every one that
//! does not, with its reason.
//!
//! ```sh
//! cargo run --release --example conformance -- PATH... > docs/conformance.md
//! ```

use phalanx::{
    Engine,
    exec::Serial,
    input::{self, Limits, Progress},
    verify::{case::Options, drive::drive, report::CaseReport},
};
use std::{collections::BTreeMap, error::Error, ops::ControlFlow, path::PathBuf};

#[derive(Default)]
struct Suite {
    passed: u64,
    failed: BTreeMap<String, Vec<String>>,
    unreadable: Vec<(String, String)>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        return Err("name the files, folders or archives of the official tests".into());
    }
    let engine = Engine::builder().build()?;
    println!("# Official blockchain tests\n");
    println!(
        "Written by `cargo run --release --example conformance -- PATH... > docs/conformance.md`."
    );
    println!(
        "A test passes if every block is accepted or refused as it says, a refused one for the exception that"
    );
    println!("it names, and if the head and its state are the ones it names.\n");
    println!("| tests | passed | not passed |\n| --- | ---: | ---: |");
    let mut suites = Vec::new();
    for path in &paths {
        let mut suite = Suite::default();
        let source = |sink: &mut dyn FnMut(input::Case) -> ControlFlow<()>| {
            let paths = std::slice::from_ref(path);
            _ = input::read(paths, &Limits::default(), &Progress::default(), sink);
        };
        drive(
            &engine,
            &Serial,
            &Options::default(),
            source,
            &mut |report| suite.add(report),
        );
        let name = path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
        let failed: usize = suite.failed.values().map(Vec::len).sum();
        println!(
            "| `{name}` | {} | {} |",
            suite.passed,
            failed + suite.unreadable.len()
        );
        suites.push((name, suite));
    }
    for (name, suite) in suites {
        suite.print(&name);
    }
    Ok(())
}

impl Suite {
    fn add(&mut self, report: CaseReport) {
        let place = report
            .input
            .split_once('!')
            .map_or(report.input.as_str(), |(_, inner)| inner);
        if let Some(reason) = report.unreadable {
            self.unreadable.push((place.to_owned(), reason));
        }
        match report.test.map(|test| test.failure) {
            None => {}
            Some(None) => self.passed += 1,
            Some(Some(reason)) => self
                .failed
                .entry(reason)
                .or_default()
                .push(place.to_owned()),
        }
    }

    fn print(&self, name: &str) {
        if self.failed.is_empty() && self.unreadable.is_empty() {
            return;
        }
        println!("\n## Not passed in `{name}`\n");
        for (reason, tests) in &self.failed {
            println!("- {reason}");
            for test in tests {
                println!("  - `{test}`");
            }
        }
        for (place, reason) in &self.unreadable {
            println!("- `{place}`: unreadable: {reason}");
        }
    }
}

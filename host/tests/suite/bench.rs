//! `phalanx bench`: all of it on small workloads, what it prints, and its page in a browser.

mod browser;

use phalanx::{
    Config,
    bench::{
        self, BenchError, Plan, Sizes, compare,
        record::{Document, Entry, Role, Topic},
    },
};
use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
    sync::OnceLock,
    time::Duration,
};

/// A path of this test run's own.
fn temporary(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{}-{name}", std::process::id()))
}

fn config() -> Config {
    Config {
        threads: Some(2),
        ..Config::default()
    }
}

/// One run for all tests that need one.
fn document() -> &'static Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let time = Duration::from_millis(500);
        let plan = Plan {
            config: config(),
            time,
            paths: Vec::new(),
            sizes: Sizes::fitting(time),
        };
        let mut last = 0.0;
        let document = bench::run(&plan, &mut |step| {
            assert!((last..=1.0).contains(&step.done), "{step:?}");
            last = step.done;
        });
        assert!(last > 0.9, "{last}");
        document.expect("small workloads")
    })
}

fn phalanx(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phalanx"));
    command
        .args([
            "bench",
            "--time",
            "1",
            "--threads",
            "2",
            "--backend",
            "portable",
        ])
        .args(args)
        .env("PHALANX_CACHE", env!("CARGO_TARGET_TMPDIR"));
    command.output().expect("the binary runs")
}

#[test]
fn every_part_has_its_rows() {
    let document = document();
    for topic in [
        Topic::Recovery,
        Topic::Keccak,
        Topic::Trie,
        Topic::Witness,
        Topic::Latency,
        Topic::Execution,
        Topic::Chain,
        Topic::RecoverySizes,
        Topic::KeccakSizes,
    ] {
        let rows: Vec<_> = document
            .rows
            .iter()
            .filter(|row| row.topic == topic)
            .collect();
        assert!(!rows.is_empty(), "{topic:?}");
        // Rivals leave a curve where they would take too long.
        let rivals = rows.iter().take_while(|row| {
            let rival = |entry: &Entry| entry.role == Role::Rival;
            row.entries.iter().any(rival) && row.comparisons().count() > 0
        });
        let least = if topic.is_curve() { 1 } else { rows.len() };
        assert!(rivals.count() >= least, "{rows:?}");
        for row in rows {
            assert!(row.rounds > 0, "{row:?}");
            for entry in &row.entries {
                let of = entry.item_ns;
                assert!(
                    0.0 < of.low && of.low <= of.median && of.median <= of.high,
                    "{entry:?}"
                );
            }
            for (entry, ratio) in row.comparisons() {
                let of = ratio.times;
                assert!(0.0 < of.low && of.low <= of.median && of.median <= of.high);
                assert!(
                    row.entries.iter().any(|rival| rival.name == ratio.rival),
                    "{entry:?}"
                );
            }
        }
    }
    let threads: Vec<_> = document
        .rows
        .iter()
        .filter(|row| row.topic == Topic::Threads)
        .collect();
    assert_eq!(threads.len(), 2);
    for row in threads {
        assert_eq!(row.entries[0].role, Role::Baseline);
        assert_eq!((row.entries[0].threads, row.entries[1].threads), (1, 2));
    }
    assert_eq!(document.stages.len(), 2);
}

#[test]
fn sizes_grow_and_rivals_are_on_the_curve() {
    let sizes = |topic| {
        let rows = document().rows.iter().filter(move |row| row.topic == topic);
        rows.map(|row| row.items).collect::<Vec<usize>>()
    };
    assert_eq!(sizes(Topic::RecoverySizes)[0], 1);
    assert!(sizes(Topic::RecoverySizes).is_sorted());
    assert_eq!(sizes(Topic::KeccakSizes), Sizes::small().curve);
}

#[test]
fn a_document_is_the_same_after_json_and_against_itself() {
    let document = document();
    let json = serde_json::to_string(document).expect("JSON");
    // Numbers are written so that the same ones are read.
    let back = compare::parse(&json).expect("its own JSON");
    assert_eq!(back.rows.len(), document.rows.len());
    let found = compare::compare(&back, document);
    assert!(
        found.changes.is_empty() && found.same + found.undecided > 20,
        "{found:?}"
    );
    assert!(found.gone.is_empty() && found.new.is_empty());
}

#[test]
fn inputs_without_state_are_an_error() {
    let path = temporary("no-block.txt");
    fs::write(&path, "nothing of the kind").expect("a file is written");
    let plan = Plan {
        config: config(),
        time: Duration::from_millis(100),
        paths: vec![path.clone()],
        sizes: Sizes::small(),
    };
    let error = bench::run(&plan, &mut |_| {}).expect_err("there is no block");
    assert!(matches!(error, BenchError::NoBlocks(_)), "{error}");
    fs::remove_file(path).expect("it was there");
}

/// The command: JSON alone on standard output, the page, the comparison, and errors before any work.
#[test]
fn the_command_writes_json_a_page_and_a_comparison() {
    let (old, page) = (temporary("old.json"), temporary("page.html"));
    let [old_arg, page_arg] = [&old, &page].map(|path| path.to_str().expect("UTF-8"));
    let first = phalanx(&["--json", "--report", page_arg]);
    assert!(first.status.success(), "{first:?}");
    let text = String::from_utf8(first.stdout).expect("UTF-8");
    let document = compare::parse(&text).expect("one JSON object and nothing else");
    let backends = document.rows.iter().flat_map(|row| &row.entries);
    assert!(
        backends
            .filter_map(|entry| entry.backend.as_deref())
            .all(|backend| backend == "portable"),
        "the others are left out"
    );
    let html = fs::read_to_string(&page).expect("the page was written");
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"));

    fs::write(&old, &text).expect("a file is written");
    let second = phalanx(&["--compare", old_arg]);
    assert!(second.status.success(), "{second:?}");
    let text = String::from_utf8(second.stdout).expect("UTF-8");
    for part in [
        "comparisons with rivals",
        "Compared with the earlier run",
        "figures changed beyond noise",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }

    fs::write(&old, "{\"format\": 77}").expect("a file is written");
    for args in [
        ["--compare", old_arg],
        ["--compare", "/nowhere/old.json"],
        ["--report", "/nowhere/page.html"],
    ] {
        let refused = phalanx(&args);
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
        assert!(refused.stdout.is_empty());
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(args[0]), "{said}");
    }
    for path in [old, page] {
        fs::remove_file(path).expect("it was there");
    }
}

//! Comparisons of documents.

use super::*;
use crate::bench::record::{
    Topic,
    tests::{document, row},
};

fn with(rows: Vec<Row>) -> Document {
    Document { rows, ..document() }
}

#[test]
fn only_what_is_beyond_noise_has_changed() {
    let old = with(vec![
        row(Topic::Recovery, 64, 1000.0, 7000.0),
        row(Topic::Keccak, 64, 1000.0, 5000.0),
        row(Topic::Trie, 64, 1000.0, 5000.0),
    ]);
    let new = with(vec![
        // Within the noise of 2 % and the intervals of 1 %.
        row(Topic::Recovery, 64, 1050.0, 7350.0),
        // Twice as fast as before, the rival as ever.
        row(Topic::Keccak, 64, 500.0, 5000.0),
        row(Topic::Witness, 64, 1000.0, 5000.0),
    ]);
    let found = compare(&old, &new);
    assert_eq!(found.same, 2, "{found:?}");
    assert_eq!(found.changes.len(), 2);
    for change in &found.changes {
        assert_eq!(change.direction, Direction::Better);
        assert!((change.factor - 2.0).abs() < 1e-9, "{change:?}");
    }
    assert_eq!(found.gone, ["trie update: 64 things, portable"]);
    assert_eq!(found.new, ["witness check: 64 things, portable"]);
    assert_eq!(found.caveats.len(), 1);
    let text = found.text();
    assert!(
        text.contains("better  Keccak-256: 64 things, portable: time an item: 1.00 µs -> 500 ns"),
        "{text}"
    );
    assert!(
        text.contains("2 figures changed beyond noise, 2 did not"),
        "{text}"
    );
    assert!(compare(&new, &old).text().contains("WORSE"));
}

#[test]
fn what_is_not_sure_is_undecided_and_runs_differ_somewhat() {
    let old = with(vec![row(Topic::Recovery, 64, 1000.0, 7000.0)]);
    let mut new = with(vec![row(Topic::Recovery, 64, 500.0, 7000.0)]);
    new.rows[0].entries[0].item_ns.confidence = 0.75;
    let found = compare(&old, &new);
    let counts = (found.changes.len(), found.same, found.undecided);
    assert_eq!(counts, (1, 0, 1), "{found:?}");
    assert!(found.text().contains("1 are undecided"));
    // Intervals of 2 % each and 3 % between runs: 8 % are within, 12 % are not.
    for (theirs, changed) in [(7560.0, 0), (7840.0, 1)] {
        let new = with(vec![row(Topic::Recovery, 64, 1000.0, theirs)]);
        assert_eq!(compare(&old, &new).changes.len(), changed, "{theirs}");
    }
    assert!(found.text().contains("widened by 3 %"));
}

#[test]
fn nothing_of_a_file_is_a_control_sequence() {
    let mut old = with(vec![row(Topic::Recovery, 64, 1000.0, 7000.0)]);
    old.date = "\u{1b}]0;title\u{7}".into();
    old.rows[0].workload = "gone\r\u{1b}[2K\n".into();
    let text = compare(&old, &with(Vec::new())).text();
    let controls = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(controls), "{text:?}");
    assert!(text.contains("gone\u{fffd}\u{fffd}[2K\u{fffd}"), "{text:?}");
}

#[test]
fn noise_widens_times_and_no_ratios() {
    let old = with(vec![row(Topic::Recovery, 64, 1000.0, 7000.0)]);
    let mut new = with(vec![row(Topic::Recovery, 64, 1300.0, 7000.0)]);
    new.noise.spread = 0.5;
    let found = compare(&old, &new);
    assert_eq!(found.changes.len(), 1);
    assert!(found.changes[0].what.ends_with("ratio to rival"));
    assert!(found.caveats[1].contains("noisy in this run"), "{found:?}");
}

#[test]
fn other_machines_and_versions_are_named() {
    let old = document();
    let mut new = document();
    new.machine.logical_processors = 64;
    new.phalanx = "9.9.9".into();
    let caveats = compare(&old, &new).caveats.join("\n");
    assert!(caveats.contains("ANOTHER MACHINE"), "{caveats}");
    let mut unnamed = document();
    unnamed.machine.processor = None;
    let told = compare(&unnamed, &unnamed).caveats.join("\n");
    assert!(told.contains("can't be told apart"), "{told}");
    assert!(
        caveats.contains("Phalanx 0.0.0 then, 9.9.9 now"),
        "{caveats}"
    );
}

#[test]
fn files_of_other_kinds_are_refused() {
    let json = serde_json::to_string(&document()).expect("JSON");
    assert_eq!(parse(&json).expect("its own"), document());
    let later = json.replacen("\"format\":1", "\"format\":2", 1);
    let error = parse(&later).expect_err("of another version").to_string();
    assert!(
        error.contains("another version: its format is 2"),
        "{error}"
    );
    let odd = with(vec![row(Topic::Recovery, 64, 1000.0, 7000.0)]);
    let odd = serde_json::to_string(&odd).expect("JSON");
    let odd = odd.replacen("\"recovery\"", "\"\\u001b[2J\"", 1);
    let error = parse(&odd).expect_err("no such topic").to_string();
    assert!(error.contains("\u{fffd}[2J"), "{error:?}");
    for other in ["", "[]", "{}", "{\"format\":1}"] {
        assert!(parse(other).is_err(), "{other}");
    }
}

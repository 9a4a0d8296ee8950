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
    for other in ["", "[]", "{}", "{\"format\":1}"] {
        assert!(parse(other).is_err(), "{other}");
    }
}

//! What a document promises, and documents for the tests of others.

use super::*;
use crate::bench::machine::BackendNote;

pub(crate) fn estimate(median: f64, spread: f64) -> Estimate {
    Estimate {
        median,
        low: median * (1.0 - spread),
        high: median * (1.0 + spread),
        confidence: 0.96,
    }
}

pub(crate) fn row(topic: Topic, items: usize, ours_ns: f64, theirs_ns: f64) -> Row {
    let entry = |name: &str, role, ns| Entry {
        name: name.into(),
        role,
        backend: (role != Role::Rival).then(|| "portable".to_owned()),
        threads: 1,
        item_ns: estimate(ns, 0.01),
        ratios: Vec::new(),
    };
    let mut ours = entry("portable", Role::Phalanx, ours_ns);
    ours.ratios.push(Ratio {
        rival: "rival".into(),
        times: estimate(theirs_ns / ours_ns, 0.02),
    });
    Row {
        topic,
        workload: format!("{items} things"),
        unit: "thing".into(),
        items,
        transactions: None,
        gas: None,
        clock: Clock::Wall,
        rounds: 9,
        entries: vec![ours, entry("rival", Role::Rival, theirs_ns)],
    }
}

/// A document without rows, of a quiet machine.
pub(crate) fn document() -> Document {
    Document {
        format: FORMAT,
        phalanx: "0.0.0".into(),
        date: "2026-01-31T12:34:56Z".into(),
        seconds: 90.0,
        machine: Machine {
            os: "linux".into(),
            architecture: "x86_64".into(),
            processor: Some("a <processor> & more".into()),
            features: vec!["avx2".into()],
            logical_processors: 4,
            memory_bytes: Some(8 << 30),
            backends: vec![BackendNote {
                backend: "portable".into(),
                available: true,
                reason: "runs on any processor".into(),
            }],
        },
        choice: Choice {
            backend: "portable".into(),
            reason: "the fastest to be had".into(),
            threads: 4,
            sharing: "nothing is given to a GPU".into(),
        },
        noise: Noise {
            samples: 100,
            median_seconds: 0.001,
            spread: 0.02,
            limit: 0.1,
        },
        rows: Vec::new(),
        stages: vec![Stages {
            workload: "blocks".into(),
            engine: "portable".into(),
            parts: vec![("senders".into(), 600.0), ("execute".into(), 400.0)],
        }],
        energy: Energy {
            sources: Vec::new(),
            reason: Some("no powercap of a processor".into()),
            rows: Vec::new(),
        },
        notes: vec!["something was left out".into()],
    }
}

#[test]
fn documents_go_through_json() {
    let mut document = document();
    document.rows.push(row(Topic::KeccakSizes, 16, 10.0, 20.0));
    let json = serde_json::to_string(&document).expect("a document is JSON");
    let back: Document = serde_json::from_str(&json).expect("its own JSON");
    assert_eq!(back, document);
    assert!(json.starts_with(r#"{"format":1,"#), "{json}");
}

#[test]
fn outcomes_are_the_interval_s() {
    for (theirs, outcome) in [
        (2000.0, Outcome::Won),
        (500.0, Outcome::Lost),
        (1010.0, Outcome::Undecided),
    ] {
        let row = row(Topic::Recovery, 4, 1000.0, theirs);
        let (_, ratio) = row.comparisons().next().expect("one rival");
        assert_eq!(ratio.outcome(), outcome);
        let mut doubtful = ratio.clone();
        doubtful.times.confidence = 0.75;
        assert_eq!(doubtful.outcome(), Outcome::Undecided);
    }
}

#[test]
fn rates_of_blocks_are_of_all_items() {
    let mut row = row(Topic::Chain, 10, 1e6, 2e6);
    assert_eq!(row.block_rates(&row.entries[0]), (None, None));
    row.transactions = Some(2_000);
    row.gas = Some(50_000_000);
    let (transactions, gas) = row.block_rates(&row.entries[0]);
    assert!(gas.is_some_and(|rate| (rate - 5e9).abs() < 1.0), "{gas:?}");
    assert!(transactions.is_some_and(|rate| (rate - 2e5).abs() < 1.0));
    assert!((row.entries[0].rate() - 1000.0).abs() < 1e-9);
}

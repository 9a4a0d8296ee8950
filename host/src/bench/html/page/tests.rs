//! The page as browsers and readers need it.

use super::*;
use crate::bench::{
    energy::EnergyRow,
    record::{
        Role, Row,
        tests::{document, estimate, row},
    },
};

/// A document that has something of everything, names with markup in them included.
fn full() -> Document {
    let mut document = document();
    document.noise.spread = 0.3;
    let mut threads = row(Topic::Threads, 64, 500.0, 950.0);
    threads.entries[1].role = Role::Baseline;
    threads.entries[0].ratios[0].times = estimate(1.9, 0.05);
    let mut rows: Vec<Row> = [1, 16, 256]
        .map(|items| row(Topic::RecoverySizes, items, 5_000.0, 40_000.0))
        .to_vec();
    rows.push(row(Topic::Recovery, 64, 1_000.0, 7_000.0));
    rows.push(row(Topic::Keccak, 64, 1_000.0, 700.0));
    rows.push(threads);
    for row in &mut rows {
        row.workload.push_str(" <b>&\"'");
    }
    document.rows = rows;
    document.energy.sources = vec!["powercap package-0".into()];
    document.energy.rows.push(EnergyRow {
        per: "Ggas".into(),
        contender: "portable".into(),
        processor: Some(12.5),
        gpu: None,
    });
    document
}

/// Elements without content.
const VOID: [&str; 3] = ["meta", "br", "link"];

/// Panics unless every tag is closed in order and every attribute quoted.
fn assert_well_formed(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>\n").expect("a doctype");
    while let Some(start) = rest.find('<') {
        assert!(
            !rest[..start].contains('>'),
            "a bare > in {:?}",
            &rest[..start]
        );
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        assert!(tag.matches('"').count().is_multiple_of(2), "{tag}");
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "</{closed}>");
            continue;
        }
        let element = tag.split([' ', '/']).next().unwrap_or_default();
        if element == "style" {
            let end = rest.find("</style>").expect("the style ends");
            rest = &rest[end + "</style>".len()..];
        } else if !tag.ends_with('/') && !VOID.contains(&element) {
            open.push(element);
        }
    }
    assert!(open.is_empty(), "not closed: {open:?}");
}

#[test]
fn the_page_is_well_formed_and_nothing_in_it_is_loaded() {
    let html = page(&full());
    assert_well_formed(&html);
    assert!(!html.contains("<b>") && html.contains("&lt;b&gt;&amp;&quot;&#39;"));
    assert!(html.contains("a &lt;processor&gt; &amp; more"));
    for loaded in [
        "<script", "<img", "<link", "http:", "https:", "url(", "@import", "src=",
    ] {
        assert!(!html.contains(loaded), "{loaded}");
    }
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(
        (count, ids.len()),
        (4, 4),
        "two plots with title and description"
    );
}

#[test]
fn everything_is_on_the_page() {
    let html = page(&full());
    for part in [
        "width=device-width",
        "prefers-color-scheme: dark",
        "2026-01-31T12:34:56Z",
        "Phalanx 0.0.0",
        "a noisy machine",
        "LOST",
        "Throughput by batch size",
        "Where a block&#39;s time goes",
        "Scaling with threads",
        "12.5 J",
        "not readable here",
        "something was left out",
        "order statistics",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn an_empty_document_is_a_page_as_well() {
    let mut document = document();
    document.stages.clear();
    let html = page(&document);
    assert_well_formed(&html);
    assert!(html.contains("Not readable here: no powercap of a processor."));
    assert!(!html.contains("a noisy machine"));
}

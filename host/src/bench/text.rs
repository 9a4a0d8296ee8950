//! A document as a terminal shows it.

use super::{
    curves::{Curve, curves},
    energy::CAVEAT,
    format::{cost, count, interval, joules, printable, rate, time, times},
    record::{Document, Entry, Outcome, Role, Row, Topic},
    sentences::{losses, tally, warning},
};
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};
use std::fmt::Write as _;

/// Tables and sentences; losses stand where wins do.
pub fn text(document: &Document, colour: bool) -> String {
    let mut text = format!(
        "Phalanx {} on {}\n{}, {:.0} s\n",
        document.phalanx,
        printable(&document.machine.title()),
        document.date,
        document.seconds
    );
    if let Some(warning) = warning(document) {
        line(&mut text, warning);
    }
    text.push('\n');
    let is_match = |row: &&Row| !row.topic.is_curve() && row.topic != Topic::Threads;
    for row in document.rows.iter().filter(is_match) {
        line(&mut text, contest(row, colour));
        text.push('\n');
    }
    line(&mut text, "In brackets: 95 % intervals.");
    line(&mut text, tally(document));
    line(&mut text, losses(document));
    for curve in curves(document) {
        text.push('\n');
        line(
            &mut text,
            format!(
                "{}, {}s a second on all threads",
                curve.topic.title(),
                curve.unit
            ),
        );
        line(&mut text, sizes(&curve));
        for said in curve.crossings() {
            line(&mut text, said);
        }
    }
    for row in document
        .rows
        .iter()
        .filter(|row| row.topic == Topic::Threads)
    {
        text.push('\n');
        line(&mut text, threads(row));
    }
    for stages in &document.stages {
        let whole: f64 = stages.parts.iter().map(|(_, ns)| ns).sum();
        let parts = stages.parts.iter().filter(|(_, ns)| *ns > 0.0);
        let parts = parts.map(|(name, ns)| format!("{name} {:.0} %", 100.0 * ns / whole));
        let parts: Vec<String> = parts.collect();
        text.push('\n');
        line(
            &mut text,
            format!(
                "{}, {}: {} a block over all threads",
                stages.workload,
                stages.engine,
                time(whole)
            ),
        );
        line(&mut text, format!("  {}", parts.join(", ")));
    }
    text.push('\n');
    energy(&mut text, document);
    let choice = &document.choice;
    line(
        &mut text,
        format!(
            "chosen here: {} on {} threads ({}); {}",
            choice.backend,
            choice.threads,
            printable(&choice.reason),
            printable(&choice.sharing)
        ),
    );
    for note in &document.notes {
        line(&mut text, format!("note: {}", printable(note)));
    }
    text
}

fn line(text: &mut String, line: impl std::fmt::Display) {
    // Writing to a string can't fail.
    let _ = writeln!(text, "{line}");
}

fn table(header: &[&str], numbers: impl IntoIterator<Item = usize>) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(header);
    for number in numbers {
        if let Some(column) = table.column_mut(number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Who took part in a match: Phalanx held against each rival, then the rivals.
fn contest(row: &Row, colour: bool) -> Table {
    let rivals: Vec<&Entry> = row
        .entries
        .iter()
        .filter(|it| it.role == Role::Rival)
        .collect();
    let title = format!("{}: {}", row.topic.title(), row.workload);
    let against = rivals.iter().map(|rival| format!("against {}", rival.name));
    let header: Vec<String> = [title, "takes".into()].into_iter().chain(against).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut table = table(&header, 1..header.len());
    for entry in &row.entries {
        let against = rivals.iter().map(|rival| {
            let ratio = entry.ratios.iter().find(|ratio| ratio.rival == rival.name);
            let Some(ratio) = ratio else {
                return Cell::new("");
            };
            let outcome = ratio.outcome();
            let (of, interval) = (times(ratio.times.median), interval(&ratio.times));
            let cell = Cell::new(format!("{of} ({interval}) {}", outcome.word()));
            match colour && outcome == Outcome::Lost {
                true => cell.fg(Color::Red),
                false => cell,
            }
        });
        let who = [Cell::new(&entry.name), Cell::new(cost(row, entry))];
        table.add_row(who.into_iter().chain(against));
    }
    table
}

/// By size; an empty place where somebody was left out.
fn sizes(curve: &Curve<'_>) -> Table {
    let header: Vec<&str> = std::iter::once("batch")
        .chain(curve.names.iter().copied())
        .collect();
    let mut table = table(&header, 0..header.len());
    for row in &curve.rows {
        let rates = curve.names.iter().map(|name| {
            let entry = curve.entry(row, name);
            entry.map_or_else(String::new, |entry| rate(entry.rate()))
        });
        let cells: Vec<String> = std::iter::once(count(row.items)).chain(rates).collect();
        table.add_row(cells);
    }
    table
}

fn threads(row: &Row) -> String {
    let entries = row.entries.iter().map(|entry| match entry.ratios.first() {
        None => format!("{} on one thread", time(entry.item_ns.median)),
        Some(ratio) => format!(
            "{} on {} ({})",
            times(ratio.times.median),
            entry.threads,
            interval(&ratio.times)
        ),
    });
    let backend = row
        .entries
        .iter()
        .find(|entry| entry.role == Role::Baseline);
    let backend = backend.and_then(|entry| entry.backend.as_deref());
    let entries: Vec<String> = entries.collect();
    format!(
        "{}, {}, {}: {}",
        row.topic.title(),
        row.workload,
        backend.unwrap_or("one thread"),
        entries.join(", ")
    )
}

fn energy(text: &mut String, document: &Document) {
    let energy = &document.energy;
    if energy.sources.is_empty() {
        let reason = energy.reason.as_deref().unwrap_or("nothing tells");
        return line(
            text,
            format!("energy: not readable here: {}", printable(reason)),
        );
    }
    line(
        text,
        format!("energy, from {}", printable(&energy.sources.join(", "))),
    );
    line(text, CAVEAT);
    for row in &energy.rows {
        let part = |joules_of: Option<f64>| match joules_of {
            Some(of) => joules(of),
            None => "not readable here".into(),
        };
        line(
            text,
            format!(
                "  {} a {}: processor {}, GPU {}",
                row.contender,
                row.per,
                part(row.processor),
                part(row.gpu)
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::record::tests::{document, row};

    #[test]
    fn losses_stand_beside_wins() {
        let mut document = document();
        document.rows = vec![
            row(Topic::Recovery, 64, 1_000.0, 7_000.0),
            row(Topic::Keccak, 64, 1_000.0, 500.0),
            row(Topic::RecoverySizes, 4, 1_000.0, 7_000.0),
        ];
        let said = text(&document, false);
        for part in [
            "recovery: 64 things",
            "against rival",
            "The fastest backend of Phalanx LOST at Keccak-256, 64 things: 0.50x of rival.",
            "7.00x",
            "0.50x",
            "LOST",
            "3 comparisons with rivals, batch sizes included: 2 won, 1 LOST, 0 undecided",
            "recovery by batch size",
            "not readable here",
            "note: something was left out",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("WARNING"));
        document.notes = vec!["\u{1b}[2J of a file\n".into()];
        let said = text(&document, false);
        assert!(
            said.contains("note: \u{fffd}[2J of a file\u{fffd}\n"),
            "{said}"
        );
        document.noise.spread = 0.4;
        assert!(text(&document, false).contains("WARNING: a noisy machine"));
    }
}

//! What has changed between two documents.
//!
//! A figure counts as changed only if the intervals of both are sure and have no number in common. An interval says nothing
//! of what differs from one start of a program to the next, such as where its code and data come to lie, so each is first
//! widened by [`BETWEEN_RUNS`]. Times an item are of one moment each, so theirs are widened further by the noise that either
//! run has noted; ratios are held against a rival of the same moment. Where there were too few rounds for an interval that
//! is sure, nothing is decided.

use super::{
    format::{interval, printable, time, times},
    record::{Document, Entry, FORMAT, Role, Row},
    stats::Estimate,
};
use serde::Serialize;
use std::fmt::Write as _;

/// By what part figures of the same program may differ from run to run though each run is quiet: both ends of an interval
/// are moved outwards by it. It is set, not measured.
pub const BETWEEN_RUNS: f64 = 0.03;

/// Why a document can't be read.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// It is none.
    #[error("not what `phalanx bench --json` writes: {}", printable(&.0.to_string()))]
    Json(#[from] serde_json::Error),
    /// Another version of Phalanx has written it.
    #[error("a file of another version: its format is {0}, and this program reads {FORMAT}")]
    Format(u64),
}

/// Reads a document.
pub fn parse(json: &str) -> Result<Document, CompareError> {
    let value: serde_json::Value = serde_json::from_str(json)?;
    match value.get("format").and_then(serde_json::Value::as_u64) {
        Some(format) if format != u64::from(FORMAT) => Err(CompareError::Format(format)),
        _ => Ok(serde_json::from_value(value)?),
    }
}

/// Which way something has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Less time, or a greater ratio.
    Better,
    /// The opposite.
    Worse,
}

/// Something that has changed beyond noise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// What of whom on which workload.
    pub what: String,
    /// Which way.
    pub direction: Direction,
    /// Before, in words.
    pub old: String,
    /// Now, in words.
    pub new: String,
    /// How many times as fast as before.
    pub factor: f64,
}

/// Two documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// What a reader must know before: another machine, another version, noise.
    pub caveats: Vec<String>,
    /// What has changed, the greatest change first.
    pub changes: Vec<Change>,
    /// By what part intervals were widened for what differs between runs: [`BETWEEN_RUNS`].
    pub between_runs: f64,
    /// How many figures are within noise.
    pub same: usize,
    /// How many had too few rounds in either run for an interval that is sure.
    pub undecided: usize,
    /// What only the old document has.
    pub gone: Vec<String>,
    /// What only the new one has.
    pub new: Vec<String>,
}

/// Holds a document against an earlier one.
pub fn compare(old: &Document, new: &Document) -> Comparison {
    let mut comparison = Comparison {
        caveats: caveats(old, new),
        changes: Vec::new(),
        between_runs: BETWEEN_RUNS,
        same: 0,
        undecided: 0,
        gone: missing(old, new),
        new: missing(new, old),
    };
    let noise = [old.noise.spread, new.noise.spread];
    for (row, entry) in figures(new) {
        let Some(before) = find(old, row, &entry.name) else {
            continue;
        };
        let what = name(row, entry);
        let wide = [
            widened(&before.item_ns, noise[0]),
            widened(&entry.item_ns, noise[1]),
        ];
        let factor = before.item_ns.median / entry.item_ns.median;
        let said = [before, entry].map(|entry| time(entry.item_ns.median));
        comparison.add(format!("{what}: time an item"), wide, factor, said);
        for ratio in &entry.ratios {
            let same = |other: &&super::record::Ratio| other.rival == ratio.rival;
            if let Some(before) = before.ratios.iter().find(same) {
                let pair = [before.times, ratio.times];
                let wide = pair.map(|of| widened(&of, 0.0));
                let factor = ratio.times.median / before.times.median;
                let said = pair.map(|of| format!("{} ({})", times(of.median), interval(&of)));
                let what = format!("{what}: ratio to {}", ratio.rival);
                comparison.add(what, wide, factor, said);
            }
        }
    }
    let size = |change: &Change| change.factor.ln().abs();
    comparison
        .changes
        .sort_by(|a, b| size(b).total_cmp(&size(a)));
    comparison
}

impl Comparison {
    fn add(&mut self, what: String, [before, now]: [Estimate; 2], factor: f64, said: [String; 2]) {
        if !before.is_sure() || !now.is_sure() {
            self.undecided += 1;
            return;
        }
        if !before.differs_from(&now) {
            self.same += 1;
            return;
        }
        let [old, new] = said;
        self.changes.push(Change {
            what,
            direction: match factor >= 1.0 {
                true => Direction::Better,
                false => Direction::Worse,
            },
            old,
            new,
            factor,
        });
    }

    /// As a terminal shows it. Of what the earlier file holds, nothing is a control sequence there.
    pub fn text(&self) -> String {
        let mut text = String::from("Compared with the earlier run\n");
        // Writing to a string can't fail.
        let mut line = |line: String| {
            let _ = writeln!(text, "{}", printable(&line));
        };
        for caveat in &self.caveats {
            line(format!("  note: {caveat}"));
        }
        for change in &self.changes {
            let word = match change.direction {
                Direction::Better => "better",
                Direction::Worse => "WORSE",
            };
            line(format!(
                "  {word}  {}: {} -> {}, {} as fast",
                change.what,
                change.old,
                change.new,
                times(change.factor)
            ));
        }
        for (word, names) in [("gone", &self.gone), ("new", &self.new)] {
            for name in names {
                line(format!("  {word}    {name}"));
            }
        }
        let changed = self.changes.len();
        line(format!(
            "  {changed} figures changed beyond noise, {} did not, {} are undecided (too few rounds).",
            self.same, self.undecided
        ));
        line(format!(
            "  Intervals are widened by {:.0} % for what differs from run to run, those of times by the noise as well.",
            100.0 * self.between_runs
        ));
        text
    }
}

fn caveats(old: &Document, new: &Document) -> Vec<String> {
    let mut caveats = vec![format!("the earlier run is of {}", old.date)];
    let titles = || format!("{}; this one: {}", old.machine.title(), new.machine.title());
    match old.machine.is_like(&new.machine) {
        Some(true) => {}
        Some(false) => {
            caveats.push(format!(
                "the earlier run is of ANOTHER MACHINE: {}",
                titles()
            ));
        }
        None => caveats.push(format!("the machines can't be told apart: {}", titles())),
    }
    if old.phalanx != new.phalanx {
        caveats.push(format!("Phalanx {} then, {} now", old.phalanx, new.phalanx));
    }
    for (document, which) in [(old, "the earlier"), (new, "this")] {
        if document.noise.is_noisy() {
            caveats.push(format!(
                "the machine was noisy in {which} run, whose times count as known to {:.0} % only",
                100.0 * document.noise.spread
            ));
        }
    }
    caveats
}

/// Phalanx's figures.
fn figures(document: &Document) -> impl Iterator<Item = (&Row, &Entry)> {
    let entries = |row| {
        let row: &Row = row;
        row.entries.iter().map(move |entry| (row, entry))
    };
    let figures = document.rows.iter().flat_map(entries);
    figures.filter(|(_, entry)| entry.role != Role::Rival)
}

fn find<'a>(document: &'a Document, like: &Row, name: &str) -> Option<&'a Entry> {
    let mut rows = document.rows.iter();
    let row = rows.find(|row| row.topic == like.topic && row.workload == like.workload)?;
    row.entries.iter().find(|entry| entry.name == name)
}

/// What one document has and the other has not.
fn missing(of: &Document, other: &Document) -> Vec<String> {
    let alone = figures(of).filter(|(row, entry)| find(other, row, &entry.name).is_none());
    alone.map(|(row, entry)| name(row, entry)).collect()
}

fn name(row: &Row, entry: &Entry) -> String {
    format!("{}: {}, {}", row.topic.title(), row.workload, entry.name)
}

/// By what differs between runs, and by a part besides.
fn widened(of: &Estimate, part: f64) -> Estimate {
    let factor = (1.0 + BETWEEN_RUNS) * (1.0 + part);
    Estimate {
        low: of.low / factor,
        high: of.high * factor,
        ..*of
    }
}

#[cfg(test)]
mod tests;

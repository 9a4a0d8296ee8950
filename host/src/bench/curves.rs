//! What rows of many sizes say together.

use super::{
    format::count,
    record::{Document, Entry, Role, Row, Topic},
};

/// Throughput by size of the batch.
#[derive(Debug)]
pub(super) struct Curve<'a> {
    /// What is computed.
    pub(super) topic: Topic,
    /// What an item is.
    pub(super) unit: &'a str,
    /// By size.
    pub(super) rows: Vec<&'a Row>,
    /// Everybody who is in one of them, in the order of the first.
    pub(super) names: Vec<&'a str>,
}

/// All curves of a document, of at least one size.
pub(super) fn curves(document: &Document) -> Vec<Curve<'_>> {
    let topics = [Topic::RecoverySizes, Topic::KeccakSizes];
    let curve = |topic| {
        let rows = document.rows.iter().filter(|row| row.topic == topic);
        let mut rows: Vec<&Row> = rows.collect();
        rows.sort_by_key(|row| row.items);
        let mut names: Vec<&str> = Vec::new();
        for entry in rows.iter().flat_map(|row| &row.entries) {
            if !names.contains(&entry.name.as_str()) {
                names.push(&entry.name);
            }
        }
        Some(Curve {
            topic,
            unit: &rows.first()?.unit,
            rows,
            names,
        })
    };
    topics.into_iter().filter_map(curve).collect()
}

impl<'a> Curve<'a> {
    /// Items a second of somebody at a size.
    pub(super) fn entry(&self, row: &'a Row, name: &str) -> Option<&'a Entry> {
        row.entries.iter().find(|entry| entry.name == name)
    }

    /// What can be read off it, in sentences: from which size on somebody stays ahead of somebody else.
    pub(super) fn crossings(&self) -> Vec<String> {
        let is = |role: Role, gpu: bool| {
            move |entry: &&Entry| entry.role == role && is_gpu(entry) == gpu
        };
        let mut said = vec![self.crossing(
            "Phalanx",
            "every rival",
            |row| fastest(row, |entry| entry.role == Role::Phalanx),
            |row| fastest(row, |entry| entry.role == Role::Rival),
        )];
        let on_gpu = |row: &&Row| row.entries.iter().any(is_gpu);
        if self.rows.iter().any(on_gpu) {
            said.push(self.crossing(
                "The GPU",
                "every level of the processor",
                |row| fastest(row, |entry| is(Role::Phalanx, true)(&entry)),
                |row| fastest(row, |entry| is(Role::Phalanx, false)(&entry)),
            ));
        } else {
            said.push("There is no GPU in it to cross the processor's curve.".into());
        }
        said
    }

    /// From the size on from which one side is faster at every size at which both were measured.
    fn crossing(
        &self,
        who: &str,
        whom: &str,
        ours: impl Fn(&'a Row) -> Option<&'a Entry>,
        theirs: impl Fn(&'a Row) -> Option<&'a Entry>,
    ) -> String {
        let both = self.rows.iter().filter_map(|row| {
            let (ours, theirs) = (ours(row)?, theirs(row)?);
            Some((row.items, ours.item_ns.high < theirs.item_ns.low))
        });
        let both: Vec<(usize, bool)> = both.collect();
        let ahead = both.iter().rev().take_while(|(_, ahead)| *ahead);
        let many = |items: usize| match items {
            1 => format!("1 {}", self.unit),
            _ => format!("{} {}s", count(items), self.unit),
        };
        let Some((largest, _)) = both.last() else {
            return format!("{who} and {whom} met at no size.");
        };
        match ahead.last() {
            Some((from, _)) => format!(
                "{who} is ahead of {whom} in batches from {} on, as far as both were measured ({}).",
                many(*from),
                count(*largest)
            ),
            None => format!(
                "{who} is not ahead of {whom} in the largest batch that both had ({}).",
                many(*largest)
            ),
        }
    }
}

/// True for a GPU by itself.
pub(super) fn is_gpu(entry: &Entry) -> bool {
    entry.backend.as_deref() == Some("gpu")
}

fn fastest(row: &Row, of: impl Fn(&Entry) -> bool) -> Option<&Entry> {
    let entries = row.entries.iter().filter(|entry| of(entry));
    entries.min_by(|a, b| a.item_ns.median.total_cmp(&b.item_ns.median))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::record::tests::{document, row};

    #[test]
    fn crossings_are_from_where_it_stays_ahead() {
        let mut document = document();
        document.rows = vec![
            row(Topic::RecoverySizes, 1, 100.0, 200.0),
            row(Topic::RecoverySizes, 4, 300.0, 200.0),
            row(Topic::RecoverySizes, 16, 100.0, 200.0),
            row(Topic::RecoverySizes, 64, 90.0, 200.0),
        ];
        let curves = curves(&document);
        assert_eq!(curves.len(), 1);
        assert_eq!(curves[0].names, ["portable", "rival"]);
        let said = curves[0].crossings();
        assert!(
            said[0].starts_with("Phalanx is ahead of every rival in batches from 16 things on")
        );
        assert!(said[1].starts_with("There is no GPU"));
        document.rows[3] = row(Topic::RecoverySizes, 64, 300.0, 200.0);
        let said = super::curves(&document)[0].crossings();
        assert!(said[0].starts_with("Phalanx is not ahead"), "{said:?}");
    }

    #[test]
    fn a_gpu_crosses_the_processor() {
        let mut document = document();
        for (items, gpu_ns) in [(1, 5000.0), (1024, 50.0)] {
            let mut row = row(Topic::KeccakSizes, items, 100.0, 200.0);
            let mut gpu = row.entries[0].clone();
            gpu.name = "gpu".into();
            gpu.backend = Some("gpu".into());
            gpu.item_ns = gpu.item_ns.scaled(gpu_ns / 100.0);
            row.entries.push(gpu);
            document.rows.push(row);
        }
        let curves = curves(&document);
        let said = curves.last().map(Curve::crossings).unwrap_or_default();
        assert!(
            said[1].starts_with(
                "The GPU is ahead of every level of the processor in batches from 1,024"
            ),
            "{said:?}"
        );
    }
}

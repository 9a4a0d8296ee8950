//! What rows of many sizes say together.

use super::{
    contest::{BESIDE_GPU, SOFTWARE},
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
        let mut said = vec![self.crossing(
            "Phalanx",
            "every rival",
            |entry| entry.role == Role::Phalanx,
            |entry| entry.role == Role::Rival,
        )];
        let on_gpu = |row: &&Row| row.entries.iter().any(is_gpu);
        if self.rows.iter().any(on_gpu) {
            let who = ("The GPU", "every level of the processor");
            said.push(self.crossing(who.0, who.1, is_gpu, is_level));
        } else {
            said.push("There is no GPU in it to cross the processor's curve.".into());
        }
        said
    }

    /// From the size on from which the fastest of one side is surely faster than all of the other at every size at which
    /// both were measured: their intervals are sure, and have no number in common.
    fn crossing(
        &self,
        who: &str,
        whom: &str,
        ours: impl Fn(&Entry) -> bool,
        theirs: impl Fn(&Entry) -> bool,
    ) -> String {
        let both = self.rows.iter().filter_map(|row| {
            let ours = fastest(row, &ours)?.item_ns;
            fastest(row, &theirs)?;
            let mut others = row.entries.iter().filter(|entry| theirs(entry));
            let ahead = |other: &Entry| {
                ours.differs_from(&other.item_ns) && ours.median < other.item_ns.median
            };
            Some((row.items, others.all(ahead)))
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
                "{who} is not surely ahead of {whom} in the largest batch that both had ({}).",
                many(*largest)
            ),
        }
    }
}

/// True for a GPU by itself that does not compute on the processor.
pub(super) fn is_gpu(entry: &Entry) -> bool {
    entry.role == Role::Phalanx && has_gpu_backend(entry) && entry.name != SOFTWARE
}

/// True for a level of the processor with no GPU beside it.
fn is_level(entry: &Entry) -> bool {
    entry.role == Role::Phalanx && !has_gpu_backend(entry) && !entry.name.ends_with(BESIDE_GPU)
}

fn has_gpu_backend(entry: &Entry) -> bool {
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
        assert!(
            said[0].starts_with("Phalanx is not surely ahead"),
            "{said:?}"
        );
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

    #[test]
    fn the_gpu_and_the_processor_are_each_by_themselves() {
        let mut document = document();
        let mut row = row(Topic::KeccakSizes, 4096, 100.0, 200.0);
        let mut add = |name: &str, backend: &str, factor| {
            let mut entry = row.entries[0].clone();
            entry.name = name.into();
            entry.backend = Some(backend.into());
            entry.item_ns = entry.item_ns.scaled(factor);
            row.entries.push(entry);
        };
        // Both together are faster than the GPU, which is faster than the level.
        add("portable + gpu", "portable", 0.3);
        add("gpu", "gpu", 0.5);
        document.rows.push(row);
        let said = curves(&document)[0].crossings();
        assert!(said[1].starts_with("The GPU is ahead of every level"));
        // Both together say nothing of a GPU that is slower.
        let gpu = &mut document.rows[0].entries[3];
        gpu.item_ns = gpu.item_ns.scaled(4.0);
        let said = curves(&document)[0].crossings();
        assert!(said[1].starts_with("The GPU is not surely ahead"));
        document.rows[0].entries[3].name = SOFTWARE.into();
        let said = curves(&document)[0].crossings();
        assert!(said[1].starts_with("There is no GPU"), "{said:?}");
    }

    #[test]
    fn nobody_is_ahead_by_few_rounds() {
        let mut document = document();
        let mut row = row(Topic::KeccakSizes, 4096, 100.0, 200.0);
        row.entries[1].item_ns.confidence = 0.75;
        document.rows.push(row);
        let said = curves(&document)[0].crossings();
        assert!(said[0].starts_with("Phalanx is not surely ahead"));
    }
}

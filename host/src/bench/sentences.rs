//! What a document says as a whole, in sentences, on a terminal and on a page.

use super::{
    format::times,
    record::{Document, Outcome, Role, Row, Topic},
};

/// What a reader must know of the machine before figures.
pub(super) fn warning(document: &Document) -> Option<String> {
    let noise = &document.noise;
    noise.is_noisy().then(|| {
        format!(
            "WARNING: a noisy machine: of samples of the same arithmetic, a tenth took {:.0} % longer than the quickest \
             tenth, or more (limit {:.0} %). Times are those of a busy machine. Ratios are of the same moments, but those of \
             contenders with unlike numbers of threads need not stand.",
            100.0 * noise.spread,
            100.0 * noise.limit
        )
    })
}

/// How many comparisons ended how, and which were lost.
pub(super) fn tally(document: &Document) -> String {
    let rows = || {
        document
            .rows
            .iter()
            .filter(|row| row.topic != Topic::Threads)
    };
    let ends = |outcome| {
        let comparisons = rows().flat_map(Row::comparisons);
        comparisons
            .filter(|(_, ratio)| ratio.outcome() == outcome)
            .count()
    };
    format!(
        "{} comparisons with rivals, batch sizes included: {} won, {} LOST, {} undecided.",
        rows().flat_map(Row::comparisons).count(),
        ends(Outcome::Won),
        ends(Outcome::Lost),
        ends(Outcome::Undecided)
    )
}

/// Where even the fastest of Phalanx's backends is slower than somebody.
pub(super) fn losses(document: &Document) -> String {
    let (mut lost, mut all, mut undecided) = (Vec::new(), 0, 0);
    for row in document
        .rows
        .iter()
        .filter(|row| row.topic != Topic::Threads)
    {
        let phalanx = row
            .entries
            .iter()
            .filter(|entry| entry.role == Role::Phalanx);
        let fastest = phalanx.min_by(|a, b| a.item_ns.median.total_cmp(&b.item_ns.median));
        for ratio in fastest.map_or(&[][..], |entry| &entry.ratios) {
            all += 1;
            undecided += usize::from(ratio.outcome() == Outcome::Undecided);
            if ratio.outcome() == Outcome::Lost {
                let (what, of) = (&row.workload, times(ratio.times.median));
                lost.push(format!(
                    "{}, {what}: {of} of {}",
                    row.topic.title(),
                    ratio.rival
                ));
            }
        }
    }
    let open = format!("{undecided} of {all} comparisons are undecided");
    let lost = lost.join("; ");
    match (lost.is_empty(), undecided) {
        (true, 0) => "The fastest backend of Phalanx lost nowhere.".into(),
        (true, _) => format!("No loss of the fastest backend of Phalanx is certain; {open}."),
        (false, 0) => format!("The fastest backend of Phalanx LOST at {lost}."),
        (false, _) => format!("The fastest backend of Phalanx LOST at {lost}; {open}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::record::tests::{document, row};

    #[test]
    fn losses_of_the_fastest_are_named() {
        let mut document = document();
        document.rows = vec![row(Topic::Recovery, 64, 1_000.0, 7_000.0)];
        assert_eq!(
            losses(&document),
            "The fastest backend of Phalanx lost nowhere."
        );
        let mut lost = row(Topic::Trie, 64, 1_000.0, 500.0);
        // A slower one has lost, too; that is in the table alone.
        let mut slower = lost.entries[0].clone();
        slower.item_ns = slower.item_ns.scaled(2.0);
        lost.entries.push(slower);
        document.rows.push(lost);
        assert_eq!(
            losses(&document),
            "The fastest backend of Phalanx LOST at trie update, 64 things: 0.50x of rival."
        );
        assert!(tally(&document).starts_with("3 comparisons"));
        document.rows.push(row(Topic::Keccak, 64, 1_000.0, 1_000.0));
        assert!(losses(&document).ends_with("0.50x of rival; 1 of 3 comparisons are undecided."));
        document.rows.remove(1);
        assert_eq!(
            losses(&document),
            "No loss of the fastest backend of Phalanx is certain; 1 of 2 comparisons are undecided."
        );
        assert_eq!(warning(&document), None);
    }
}

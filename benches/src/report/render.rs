//! The report as text: one Markdown table, and what is not in it.

use super::{Breakdown, Report, Row};
use comfy_table::{CellAlignment, Table, presets};

pub(super) fn text(report: &Report) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header([
        "what",
        "workload",
        "Phalanx",
        "an item",
        "rival",
        "an item",
        "ratio",
        "middle half",
        "goal",
        "outcome",
    ]);
    for row in &report.rows {
        table.add_row(cells(row));
    }
    for numbers in [3, 5, 6, 7, 8] {
        if let Some(column) = table.column_mut(numbers) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("{table}\n\n");
    let lost = report.rows.iter().filter(|row| !row.won).count();
    let goals = report.rows.iter().filter_map(|row| row.goal_reached);
    let missed = goals.clone().filter(|reached| !reached).count();
    text.push_str(&format!(
        "{} rows: {} won, {lost} LOST; {} goals: {} reached, {missed} MISSED.\n",
        report.rows.len(),
        report.rows.len() - lost,
        goals.clone().count(),
        goals.count() - missed,
    ));
    text.push_str(&format!(
        "Medians of interleaved rounds ({} pace); processor time where one thread works, wall time where two do.\n",
        report.pace
    ));
    text.push_str(&format!(
        "{} logical processors: {}.\n",
        report.logical_processors,
        report
            .processor
            .as_deref()
            .unwrap_or("of a kind that the system does not name")
    ));
    for parts in &report.breakdowns {
        text.push_str(&breakdown(parts));
    }
    for absent in &report.absent {
        text.push_str(&format!("ABSENT {}: {}\n", absent.backend, absent.reason));
    }
    for skipped in &report.skipped {
        text.push_str(&format!("SKIPPED {skipped}\n"));
    }
    text
}

fn breakdown(breakdown: &Breakdown) -> String {
    let whole: f64 = breakdown.parts.iter().map(|(_, ns)| ns).sum();
    let part = |(name, ns): &(&str, f64)| {
        let percent = 100.0 * ns / whole;
        format!("{name} {} ({percent:.0} %)", time(*ns))
    };
    let parts: Vec<String> = breakdown.parts.iter().map(part).collect();
    format!(
        "{}, {}: {} an item = {}\n",
        breakdown.workload,
        breakdown.engine,
        time(whole),
        parts.join(" + ")
    )
}

fn cells(row: &Row) -> [String; 10] {
    let [low, high] = row.ratio_quartiles;
    [
        row.section.to_owned(),
        row.workload.clone(),
        row.engine.clone(),
        time(row.engine_ns),
        row.rival.clone(),
        time(row.rival_ns),
        format!("{:.2}x", row.ratio),
        format!("{low:.2} to {high:.2}"),
        row.goal
            .map_or_else(String::new, |goal| format!("{goal:.2}x")),
        row.verdict().to_owned(),
    ]
}

fn time(ns: f64) -> String {
    match ns {
        0.0..1e3 => format!("{ns:.1} ns"),
        1e3..1e6 => format!("{:.2} µs", ns / 1e3),
        _ => format!("{:.2} ms", ns / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        measure::Pace,
        report::{Absent, tests::row},
    };

    #[test]
    fn losses_stand_beside_wins() {
        let absent = vec![Absent {
            backend: "avx512".into(),
            reason: "this processor has no avx512f".into(),
        }];
        let mut report = Report::new("quick", Pace::ONCE, absent);
        report.rows = vec![row(9.5, Some(10.0)), row(0.94, None), row(1.5, Some(1.2))];
        report.skip("senders", "no real blocks");
        report.breakdowns.push(Breakdown {
            workload: "10 changes".into(),
            engine: "portable".into(),
            parts: vec![("hash", 750.0), ("other", 250.0)],
        });
        let text = text(&report);
        for line in ["9.50x", "0.94x", "10.00x", "won, GOAL MISSED", "| LOST "] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(
            text.contains("3 rows: 2 won, 1 LOST; 2 goals: 1 reached, 1 MISSED."),
            "{text}"
        );
        let parts = "10 changes, portable: 1.00 µs an item = hash 750.0 ns (75 %) + other 250.0 ns (25 %)\n";
        assert!(text.contains(parts), "{text}");
        assert!(
            text.contains("ABSENT avx512: this processor has no avx512f\n"),
            "{text}"
        );
        assert!(text.contains("SKIPPED senders: no real blocks\n"), "{text}");
    }

    #[test]
    fn times() {
        assert_eq!(time(30.04), "30.0 ns");
        assert_eq!(time(3_012.0), "3.01 µs");
        assert_eq!(time(2_500_000.0), "2.50 ms");
    }
}

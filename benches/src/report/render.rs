//! The report as text: one Markdown table, and what is not in it.

use super::{Report, Row};
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
    for absent in &report.absent {
        text.push_str(&format!("ABSENT {}: {}\n", absent.backend, absent.reason));
    }
    for skipped in &report.skipped {
        text.push_str(&format!("SKIPPED {skipped}\n"));
    }
    text
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
        let text = text(&report);
        for line in ["9.50x", "0.94x", "10.00x", "won, GOAL MISSED", "| LOST "] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(
            text.contains("3 rows: 2 won, 1 LOST; 2 goals: 1 reached, 1 MISSED."),
            "{text}"
        );
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

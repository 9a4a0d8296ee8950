//! The summary as tables for people.

use super::Summary;
use crate::verdict::Check;
use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};
use std::{fmt::Write, time::Duration};

/// Failures shown in full; the JSON form has more.
const FAILURES_SHOWN: usize = 25;

/// Everything that `phalanx verify` prints for people.
pub fn tables(summary: &Summary, colour: bool) -> String {
    let mut out = String::new();
    if summary.blocks > 0 {
        for table in [totals(summary), checks(summary, colour), stages(summary)] {
            line(&mut out, table);
        }
    }
    not_checkable(&mut out, summary);
    passed_over(&mut out, summary);
    failures(&mut out, summary);
    line(&mut out, verdict(summary));
    out
}

/// Writing to a string can't fail.
fn line(out: &mut String, text: impl std::fmt::Display) {
    let _ = writeln!(out, "{text}");
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}

fn number(value: impl ToString) -> Cell {
    Cell::new(value.to_string()).set_alignment(CellAlignment::Right)
}

fn totals(summary: &Summary) -> Table {
    let mut table = table(&[
        "verified",
        "failed",
        "unreadable",
        "blocks",
        "transactions",
        "gas",
    ]);
    table.add_row([
        number(summary.passed),
        number(summary.failed),
        number(summary.unreadable),
        number(summary.blocks),
        number(summary.transactions),
        number(summary.gas),
    ]);
    table
}

fn checks(summary: &Summary, colour: bool) -> Table {
    let mut table = table(&["check", "passed", "failed", "not covered", "not checkable"]);
    for check in Check::ALL {
        let count = summary.checks[check as usize];
        let alarming = |value: u64| {
            let cell = number(value);
            if colour && value > 0 {
                cell.fg(Color::Red)
            } else {
                cell
            }
        };
        table.add_row([
            Cell::new(check.name()),
            number(count.passed),
            alarming(count.failed),
            alarming(count.not_covered),
            number(count.not_checkable),
        ]);
    }
    table
}

fn stages(summary: &Summary) -> Table {
    let total: Duration = summary.stages.entries().iter().map(|(_, time)| *time).sum();
    let mut table = table(&["stage", "ms", "share"]);
    let share = |time: Duration| {
        let percent = 100.0 * time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
        format!("{percent:.1} %")
    };
    let ms = |time: Duration| number(format!("{:.1}", time.as_secs_f64() * 1e3));
    let read = [
        Cell::new("read"),
        ms(summary.read),
        Cell::new("beside the rest"),
    ];
    table.add_row(read);
    for (name, time) in summary.stages.entries() {
        table.add_row([Cell::new(name), ms(time), number(share(time))]);
    }
    table
}

fn not_checkable(out: &mut String, summary: &Summary) {
    if summary.not_checkable.is_empty() {
        return;
    }
    line(out, "not checkable:");
    for ((check, reason), blocks) in &summary.not_checkable {
        line(out, format_args!("  {check}: {reason} ({blocks} blocks)"));
    }
}

fn passed_over(out: &mut String, summary: &Summary) {
    if summary.skipped_reasons.is_empty() {
        return;
    }
    line(out, "passed over:");
    for (reason, documents) in &summary.skipped_reasons {
        line(out, format_args!("  {reason} ({documents} documents)"));
    }
}

fn failures(out: &mut String, summary: &Summary) {
    for failure in summary.failures.iter().take(FAILURES_SHOWN) {
        let block = match (&failure.label, failure.block) {
            (Some(label), _) => format!(", {label}"),
            (None, Some(number)) => format!(", block {number}"),
            (None, None) => String::new(),
        };
        let at = failure
            .transaction
            .map_or_else(String::new, |t| format!(", transaction {t}"));
        line(
            out,
            format_args!("{}{block}{at}: {}", failure.input, failure.check),
        );
        line(out, format_args!("  {}", failure.reason));
        if !failure.got.is_empty() && failure.got != failure.reason {
            line(
                out,
                format_args!("  expected {}, got {}", failure.expected, failure.got),
            );
        }
    }
    if summary.failures.len() > FAILURES_SHOWN {
        let more = summary.failures.len() - FAILURES_SHOWN;
        line(out, format_args!("and {more} more (--json lists them)"));
    }
}

fn verdict(summary: &Summary) -> String {
    let mut text = format!(
        "{} of {} blocks verified in {:.2} s: {:.0} transactions/s",
        summary.passed,
        summary.blocks,
        summary.wall.as_secs_f64(),
        summary.transactions_per_second(),
    );
    // Writing to a string can't fail.
    if summary.gas_executed > 0 {
        let _ = write!(text, ", {:.1} Mgas/s", summary.mgas_per_second());
    }
    if summary.refused_as_expected > 0 {
        let _ = write!(
            text,
            "; {} refused as tests expect",
            summary.refused_as_expected
        );
    }
    if summary.tests_passed + summary.tests_failed > 0 {
        let total = summary.tests_passed + summary.tests_failed;
        let _ = write!(
            text,
            "; {} of {total} official tests passed",
            summary.tests_passed
        );
    }
    if let Some(time) = summary.generate {
        let _ = write!(text, "; the chain was made in {:.2} s", time.as_secs_f64());
    }
    text
}

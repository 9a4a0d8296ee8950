//! How many times as fast as one thread, beside what would be ideal.

use super::plot::{Line, Plot};
use crate::bench::{
    format::{interval, times},
    record::{Role, Row},
    stats::Estimate,
};

/// A plot for a row of threads.
pub(super) fn section(row: &Row, id: &str) -> String {
    let one = Estimate::of([1.0]);
    let points = row.entries.iter().filter_map(|entry| {
        let times = match entry.role {
            Role::Baseline => one,
            _ => entry.ratios.first()?.times,
        };
        Some((entry.threads as f64, times.median, [times.low, times.high]))
    });
    let points: Vec<(f64, f64, [f64; 2])> = points.collect();
    let most = points.iter().map(|point| point.0).fold(1.0, f64::max);
    let said = row.entries.iter().filter_map(|entry| {
        let ratio = &entry.ratios.first()?.times;
        let text = format!(
            "{} threads: {} ({})",
            entry.threads,
            times(ratio.median),
            interval(ratio)
        );
        Some(text)
    });
    let said: Vec<String> = said.collect();
    let plot = Plot {
        id,
        title: &row.workload,
        description: &said.join("; "),
        across: "threads",
        up: "times as fast as one thread",
        step: 2.0,
        rise: 2.0,
        at: |mark| format!("{mark:.0}"),
        high: |mark| format!("{mark}x"),
        lines: vec![
            Line {
                label: "ideal".into(),
                style: None,
                points: vec![(1.0, 1.0, [1.0; 2]), (most, most, [most; 2])],
            },
            Line {
                label: "measured".into(),
                style: Some(0),
                points,
            },
        ],
    };
    format!(
        "<h3>{}</h3>\n{}<p>{}</p>\n",
        super::escape(&row.workload),
        plot.svg(),
        super::escape(&said.join("; "))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::record::{
        Topic,
        tests::{estimate, row},
    };

    #[test]
    fn threads_stand_beside_the_ideal() {
        let mut row = row(Topic::Threads, 64, 500.0, 950.0);
        row.entries[0].threads = 2;
        row.entries[1].role = Role::Baseline;
        row.entries[0].ratios[0].times = estimate(1.9, 0.05);
        row.entries.reverse();
        let html = section(&row, "t");
        assert!(html.contains("2 threads: 1.90x"), "{html}");
        assert!(html.contains(">ideal</text>") && html.contains(">measured</text>"));
        assert_eq!(html.matches("<polyline").count(), 2);
    }
}

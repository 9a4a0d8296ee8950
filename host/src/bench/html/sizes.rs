//! Throughput by size of the batch.

use super::{
    escape,
    plot::{Line, Plot},
    short,
};
use crate::bench::{
    curves::{Curve, is_gpu},
    format::{count, rate},
    record::Role,
};

/// A plot and a table for a curve.
pub(super) fn section(curve: &Curve<'_>, id: &str) -> String {
    let lines = curve.names.iter().enumerate().map(|(style, name)| Line {
        label: short(name).to_owned(),
        style: Some(style % super::page::COLOURS),
        points: curve
            .rows
            .iter()
            .filter_map(|row| {
                let entry = curve.entry(row, name)?;
                let ns = entry.item_ns;
                let interval = [1e9 / ns.high, 1e9 / ns.low];
                Some((row.items as f64, entry.rate(), interval))
            })
            .collect(),
    });
    let crossings = curve.crossings();
    let description = format!(
        "Both axes are logarithmic. {} The table below has all figures.",
        crossings.join(" ")
    );
    let plot = Plot {
        id,
        title: curve.topic.title(),
        description: &description,
        across: "items in a batch",
        up: "items a second",
        step: 16.0,
        rise: 10.0,
        at: size,
        high: |mark| {
            rate(mark)
                .replace(".00", "")
                .replace(".0", "")
                .replace("/s", "")
        },
        lines: lines.collect(),
    };
    let said: String = crossings
        .iter()
        .map(|said| format!("<p>{}</p>\n", escape(said)))
        .collect();
    format!(
        "<h3>{}</h3>\n{}{said}{}",
        escape(curve.topic.title()),
        plot.svg(),
        table(curve)
    )
}

/// 4,096 as `4k`.
fn size(items: f64) -> String {
    match items {
        1_048_576.0.. => format!("{:.0}M", items / 1_048_576.0),
        1024.0.. => format!("{:.0}k", items / 1024.0),
        _ => format!("{items:.0}"),
    }
}

fn table(curve: &Curve<'_>) -> String {
    let head: String = curve
        .names
        .iter()
        .map(|name| format!("<th scope=\"col\">{}</th>", escape(name)))
        .collect();
    let mut rows = String::new();
    for row in &curve.rows {
        let best = row
            .entries
            .iter()
            .map(|entry| entry.item_ns.median)
            .fold(f64::INFINITY, f64::min);
        let cells = curve.names.iter().map(|name| match curve.entry(row, name) {
            None => "<td>–</td>".to_owned(),
            Some(entry) => {
                let text = escape(&rate(entry.rate()));
                match entry.item_ns.median <= best {
                    true => format!("<td><strong>{text}</strong></td>"),
                    false => format!("<td>{text}</td>"),
                }
            }
        });
        let cells: String = cells.collect();
        rows.push_str(&format!(
            "<tr><th scope=\"row\">{}</th>{cells}</tr>\n",
            count(row.items)
        ));
    }
    let who = curve.rows.iter().flat_map(|row| &row.entries);
    let gpu = who
        .filter(|entry| is_gpu(entry) && entry.role == Role::Phalanx)
        .count();
    let gpu = if gpu == 0 {
        " No GPU takes part by itself."
    } else {
        ""
    };
    format!(
        "<details><summary>All figures: {}s a second</summary>\n<p>The fastest of each size in bold; – was left out: a call \
         would have taken too long, or the batch is larger than those that a software adapter gets.{gpu}</p>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">batch</th>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div></details>\n",
        escape(curve.unit)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::{
        curves::curves,
        record::{
            Topic,
            tests::{document, row},
        },
    };

    #[test]
    fn every_line_has_its_label_and_every_size_its_row() {
        let mut document = document();
        document.rows = [1, 16, 4096]
            .map(|items| row(Topic::RecoverySizes, items, 5_000.0, 40_000.0))
            .to_vec();
        document.rows[2].entries.pop();
        let curves = curves(&document);
        let html = section(&curves[0], "c");
        assert_eq!(html.matches("class=\"label").count(), 2);
        assert_eq!(html.matches("<tr><th scope=\"row\">").count(), 3);
        assert!(
            html.contains("<td>–</td>") && html.contains("<strong>200 k/s</strong>"),
            "{html}"
        );
        assert_eq!([1.0, 4096.0, 1_048_576.0].map(size), ["1", "4k", "1M"]);
    }
}

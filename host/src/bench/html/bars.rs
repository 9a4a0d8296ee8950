//! Ratios as bars to the left and to the right of 1, with their intervals.

use super::escape;
use crate::bench::{
    format::{cost, interval, times},
    record::{Document, Entry, Outcome, Ratio, Row, Topic},
};

/// The bar's own units.
const WIDTH: f64 = 400.0;
/// The axis goes from one through this to this, and farther where a ratio does.
const REACH: f64 = 4.0;

/// Everything that is neither a curve nor a matter of threads.
pub(super) fn section(document: &Document) -> String {
    let is_match = |row: &&Row| !row.topic.is_curve() && row.topic != Topic::Threads;
    let rows: Vec<&Row> = document.rows.iter().filter(is_match).collect();
    let ends = rows.iter().flat_map(|row| row.comparisons());
    let ends = ends.flat_map(|(_, ratio)| [ratio.times.high, 1.0 / ratio.times.low]);
    let reach = ends.filter(|end| end.is_finite()).fold(REACH, f64::max);
    let mut html = format!(
        "<p>Bars begin at 1x, the rival's speed: to the right Phalanx is faster, to the left slower. The thin line is the 95 % \
         interval. The axis is logarithmic, from {} to {}.</p>\n",
        times(1.0 / reach),
        times(reach)
    );
    let mut topic = None;
    for row in rows {
        if topic != Some(row.topic) {
            html.push_str(&format!("<h3>{}</h3>\n", escape(row.topic.title())));
            topic = Some(row.topic);
        }
        html.push_str(&format!(
            "<h4>{}</h4>\n<ul class=\"bars\">\n",
            escape(&row.workload)
        ));
        for (entry, ratio) in row.comparisons() {
            html.push_str(&bar(row, entry, ratio, reach));
        }
        html.push_str("</ul>\n");
    }
    html
}

fn bar(row: &Row, entry: &Entry, ratio: &Ratio, reach: f64) -> String {
    let rival = row.entries.iter().find(|other| other.name == ratio.rival);
    let cost = |entry: &Entry| cost(row, entry);
    let outcome = ratio.outcome();
    let class = match outcome {
        Outcome::Won => "won",
        Outcome::Lost => "lost",
        Outcome::Undecided => "even",
    };
    format!(
        "<li><div class=\"what\"><strong>{}</strong> {} <span class=\"{class}\">{}</span></div>\n{}<div class=\"cost\">{} against {}: {} and {}</div></li>\n",
        times(ratio.times.median),
        escape(&format!("({})", interval(&ratio.times))),
        outcome.word(),
        svg(ratio, reach, class),
        escape(&entry.name),
        escape(&ratio.rival),
        escape(&cost(entry)),
        escape(&rival.map_or_else(String::new, cost)),
    )
}

fn svg(ratio: &Ratio, reach: f64, class: &str) -> String {
    let at = |of: f64| {
        let place = WIDTH / 2.0 * (1.0 + of.ln() / reach.ln());
        place.clamp(0.0, WIDTH)
    };
    let (middle, end) = (WIDTH / 2.0, at(ratio.times.median));
    let [low, high] = [at(ratio.times.low), at(ratio.times.high)];
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 {WIDTH} 16\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <line class=\"one\" x1=\"{middle}\" x2=\"{middle}\" y1=\"0\" y2=\"16\"/>\
         <rect class=\"{class}\" x=\"{:.1}\" y=\"3\" width=\"{:.1}\" height=\"10\"/>\
         <line class=\"whisker\" x1=\"{low:.1}\" x2=\"{high:.1}\" y1=\"8\" y2=\"8\"/>\
         <line class=\"whisker\" x1=\"{low:.1}\" x2=\"{low:.1}\" y1=\"4\" y2=\"12\"/>\
         <line class=\"whisker\" x1=\"{high:.1}\" x2=\"{high:.1}\" y1=\"4\" y2=\"12\"/></svg>\n",
        middle.min(end),
        (end - middle).abs().max(1.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::record::tests::{document, row};

    #[test]
    fn losses_go_to_the_left() {
        let mut document = document();
        document.rows = vec![
            row(Topic::Recovery, 64, 1000.0, 2000.0),
            row(Topic::Keccak, 64, 1000.0, 500.0),
        ];
        let html = section(&document);
        let bars: Vec<&str> = html
            .lines()
            .filter(|line| line.contains("class=\"bar\""))
            .collect();
        assert!(
            bars[0].contains("<rect class=\"won\" x=\"200.0\" y=\"3\" width=\"100.0\""),
            "{}",
            bars[0]
        );
        assert!(
            bars[1].contains("<rect class=\"lost\" x=\"100.0\" y=\"3\" width=\"100.0\""),
            "{}",
            bars[1]
        );
        assert!(html.contains("from 0.25x to 4.00x"));
        assert!(html.contains(">LOST</span>") && html.contains(">won</span>"));
    }
}

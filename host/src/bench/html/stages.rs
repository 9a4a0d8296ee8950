//! What the time of a block is made of, as one bar.

use super::escape;
use crate::bench::{format::time, record::Stages};

const WIDTH: f64 = 400.0;

/// A bar with its legend.
pub(super) fn section(stages: &Stages) -> String {
    let whole: f64 = stages.parts.iter().map(|(_, ns)| ns).sum();
    let mut bar = String::new();
    let mut legend = String::new();
    let mut said = Vec::new();
    let mut from = 0.0;
    for (place, (name, ns)) in stages.parts.iter().enumerate() {
        if *ns <= 0.0 {
            continue;
        }
        let (width, colour) = (WIDTH * ns / whole, place % super::page::COLOURS);
        bar.push_str(&format!(
            "<rect class=\"f{colour}\" x=\"{from:.2}\" y=\"0\" width=\"{width:.2}\" height=\"28\"/>"
        ));
        from += width;
        let share = format!("{name} {:.0} %", 100.0 * ns / whole);
        legend.push_str(&format!(
            "<li><svg class=\"swatch\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"f{colour}\" width=\"10\" height=\"10\"/></svg> {}, {}</li>\n",
            escape(&share),
            escape(&time(*ns))
        ));
        said.push(share);
    }
    format!(
        "<h3>{}</h3>\n<p>{}: {} a block over all threads</p>\n<svg class=\"stack\" viewBox=\"0 0 {WIDTH} 28\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">{bar}</svg>\n<ul class=\"legend\">\n{legend}</ul>\n",
        escape(&stages.workload),
        escape(&stages.engine),
        escape(&time(whole)),
        escape(&said.join(", "))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fill_the_bar() {
        let stages = Stages {
            workload: "a <block>".into(),
            engine: "portable".into(),
            parts: vec![
                ("senders".into(), 750.0),
                ("witness".into(), 0.0),
                ("execute".into(), 250.0),
            ],
        };
        let html = section(&stages);
        assert!(
            html.contains("x=\"0.00\" y=\"0\" width=\"300.00\""),
            "{html}"
        );
        assert!(
            html.contains("x=\"300.00\" y=\"0\" width=\"100.00\""),
            "{html}"
        );
        assert!(
            html.contains("aria-label=\"senders 75 %, execute 25 %\""),
            "{html}"
        );
        assert!(html.contains("a &lt;block&gt;") && !html.contains("witness"));
    }
}

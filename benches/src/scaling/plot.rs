//! A plot of speed-ups by number of workers, as SVG, to be read on light and on dark ground.

use super::{Scaling, WORKERS};
use std::fmt::Write;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 480.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 52.0;
/// The speed-up at the upper end of the plot.
const MOST: f64 = 64.0;

const STYLE: &str = "
text { font: 13px system-ui, sans-serif; fill: #1f2933; }
.title { font-size: 15px; font-weight: 600; }
.grid { stroke: #d5dbe1; stroke-width: 1; }
polyline { fill: none; }
.block { stroke: #8795a1; stroke-width: 1; opacity: 0.35; }
.ideal { stroke: #8795a1; stroke-width: 1.5; stroke-dasharray: 2 4; }
.bound { stroke: #b5500b; stroke-width: 2; stroke-dasharray: 7 4; }
.total { stroke: #0b6bcb; stroke-width: 3; }
.dot { fill: #0b6bcb; }
@media (prefers-color-scheme: dark) {
text { fill: #e4e9ee; }
.ground { fill: #14191f; }
.grid { stroke: #323b45; }
.bound { stroke: #ff9d4d; }
.total { stroke: #5cb0ff; }
.dot { fill: #5cb0ff; }
}
";

/// The document: a line for each block, one for all of them, and what no number of workers goes beyond.
pub fn svg(blocks: &[Scaling], total: &Scaling) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
         <title>Speed-up by number of workers</title>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    axes(&mut out);
    for block in blocks {
        line(&mut out, "block", &block.speed_ups());
    }
    line(&mut out, "ideal", &WORKERS.map(|workers| workers as f64));
    line(&mut out, "bound", &[total.bound(); WORKERS.len()]);
    line(&mut out, "total", &total.speed_ups());
    for (place, speed_up) in total.speed_ups().into_iter().enumerate() {
        let (x, y) = (x(place), y(speed_up));
        put(
            &mut out,
            format_args!("<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"),
        );
    }
    let last = total.speed_ups()[WORKERS.len() - 1];
    let end = WIDTH - RIGHT + 10.0;
    let names = [
        (MOST, "as many as workers".to_owned()),
        (
            total.bound(),
            format!("critical path {:.1}x", total.bound()),
        ),
        (last, format!("all blocks {last:.1}x")),
    ];
    for (at, name) in names {
        text(&mut out, "start", end, y(at) + 4.0, &name);
    }
    out.push_str("</svg>\n");
    out
}

fn axes(out: &mut String) {
    let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    put(
        out,
        format_args!(
            "<text class=\"title\" x=\"{LEFT}\" y=\"26\">Speed-up of mainnet blocks, replayed</text>"
        ),
    );
    for (place, workers) in WORKERS.into_iter().enumerate() {
        let (x, y) = (x(place), y(workers as f64));
        put(
            out,
            format_args!("<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}\"/>"),
        );
        put(
            out,
            format_args!("<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\"/>"),
        );
        text(out, "middle", x, bottom + 20.0, &workers.to_string());
        text(out, "end", LEFT - 8.0, y + 4.0, &format!("{workers}x"));
    }
    text(
        out,
        "middle",
        (LEFT + right) / 2.0,
        bottom + 40.0,
        "workers",
    );
}

fn line(out: &mut String, class: &str, speed_ups: &[f64]) {
    let points = speed_ups.iter().enumerate();
    let points: Vec<String> = points
        .map(|(place, speed_up)| format!("{:.1},{:.1}", x(place), y(*speed_up)))
        .collect();
    let points = points.join(" ");
    put(
        out,
        format_args!(
            "<polyline class=\"{class}\" fill=\"none\" stroke=\"gray\" points=\"{points}\"/>"
        ),
    );
}

fn text(out: &mut String, anchor: &str, x: f64, y: f64, words: &str) {
    put(
        out,
        format_args!("<text text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>"),
    );
}

fn put(out: &mut String, element: std::fmt::Arguments<'_>) {
    writeln!(out, "{element}").expect("a string takes everything");
}

/// Where the place in [`WORKERS`] lies; each doubles the one before.
fn x(place: usize) -> f64 {
    LEFT + (WIDTH - RIGHT - LEFT) * place as f64 / (WORKERS.len() - 1) as f64
}

/// Where a speed-up lies, by its logarithm.
fn y(speed_up: f64) -> f64 {
    let part = speed_up.clamp(1.0, MOST).ln() / MOST.ln();
    HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_for_each_block_and_three_for_all() {
        let mut block = Scaling::of(&[]);
        block.serial = 8.0;
        block.critical = 2.0;
        block.seconds = [8.0, 4.0, 2.5, 2.0, 2.0, 2.0, 2.0];
        let svg = svg(
            &[block.clone(), block.clone()],
            &Scaling::sum([&block, &block]),
        );
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<polyline").count(), 5);
        assert_eq!(svg.matches("class=\"dot\"").count(), WORKERS.len());
        assert!(
            svg.contains("critical path 4.0x") && svg.contains("all blocks 4.0x"),
            "{svg}"
        );
        assert!(svg.contains("prefers-color-scheme: dark"));
        let first = svg
            .split("class=\"total\" fill=\"none\" stroke=\"gray\" points=\"")
            .nth(1)
            .expect("its line");
        assert!(
            first.starts_with(&format!("{LEFT:.1},{:.1} ", HEIGHT - BOTTOM)),
            "{first}"
        );
    }

    #[test]
    fn what_is_off_the_plot_stays_on_its_rim() {
        assert_eq!(y(1000.0), TOP);
        assert_eq!(y(0.5), HEIGHT - BOTTOM);
        assert_eq!(x(WORKERS.len() - 1), WIDTH - RIGHT);
    }
}

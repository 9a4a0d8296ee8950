//! Plots with two logarithmic axes.

use super::escape;
use std::fmt::Write as _;

/// The plot's own units; the page scales it to its width.
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 290.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 106.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 40.0;
/// Between the labels of two lines.
const LABEL: f64 = 13.0;

/// A line of a plot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// What stands at its end.
    pub(super) label: String,
    /// Which of the page's colours and marks it has; none for a dashed one without marks.
    pub(super) style: Option<usize>,
    /// Where it goes, in order of x; with the interval of y.
    pub(super) points: Vec<(f64, f64, [f64; 2])>,
}

/// What is plotted.
#[derive(Debug)]
pub(super) struct Plot<'a> {
    /// Names this plot on its page.
    pub(super) id: &'a str,
    /// What it shows.
    pub(super) title: &'a str,
    /// The same in words.
    pub(super) description: &'a str,
    /// What is below the horizontal axis.
    pub(super) across: &'a str,
    /// What is above the vertical one.
    pub(super) up: &'a str,
    /// Factor between marks of the horizontal axis.
    pub(super) step: f64,
    /// Factor between those of the vertical one.
    pub(super) rise: f64,
    /// How a number is written at the horizontal axis.
    pub(super) at: fn(f64) -> String,
    /// How one is at the vertical one.
    pub(super) high: fn(f64) -> String,
    /// The lines; points are above zero.
    pub(super) lines: Vec<Line>,
}

/// A logarithmic axis.
struct Axis {
    from: f64,
    to: f64,
    start: f64,
    length: f64,
}

impl Axis {
    /// From a power of `step` to one, around all values.
    fn around(values: impl Iterator<Item = f64>, step: f64, start: f64, length: f64) -> Self {
        let (mut least, mut most) = (f64::INFINITY, 0.0_f64);
        for value in values {
            least = least.min(value);
            most = most.max(value);
        }
        let power = |value: f64, round: fn(f64) -> f64| {
            let places = value.log(step);
            // What is a power itself is not rounded away from it.
            let nearest = places.round();
            step.powf(if (places - nearest).abs() < 1e-9 {
                nearest
            } else {
                round(places)
            })
        };
        let (from, to) = match least <= most && least > 0.0 {
            true => (power(least, f64::floor), power(most, f64::ceil)),
            false => (1.0, step),
        };
        let to = if to > from { to } else { from * step };
        Self {
            from,
            to,
            start,
            length,
        }
    }

    fn at(&self, value: f64) -> f64 {
        self.start + self.length * (value / self.from).ln() / (self.to / self.from).ln()
    }

    fn marks(&self, step: f64) -> Vec<f64> {
        let marks = std::iter::successors(Some(self.from), |mark| Some(mark * step));
        marks.take_while(|mark| *mark <= self.to * 1.001).collect()
    }
}

impl Plot<'_> {
    /// The plot as SVG.
    pub(super) fn svg(&self) -> String {
        let all = || self.lines.iter().flat_map(|line| &line.points);
        let xs = all().map(|point| point.0);
        let ys = all().flat_map(|point| [point.1, point.2[0], point.2[1]]);
        let x = Axis::around(xs, self.step, LEFT, WIDTH - LEFT - RIGHT);
        let y = Axis::around(ys, self.rise, HEIGHT - BOTTOM, TOP + BOTTOM - HEIGHT);
        let mut svg = format!(
            "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
             aria-labelledby=\"{0}-t {0}-d\">\n<title id=\"{0}-t\">{1}</title>\n<desc id=\"{0}-d\">{2}</desc>\n",
            self.id,
            escape(self.title),
            escape(self.description)
        );
        self.axes(&mut svg, &x, &y);
        for line in &self.lines {
            draw(&mut svg, line, &x, &y);
        }
        self.labels(&mut svg, &x, &y);
        svg.push_str("</svg>\n");
        svg
    }

    fn axes(&self, svg: &mut String, x: &Axis, y: &Axis) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for mark in y.marks(self.rise) {
            let at = y.at(mark);
            put(
                svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>"
                ),
            );
            put(
                svg,
                format_args!(
                    "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                    LEFT - 5.0,
                    at + 4.0,
                    escape(&(self.high)(mark))
                ),
            );
        }
        for mark in x.marks(self.step) {
            let at = x.at(mark);
            put(
                svg,
                format_args!(
                    "<line class=\"grid\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{bottom}\"/>"
                ),
            );
            put(
                svg,
                format_args!(
                    "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                    bottom + 15.0,
                    escape(&(self.at)(mark))
                ),
            );
        }
        put(
            svg,
            format_args!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                (LEFT + right) / 2.0,
                HEIGHT - 6.0,
                escape(self.across)
            ),
        );
        put(
            svg,
            format_args!("<text x=\"4\" y=\"12\">{}</text>", escape(self.up)),
        );
    }

    /// At the ends of the lines, none over another.
    fn labels(&self, svg: &mut String, x: &Axis, y: &Axis) {
        let mut placed: Vec<(f64, f64)> = Vec::new();
        let mut ends: Vec<(f64, f64, &Line)> = self
            .lines
            .iter()
            .filter_map(|line| {
                let (at, high, _) = line.points.last()?;
                Some((x.at(*at) + 8.0, y.at(*high) + 4.0, line))
            })
            .collect();
        ends.sort_by(|a, b| a.1.total_cmp(&b.1));
        for (at, mut high, line) in ends {
            let taken = |high: f64| {
                let near = |(other, above): &(f64, f64)| {
                    (at - other).abs() < RIGHT && (high - above).abs() < LABEL
                };
                placed.iter().any(near)
            };
            while taken(high) {
                high += 1.0;
            }
            placed.push((at, high));
            let class = line
                .style
                .map_or_else(|| "plain".into(), |style| format!("l{style}"));
            put(
                svg,
                format_args!(
                    "<text class=\"label {class}\" x=\"{at:.1}\" y=\"{high:.1}\">{}</text>",
                    escape(&line.label)
                ),
            );
        }
    }
}

fn draw(svg: &mut String, line: &Line, x: &Axis, y: &Axis) {
    let class = line
        .style
        .map_or_else(|| "ideal".into(), |style| format!("c{style}"));
    let path = line
        .points
        .iter()
        .map(|(at, high, _)| format!("{:.1},{:.1}", x.at(*at), y.at(*high)));
    let path: Vec<String> = path.collect();
    put(
        svg,
        format_args!(
            "<polyline class=\"line {class}\" points=\"{}\"/>",
            path.join(" ")
        ),
    );
    let Some(style) = line.style else { return };
    for (at, high, interval) in &line.points {
        let (at, high) = (x.at(*at), y.at(*high));
        let [low, top] = interval.map(|end| y.at(end));
        if low - top > 3.0 {
            put(
                svg,
                format_args!(
                    "<line class=\"line {class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{low:.1}\" y2=\"{top:.1}\"/>"
                ),
            );
        }
        put(svg, format_args!("{}", mark(style, at, high)));
    }
}

/// Lines differ by their marks as well as by their colours.
fn mark(style: usize, x: f64, y: f64) -> String {
    let class = format!("mark f{style}");
    match style % 4 {
        0 => format!("<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"),
        1 => format!(
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"6\" height=\"6\"/>",
            x - 3.0,
            y - 3.0
        ),
        2 => format!(
            "<path class=\"{class}\" d=\"M{x:.1} {:.1}l4 7h-8z\"/>",
            y - 4.0
        ),
        _ => format!(
            "<path class=\"{class}\" d=\"M{x:.1} {:.1}l4 4l-4 4l-4 -4z\"/>",
            y - 4.0
        ),
    }
}

fn put(svg: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing to a string can't fail.
    let _ = writeln!(svg, "{element}");
}

#[cfg(test)]
mod tests;

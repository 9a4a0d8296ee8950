//! Axes and labels.

use super::*;

fn plot(lines: Vec<Line>) -> String {
    Plot {
        id: "p",
        title: "A <plot>",
        description: "in words",
        across: "size",
        up: "rate",
        step: 4.0,
        rise: 10.0,
        at: |mark| format!("{mark:.0}"),
        high: |mark| format!("{mark:.0}"),
        lines,
    }
    .svg()
}

fn line(label: &str, points: &[(f64, f64)]) -> Line {
    Line {
        label: label.into(),
        style: Some(0),
        points: points.iter().map(|(x, y)| (*x, *y, [*y, *y])).collect(),
    }
}

#[test]
fn axes_are_around_all_points() {
    let axis = Axis::around([3.0, 900.0].into_iter(), 10.0, 0.0, 300.0);
    assert_eq!((axis.from, axis.to), (1.0, 1000.0));
    assert!((axis.at(10.0) - 100.0).abs() < 1e-9);
    assert_eq!(axis.marks(10.0).len(), 4);
    let axis = Axis::around([64.0].into_iter(), 4.0, 0.0, 1.0);
    assert_eq!((axis.from, axis.to), (64.0, 256.0));
    let axis = Axis::around(std::iter::empty(), 4.0, 0.0, 1.0);
    assert_eq!((axis.from, axis.to), (1.0, 4.0));
}

#[test]
fn labels_of_equal_lines_are_apart() {
    let svg = plot(vec![
        line("one", &[(1.0, 10.0), (16.0, 100.0)]),
        line("two", &[(1.0, 10.0), (16.0, 100.0)]),
    ]);
    let heights: Vec<f64> = svg
        .lines()
        .filter(|line| line.contains("class=\"label"))
        .filter_map(|line| line.split("y=\"").nth(1)?.split('"').next()?.parse().ok())
        .collect();
    assert_eq!(heights.len(), 2);
    assert!((heights[0] - heights[1]).abs() >= LABEL, "{heights:?}");
    assert!(svg.contains("A &lt;plot&gt;") && svg.contains("<desc id=\"p-d\">in words</desc>"));
}

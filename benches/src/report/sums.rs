//! Rows that sum up others of the same engine and rival.

use super::Row;

/// The geometric mean of numbers above zero.
fn geometric_mean(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0);
    for number in numbers {
        sum += number.ln();
        count += 1;
    }
    assert!(count > 0, "a mean of nothing");
    (sum / f64::from(count)).exp()
}

impl Row {
    /// The geometric mean of the ratios of some rows, of which there is one at least; the times are means of this kind
    /// too.
    pub fn mean(workload: String, rows: &[Self], goal: Option<f64>) -> Self {
        let mean = |of: fn(&Self) -> f64| geometric_mean(rows.iter().map(of));
        let quartiles = [
            mean(|row| row.ratio_quartiles[0]),
            mean(|row| row.ratio_quartiles[1]),
        ];
        let times = [mean(|row| row.engine_ns), mean(|row| row.rival_ns)];
        Self::of_others(
            workload,
            rows,
            mean(|row| row.ratio),
            quartiles,
            times,
            goal,
        )
    }

    /// The ratio of the sums of some rows' times, of which there is one at least.
    pub fn total(workload: String, rows: &[Self], goal: Option<f64>) -> Self {
        let sum = |of: fn(&Self) -> f64| rows.iter().map(of).sum::<f64>();
        let times = [sum(|row| row.engine_ns), sum(|row| row.rival_ns)];
        // Of each row, the time that the rival would have taken at its quartiles.
        let quartiles = [
            sum(|row| row.engine_ns * row.ratio_quartiles[0]) / times[0],
            sum(|row| row.engine_ns * row.ratio_quartiles[1]) / times[0],
        ];
        Self::of_others(workload, rows, times[1] / times[0], quartiles, times, goal)
    }

    /// The row of some with the least ratio.
    pub fn worst(rows: &[Self], goal: Option<f64>) -> Self {
        let worst = rows.iter().min_by(|a, b| a.ratio.total_cmp(&b.ratio));
        let worst = worst.expect("the worst of some").clone();
        Self {
            workload: format!("the worst of {}: {}", rows.len(), worst.workload),
            goal,
            goal_reached: goal.map(|goal| worst.ratio >= goal),
            ..worst
        }
    }

    fn of_others(
        workload: String,
        rows: &[Self],
        ratio: f64,
        ratio_quartiles: [f64; 2],
        [engine_ns, rival_ns]: [f64; 2],
        goal: Option<f64>,
    ) -> Self {
        let first = rows.first().expect("rows to sum up");
        Self {
            workload,
            engine_ns,
            rival_ns,
            ratio,
            ratio_quartiles,
            goal,
            won: ratio >= 1.0,
            goal_reached: goal.map(|goal| ratio >= goal),
            rounds: rows.iter().map(|row| row.rounds).min().unwrap_or_default(),
            ..first.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::row;

    #[test]
    fn means_are_of_ratios_and_totals_of_times() {
        assert!((geometric_mean([1.0, 4.0]) - 2.0).abs() < 1e-12);
        assert!((geometric_mean([8.0]) - 8.0).abs() < 1e-12);
        let mut rows = [row(0.5, None), row(8.0, None)];
        rows[1].engine_ns = 3000.0;
        rows[1].rival_ns = 24_000.0;
        let mean = Row::mean("mean".into(), &rows, Some(2.5));
        assert!((mean.ratio - 2.0).abs() < 1e-12, "{mean:?}");
        assert_eq!((mean.won, mean.goal_reached), (true, Some(false)));
        let total = Row::total("total".into(), &rows, Some(6.0));
        assert_eq!((total.engine_ns, total.rival_ns), (4000.0, 24_500.0));
        assert_eq!((total.ratio, total.goal_reached), (6.125, Some(true)));
        assert!((total.ratio_quartiles[0] - 6.125).abs() < 1e-12);
        let worst = Row::worst(&rows, Some(0.95));
        assert_eq!(
            (worst.ratio, worst.won, worst.goal_reached),
            (0.5, false, Some(false))
        );
        assert_eq!(worst.workload, "the worst of 2: workload");
    }

    #[test]
    #[should_panic(expected = "a mean of nothing")]
    fn nothing_has_no_mean() {
        geometric_mean([]);
    }
}

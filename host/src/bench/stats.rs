//! What measurements say, and how sure they are of it.
//!
//! No distribution is assumed. The median has an interval from order statistics: of n independent measurements the k-th
//! smallest and the k-th largest have the true median between them unless fewer than k of them fell to one side of it,
//! which has the probability of as many heads in n throws of a coin. [`Estimate`] takes the greatest k with which that
//! happens in at most 5 % of cases, which takes six measurements or more; with fewer it has all of them between its ends,
//! and says how sure that makes it.

use serde::{Deserialize, Serialize};

/// How sure an interval should be.
pub const CONFIDENCE: f64 = 0.95;

/// A median with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The median.
    pub median: f64,
    /// The lower end of its interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability that such an interval holds the true median: [`CONFIDENCE`] or more from six measurements on.
    pub confidence: f64,
}

impl Estimate {
    /// Of at least one measurement.
    pub fn of(measurements: impl IntoIterator<Item = f64>) -> Self {
        let sorted = sorted(measurements);
        let (k, outside) = rank(sorted.len());
        Self {
            median: quantile(&sorted, 0.5),
            low: sorted[k - 1],
            high: sorted[sorted.len() - k],
            confidence: 1.0 - outside,
        }
    }

    /// The same of other units: each number times `factor`, which is above zero.
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            median: self.median * factor,
            low: self.low * factor,
            high: self.high * factor,
            confidence: self.confidence,
        }
    }

    /// True if the interval is as sure as it should be.
    pub fn is_sure(&self) -> bool {
        self.confidence >= CONFIDENCE
    }

    /// True if both intervals are sure enough and have no number in common.
    pub fn differs_from(&self, other: &Self) -> bool {
        let apart = self.high < other.low || other.high < self.low;
        apart && self.is_sure() && other.is_sure()
    }
}

/// Of n measurements, which from either end the interval goes from and to (1 is the outermost), and the probability that
/// the median is outside.
fn rank(n: usize) -> (usize, f64) {
    // The probability of `heads` heads and of fewer.
    let mut exactly = 0.5_f64.powi(i32::try_from(n).unwrap_or(i32::MAX));
    let mut fewer = 0.0;
    let mut best = (1, 2.0 * exactly);
    for heads in 0..n / 2 {
        fewer += exactly;
        if 2.0 * fewer > 1.0 - CONFIDENCE {
            break;
        }
        best = (heads + 1, 2.0 * fewer);
        exactly *= (n - heads) as f64 / (heads + 1) as f64;
    }
    (best.0, best.1.min(1.0))
}

fn sorted(measurements: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = measurements.into_iter().collect();
    assert!(!sorted.is_empty(), "an estimate of nothing");
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Where it falls between two measurements, it is between them.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    below + (above - below) * place.fract()
}

/// The middle half of some measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    /// A quarter is at most this.
    pub low: f64,
    /// Half is.
    pub median: f64,
    /// Three quarters are.
    pub high: f64,
}

impl Quartiles {
    /// Of at least one measurement; where a quartile falls between two, it is between them.
    pub fn of(measurements: impl IntoIterator<Item = f64>) -> Self {
        let sorted = sorted(measurements);
        let at = |part| quantile(&sorted, part);
        Self {
            low: at(0.25),
            median: at(0.5),
            high: at(0.75),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles() {
        let of = Quartiles::of([5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!((of.low, of.median, of.high), (2.0, 3.0, 4.0));
        let of = Quartiles::of([1.0, 2.0]);
        assert_eq!((of.low, of.median, of.high), (1.25, 1.5, 1.75));
        assert_eq!(Quartiles::of([7.0]).high, 7.0);
    }

    /// The ranks that tables of the sign test have.
    #[test]
    fn ranks_of_the_interval() {
        let ranks = [6, 8, 9, 11, 12, 20, 30, 61].map(|n| rank(n).0);
        assert_eq!(ranks, [1, 1, 2, 2, 3, 6, 10, 23]);
        let (_, outside) = rank(9);
        assert!((outside - 20.0 / 512.0).abs() < 1e-12, "{outside}");
    }

    #[test]
    fn estimates_of_known_sequences() {
        let of = Estimate::of((1..=9).rev().map(f64::from));
        assert_eq!((of.low, of.median, of.high), (2.0, 5.0, 8.0));
        assert!(of.confidence > CONFIDENCE);
        let of = Estimate::of([3.0, 1.0, 2.0]);
        assert_eq!((of.low, of.median, of.high), (1.0, 2.0, 3.0));
        assert_eq!(of.confidence, 0.75, "three are too few");
        let one = Estimate::of([7.0]);
        assert_eq!((one.low, one.high, one.confidence), (7.0, 7.0, 0.0));
        assert_eq!(of.scaled(2.0).high, 6.0);
    }

    #[test]
    fn intervals_that_touch_do_not_differ() {
        let of = |low, high| Estimate {
            median: low,
            low,
            high,
            confidence: 0.95,
        };
        assert!(!of(1.0, 2.0).differs_from(&of(2.0, 3.0)));
        assert!(of(1.0, 2.0).differs_from(&of(2.1, 3.0)));
        assert!(of(2.1, 3.0).differs_from(&of(1.0, 2.0)));
        let doubtful = Estimate::of([1.0, 1.1, 1.2]);
        assert!(!doubtful.differs_from(&of(2.1, 3.0)));
    }

    /// The true median of coin-like noise is missed about as seldom as promised.
    #[test]
    fn intervals_hold_what_they_promise() {
        let mut state = 1_u64;
        let mut draw = || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        let missed = (0..2000).filter(|_| {
            let of = Estimate::of((0..15).map(|_| draw()));
            !(of.low..=of.high).contains(&0.5)
        });
        let missed = missed.count();
        assert!((30..=110).contains(&missed), "{missed} of 2000");
    }
}

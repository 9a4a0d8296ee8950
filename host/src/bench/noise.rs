//! How quiet the machine is: the same arithmetic on all threads, timed over and over while the run goes on.
//!
//! On a quiet machine every sample takes as long. Other programs, a hypervisor that lends its processors to others, and clocks
//! that fall as the chip warms up make some longer.

use super::stats::Estimate;
use rayon::ThreadPool;
use serde::{Deserialize, Serialize};
use std::{hint::black_box, time::Instant};

/// Beyond this spread a machine counts as noisy: times are those of a busy machine. Ratios of contenders with as many threads
/// suffer less, since they take turns; what many threads do loses more to other programs than what one does.
pub const LIMIT: f64 = 0.10;

/// Multiplications of a sample on each thread: one or two milliseconds.
const STEPS: u64 = 1_000_000;
/// Samples that are taken together.
const AT_ONCE: usize = 3;

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Noise {
    /// How many samples.
    pub samples: usize,
    /// Seconds of the median one.
    pub median_seconds: f64,
    /// How much longer than the sample that a tenth of them stay below that one takes which nine tenths stay below.
    pub spread: f64,
    /// Beyond this it is noisy.
    pub limit: f64,
}

impl Noise {
    /// True if the machine had other things to do.
    pub fn is_noisy(&self) -> bool {
        self.spread > self.limit
    }

    fn of(seconds: &[f64]) -> Self {
        let mut sorted = seconds.to_vec();
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let last = sorted.len().saturating_sub(1) as f64;
            sorted.get((part * last).round() as usize).copied()
        };
        let spread = match (at(0.1), at(0.9)) {
            (Some(low), Some(high)) if low > 0.0 => high / low - 1.0,
            _ => 0.0,
        };
        let median_seconds = match sorted.is_empty() {
            true => 0.0,
            false => Estimate::of(sorted.iter().copied()).median,
        };
        Self {
            samples: sorted.len(),
            median_seconds,
            spread,
            limit: LIMIT,
        }
    }
}

/// Takes samples.
#[derive(Debug, Default)]
pub struct Listener {
    seconds: Vec<f64>,
}

impl Listener {
    /// Takes a few samples on all threads of the pool.
    pub fn listen(&mut self, pool: &ThreadPool) {
        for _ in 0..AT_ONCE {
            let start = Instant::now();
            pool.broadcast(|_| black_box(arithmetic(black_box(STEPS))));
            self.seconds.push(start.elapsed().as_secs_f64());
        }
    }

    /// What all samples say.
    pub fn noise(&self) -> Noise {
        Noise::of(&self.seconds)
    }
}

/// Each step waits for the one before.
fn arithmetic(steps: u64) -> u64 {
    (0..steps).fold(1, |word: u64, step| {
        word.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(step) ^ (word >> 29)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_of_known_samples() {
        let quiet = Noise::of(&[1.0; 20]);
        assert_eq!((quiet.samples, quiet.spread), (20, 0.0));
        assert!(!quiet.is_noisy());
        let mut seconds = vec![1.0; 20];
        seconds[..3].fill(1.5);
        let noisy = Noise::of(&seconds);
        assert!((noisy.spread - 0.5).abs() < 1e-12, "{noisy:?}");
        assert!(noisy.is_noisy() && noisy.median_seconds == 1.0);
        assert_eq!(Noise::of(&[]).spread, 0.0);
    }

    #[test]
    fn samples_are_taken_on_a_pool() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        let mut listener = Listener::default();
        listener.listen(&pool.expect("two threads"));
        let noise = listener.noise();
        assert_eq!(noise.samples, AT_ONCE);
        assert!(noise.median_seconds > 0.0);
        assert_ne!(arithmetic(10), arithmetic(11));
    }
}

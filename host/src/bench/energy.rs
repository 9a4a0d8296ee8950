//! Joules, where the machine tells.
//!
//! Read are the counters of processor packages (Linux powercap, `intel-rapl`, which AMD's processors have too) and what
//! drivers of GPUs tell through hwmon: a counter (`energy1_input`, microjoules) or power, which is sampled (`power1_average`
//! or `power1_input`, microwatts). NVIDIA's drivers tell neither there, and NVML is not asked. Counters of packages are
//! readable for root alone on most systems. A figure is all that the package or the card used meanwhile, whoever used it.

mod files;

use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

pub use files::Meters;

/// What a reader must know of the figures.
pub(super) const CAVEAT: &str = "All that the package or the card used meanwhile. Each figure is of one stretch of work, one contender after the other \
and not in turns, and has no interval. Power that a driver averages lags behind, so that some of it may be of what was done before.";

/// How often power is asked for.
const EVERY: Duration = Duration::from_millis(20);

/// What was measured of energy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Energy {
    /// Where the figures come from; without any, nothing is readable here.
    pub sources: Vec<String>,
    /// Why something is not readable.
    pub reason: Option<String>,
    /// The figures.
    pub rows: Vec<EnergyRow>,
}

/// Joules of one contender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EnergyRow {
    /// What they are for: `1,000 recoveries`, `Ggas`.
    pub per: String,
    /// Who used them.
    pub contender: String,
    /// Those of processor packages.
    pub processor: Option<f64>,
    /// Those of GPUs.
    pub gpu: Option<f64>,
}

/// Joules that some work took.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Joules {
    /// Of processor packages, where they tell.
    pub processor: Option<f64>,
    /// Of GPUs, where they tell.
    pub gpu: Option<f64>,
}

/// Ends the sampler however the work ends: a scope waits for its threads when it unwinds, too.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Meters {
    /// Joules while some work is done.
    pub fn measure<T>(&self, work: impl FnOnce() -> T) -> (T, Joules) {
        let ended = AtomicBool::new(false);
        let ((done, seconds, mut joules), watts) = thread::scope(|scope| {
            let ending = Ending(&ended);
            let sampler = scope.spawn(|| {
                let mut samples = Vec::new();
                while self.has_power() && !ended.load(Ordering::Relaxed) {
                    samples.extend(self.watts());
                    thread::sleep(EVERY);
                }
                samples
            });
            let before = self.read();
            let start = Instant::now();
            let done = work();
            let seconds = start.elapsed().as_secs_f64();
            let joules = self.since(&before);
            drop(ending);
            let watts = sampler.join().unwrap_or_default();
            ((done, seconds, joules), watts)
        });
        if !watts.is_empty() {
            let mean = watts.iter().sum::<f64>() / watts.len() as f64;
            joules.gpu = Some(joules.gpu.unwrap_or_default() + mean * seconds);
        }
        (done, joules)
    }

    /// Those of this machine.
    pub fn here() -> Self {
        Self::find(Path::new("/"))
    }
}

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

impl Meters {
    /// Joules while some work is done.
    pub fn measure<T>(&self, work: impl FnOnce() -> T) -> (T, Joules) {
        let before = self.read();
        let ended = AtomicBool::new(false);
        let start = Instant::now();
        let (done, watts) = thread::scope(|scope| {
            let sampler = scope.spawn(|| {
                let mut samples = Vec::new();
                while self.has_power() && !ended.load(Ordering::Relaxed) {
                    samples.extend(self.watts());
                    thread::sleep(EVERY);
                }
                samples
            });
            let done = work();
            ended.store(true, Ordering::Relaxed);
            (done, sampler.join().unwrap_or_default())
        });
        let seconds = start.elapsed().as_secs_f64();
        let mut joules = self.since(&before);
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

//! Processor and memory.

use crate::backend::{cpu_features, processor};
use serde::Serialize;
use std::thread;

/// What the batches run on.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    pub(super) os: &'static str,
    pub(super) architecture: &'static str,
    /// Marketing name of the processor, where the system tells.
    pub(super) processor: Option<String>,
    /// Instruction sets of interest that the processor has.
    pub(super) features: Vec<&'static str>,
    /// Those that it has not.
    pub(super) missing_features: Vec<&'static str>,
    /// Logical processors that this process may use.
    pub(super) logical_processors: Option<usize>,
    /// Memory of the machine, where the system tells.
    pub(super) memory_bytes: Option<u64>,
}

impl Machine {
    pub(super) fn detect() -> Self {
        let features = |wanted| {
            cpu_features()
                .iter()
                .filter_map(|(name, present)| (*present == wanted).then_some(*name))
                .collect()
        };
        Self {
            os: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            processor: processor::name(),
            features: features(true),
            missing_features: features(false),
            logical_processors: thread::available_parallelism().ok().map(usize::from),
            memory_bytes: processor::read_value("/proc/meminfo", "MemTotal").and_then(|value| {
                value
                    .strip_suffix(" kB")?
                    .parse::<u64>()
                    .ok()?
                    .checked_mul(1024)
            }),
        }
    }
}

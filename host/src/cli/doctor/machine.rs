//! Processor and memory.

use crate::backend::cpu_features;
use serde::Serialize;
use std::{fs, thread};

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
            processor: read_value("/proc/cpuinfo", "model name"),
            features: features(true),
            missing_features: features(false),
            logical_processors: thread::available_parallelism().ok().map(usize::from),
            memory_bytes: read_value("/proc/meminfo", "MemTotal").and_then(|value| {
                value
                    .strip_suffix(" kB")?
                    .parse::<u64>()
                    .ok()?
                    .checked_mul(1024)
            }),
        }
    }
}

/// The first value of a name in a file of `name: value` lines, as Linux has them under `/proc`.
fn read_value(path: &str, name: &str) -> Option<String> {
    value_of(&fs::read_to_string(path).ok()?, name)
}

fn value_of(text: &str, name: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_proc_files() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2: fast\n\nmodel name\t: other\n";
        assert_eq!(
            value_of(text, "model name").as_deref(),
            Some("Some CPU @ 2: fast")
        );
        assert_eq!(value_of(text, "model"), None);
        assert_eq!(value_of("", "model name"), None);
    }
}

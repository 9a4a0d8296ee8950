//! What a run runs on, and when.

use crate::{
    Config,
    backend::{self, cpu_features, processor},
};
use serde::{Deserialize, Serialize};
use std::{
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

/// A machine as its reports describe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The system: `linux`.
    pub os: String,
    /// Of the processor: `x86_64`.
    pub architecture: String,
    /// Marketing name of the processor, where the system tells.
    pub processor: Option<String>,
    /// Instruction sets of interest that it has.
    pub features: Vec<String>,
    /// Threads that the machine runs at once.
    pub logical_processors: usize,
    /// Memory of the machine, where the system tells.
    pub memory_bytes: Option<u64>,
    /// Every backend, and whether it can be had.
    pub backends: Vec<BackendNote>,
}

/// What became of a backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendNote {
    /// Its name.
    pub backend: String,
    /// True if it can be had.
    pub available: bool,
    /// Why, or why not; for a GPU, which adapter and driver.
    pub reason: String,
}

impl Machine {
    /// This one, and what can be had on it with these settings.
    pub fn detect(config: &Config) -> Self {
        let features = cpu_features().into_iter();
        let features = features.filter(|(_, has)| *has);
        let backends = backend::survey_for(config).into_iter();
        let memory = processor::read_value("/proc/meminfo", "MemTotal");
        let kilobytes = memory.and_then(|value| value.strip_suffix(" kB")?.parse::<u64>().ok());
        Self {
            os: std::env::consts::OS.into(),
            architecture: std::env::consts::ARCH.into(),
            processor: processor::name(),
            features: features.map(|(name, _)| name.to_owned()).collect(),
            logical_processors: thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: kilobytes.map(|kilobytes| kilobytes.saturating_mul(1024)),
            backends: backends
                .map(|status| BackendNote {
                    backend: status.backend.to_string(),
                    available: status.available,
                    reason: status.reason,
                })
                .collect(),
        }
    }

    /// In one line.
    pub fn title(&self) -> String {
        let processor = self.processor.as_deref().unwrap_or("an unnamed processor");
        format!(
            "{processor}, {} logical processors, {} {}",
            self.logical_processors, self.os, self.architecture
        )
    }

    /// True if figures of both machines may be held against each other; `None` if nothing tells them apart, but neither of
    /// them need be the other, since the name of a processor is unknown.
    pub fn is_like(&self, other: &Self) -> Option<bool> {
        let rest = |of: &Self| {
            (
                of.os.clone(),
                of.architecture.clone(),
                of.logical_processors,
            )
        };
        if rest(self) != rest(other) || self.features != other.features {
            return Some(false);
        }
        Some(self.processor.as_ref()? == other.processor.as_ref()?)
    }
}

/// The time in UTC: `2026-01-31T12:34:56Z`.
pub fn date(now: SystemTime) -> String {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day since 1970-01-01.
fn civil(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (1_795_293_296, "2026-11-21T20:34:56Z"),
        ] {
            assert_eq!(date(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn this_machine() {
        let machine = Machine::detect(&Config::default());
        assert!(machine.logical_processors > 0);
        let named = |name: Option<&str>| Machine {
            processor: name.map(str::to_owned),
            ..machine.clone()
        };
        let (a, b, unnamed) = (named(Some("a")), named(Some("b")), named(None));
        assert_eq!(a.is_like(&a), Some(true));
        assert_eq!(a.is_like(&b), Some(false));
        assert_eq!([a.is_like(&unnamed), unnamed.is_like(&unnamed)], [None; 2]);
        let portable = machine
            .backends
            .iter()
            .find(|note| note.backend == "portable");
        assert!(portable.is_some_and(|note| note.available));
        let other = Machine {
            logical_processors: 1 + machine.logical_processors,
            ..machine.clone()
        };
        assert_eq!(machine.is_like(&other), Some(false));
    }
}

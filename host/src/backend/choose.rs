//! Which backend an engine gets, and why.

use super::Pool;
use super::{BackendError, BatchBackend, cpu::Cpu};
use crate::{Backend, Config};
use phalanx_kernels::{Level, LevelName};
use std::sync::Arc;

/// What `Auto` tries in turn, fastest first, before it takes what every machine has. The GPU joins when it computes
/// batches and its crossover is measured.
const PREFERENCE: [Backend; 2] = [Backend::Avx512, Backend::Avx2];

/// Whether a backend can be had on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendStatus {
    /// The backend; never [`Backend::Auto`].
    pub backend: Backend,
    /// True if an engine can be built with it.
    pub available: bool,
    /// Why, or why not.
    pub reason: String,
}

/// What [`Backend::Auto`] means on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoChoice {
    /// The backend chosen; never [`Backend::Auto`].
    pub backend: Backend,
    /// Why that one.
    pub reason: String,
}

/// Every backend, and whether it can be had.
pub fn survey() -> Vec<BackendStatus> {
    Backend::ALL
        .into_iter()
        .filter(|&backend| backend != Backend::Auto)
        .map(|backend| match level(backend) {
            Ok(level) if level.name() == LevelName::Portable => BackendStatus {
                backend,
                available: true,
                reason: "runs on any processor".to_owned(),
            },
            Ok(level) => BackendStatus {
                backend,
                available: true,
                reason: format!(
                    "this processor has {}",
                    level.name().required_features().join(", ")
                ),
            },
            Err(error) => BackendStatus {
                backend,
                available: false,
                reason: error.to_string(),
            },
        })
        .collect()
}

/// What [`Backend::Auto`] chooses on this machine, and why.
pub fn auto_choice() -> AutoChoice {
    let mut refused = Vec::new();
    for backend in PREFERENCE {
        match level(backend) {
            Ok(_) => {
                refused.insert(0, "the fastest to be had".to_owned());
                let reason = refused.join("; ");
                return AutoChoice { backend, reason };
            }
            Err(error) => refused.push(error.to_string()),
        }
    }
    AutoChoice {
        backend: Backend::Portable,
        reason: format!("nothing faster can be had: {}", refused.join("; ")),
    }
}

/// The backend that the configuration asks for.
pub(crate) fn choose(
    config: &Config,
    pool: &Arc<Pool>,
) -> Result<Box<dyn BatchBackend>, BackendError> {
    let backend = match config.backend {
        Backend::Auto => auto_choice().backend,
        asked => asked,
    };
    let cpu = Cpu::new(level(backend)?, config, Arc::clone(pool));
    Ok(Box::new(cpu))
}

/// The instruction level behind a backend.
fn level(backend: Backend) -> Result<Level, BackendError> {
    let name = match backend {
        Backend::Auto => return level(auto_choice().backend),
        Backend::Portable => LevelName::Portable,
        Backend::Avx2 => LevelName::Avx2,
        Backend::Avx512 => LevelName::Avx512,
        Backend::Gpu if cfg!(feature = "gpu") => return Err(BackendError::GpuNotBuilt),
        Backend::Gpu => return Err(BackendError::GpuFeatureOff),
    };
    Ok(Level::new(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_survey_covers_each_backend_once() {
        let statuses = survey();
        let named: Vec<Backend> = statuses.iter().map(|status| status.backend).collect();
        assert_eq!(named, Backend::ALL[1..]);
        for status in &statuses {
            assert!(!status.reason.is_empty(), "{}", status.backend);
        }
        assert!(statuses[0].available, "portable runs everywhere");
        let gpu = statuses.last().expect("the gpu is surveyed");
        assert!(!gpu.available);
    }

    #[test]
    fn auto_takes_the_first_that_is_available() {
        let available = |backend| {
            survey()
                .iter()
                .any(|status| status.backend == backend && status.available)
        };
        let expected = PREFERENCE
            .into_iter()
            .find(|&backend| available(backend))
            .unwrap_or(Backend::Portable);
        assert_eq!(auto_choice().backend, expected);
        assert!(available(auto_choice().backend));
    }
}

//! Which backend an engine gets, and why.

use super::{BackendError, BatchBackend, Pool, cpu::Cpu, reference::Reference};
use crate::{Backend, Config};
use phalanx_kernels::{Level, LevelName};
use std::sync::Arc;

/// What `Auto` tries in turn, fastest first, before it takes what every machine has. The GPU joins when it computes
/// batches and its crossover is measured. The reference never does.
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
        .map(|backend| {
            let found = find(backend);
            BackendStatus {
                backend,
                available: found.is_ok(),
                reason: match found {
                    Ok(Found::Reference) => {
                        "k256 and sha3 one item at a time, to compare with; never chosen by auto"
                            .to_owned()
                    }
                    Ok(Found::Level(level)) => match level.name().required_features() {
                        [] => "runs on any processor".to_owned(),
                        features => format!("this processor has {}", features.join(", ")),
                    },
                    Err(error) => error.to_string(),
                },
            }
        })
        .collect()
}

/// What [`Backend::Auto`] chooses on this machine, and why.
pub fn auto_choice() -> AutoChoice {
    let mut refused = Vec::new();
    for backend in PREFERENCE {
        match find(backend) {
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
    let pool = Arc::clone(pool);
    Ok(match find(backend)? {
        Found::Level(level) => Box::new(Cpu::new(level, config, pool)),
        Found::Reference => Box::new(Cpu::new(Reference, config, pool)),
    })
}

/// What computes a backend's batches.
enum Found {
    Level(Level),
    Reference,
}

fn find(backend: Backend) -> Result<Found, BackendError> {
    let name = match backend {
        Backend::Auto => return find(auto_choice().backend),
        Backend::Reference => return Ok(Found::Reference),
        Backend::Portable => LevelName::Portable,
        Backend::Avx2 => LevelName::Avx2,
        Backend::Avx512 => LevelName::Avx512,
        Backend::Gpu if cfg!(feature = "gpu") => return Err(BackendError::GpuNotBuilt),
        Backend::Gpu => return Err(BackendError::GpuFeatureOff),
    };
    Ok(Found::Level(Level::new(name)?))
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
        for status in &statuses {
            match status.backend {
                Backend::Gpu => assert!(!status.available),
                Backend::Portable | Backend::Reference => assert!(status.available),
                _ => {}
            }
        }
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
        assert_ne!(auto_choice().backend, Backend::Reference);
    }
}

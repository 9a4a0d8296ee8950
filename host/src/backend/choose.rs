//! Which backend an engine gets, and why.

use super::{BackendError, BatchBackend, Pool, cpu::Cpu, reference::Reference};
use crate::{Backend, Config};
use phalanx_kernels::{Level, LevelName};
use std::sync::Arc;

/// What `Auto` tries in turn, fastest first, before it takes what every machine has. A GPU works beside it where it
/// is measured to help, and the reference never does.
const PREFERENCE: [Backend; 2] = [Backend::Avx512, Backend::Avx2];

/// Whether a backend can be had on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendStatus {
    /// The backend; never [`Backend::Auto`] or [`Backend::Cpu`], which stand for one of the others.
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

/// Every backend, and whether it can be had with the default settings.
///
/// Opens the GPU that would be used; the first call takes as long as that.
pub fn survey() -> Vec<BackendStatus> {
    survey_for(&Config::default())
}

/// Every backend, and whether it can be had with these settings, as [`survey`] has it.
pub fn survey_for(config: &Config) -> Vec<BackendStatus> {
    Backend::ALL
        .into_iter()
        .filter(|backend| !matches!(backend, Backend::Auto | Backend::Cpu))
        .map(|backend| {
            let found = find(backend, config);
            BackendStatus {
                backend,
                available: found.is_ok(),
                reason: match found {
                    Ok(Found::Reference) => {
                        "k256 and sha3 one item at a time, to compare with; never chosen by auto"
                            .to_owned()
                    }
                    Ok(Found::Auto) => auto_choice().reason,
                    Ok(Found::Level(level)) => match level.name().required_features() {
                        [] => "runs on any processor".to_owned(),
                        features => format!("this processor has {}", features.join(", ")),
                    },
                    #[cfg(feature = "gpu")]
                    Ok(Found::Gpu(opened)) => opened.title,
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
    let shared = Arc::clone(pool);
    Ok(match find(config.backend, config)? {
        Found::Auto => auto(config, pool)?,
        Found::Level(level) => Box::new(Cpu::new(level, config, shared)),
        Found::Reference => Box::new(Cpu::new(Reference, config, shared)),
        #[cfg(feature = "gpu")]
        Found::Gpu(opened) => {
            let cpu = fastest(config, pool)?;
            Box::new(super::gpu::Gpu::new(opened.worker, cpu))
        }
    })
}

/// The fastest level of the processor, shared by all threads.
#[cfg(feature = "gpu")]
pub(super) fn fastest(
    config: &Config,
    pool: &Arc<Pool>,
) -> Result<Arc<dyn BatchBackend>, BackendError> {
    let level = level(auto_choice().backend)?;
    Ok(Arc::new(Cpu::new(level, config, Arc::clone(pool))))
}

#[cfg(feature = "gpu")]
fn auto(config: &Config, pool: &Arc<Pool>) -> Result<Box<dyn BatchBackend>, BackendError> {
    let cpu = fastest(config, pool)?;
    // A GPU is only looked for when it is needed, but a wish that none answers is an error at once.
    if config.gpu.is_some() || config.gpu_arithmetic.is_some() {
        crate::gpu::select::check(&crate::gpu::Request::new(config, false))?;
    }
    Ok(Box::new(super::auto::Auto::new(
        cpu,
        pool.threads(),
        config,
    )))
}

#[cfg(not(feature = "gpu"))]
fn auto(config: &Config, pool: &Arc<Pool>) -> Result<Box<dyn BatchBackend>, BackendError> {
    if config.gpu.is_some() || config.gpu_arithmetic.is_some() {
        return Err(BackendError::GpuFeatureOff);
    }
    let level = level(auto_choice().backend)?;
    Ok(Box::new(Cpu::new(level, config, Arc::clone(pool))))
}

/// What computes a backend's batches.
enum Found {
    Auto,
    Level(Level),
    Reference,
    #[cfg(feature = "gpu")]
    Gpu(crate::gpu::Opened),
}

fn find(backend: Backend, config: &Config) -> Result<Found, BackendError> {
    match backend {
        Backend::Auto => Ok(Found::Auto),
        Backend::Cpu => level(auto_choice().backend).map(Found::Level),
        Backend::Reference => Ok(Found::Reference),
        Backend::Gpu => gpu(config),
        level_name => level(level_name).map(Found::Level),
    }
}

/// The instruction level of a backend that is one.
fn level(backend: Backend) -> Result<Level, BackendError> {
    let name = match backend {
        Backend::Avx2 => LevelName::Avx2,
        Backend::Avx512 => LevelName::Avx512,
        _ => LevelName::Portable,
    };
    Ok(Level::new(name)?)
}

#[cfg(feature = "gpu")]
fn gpu(config: &Config) -> Result<Found, BackendError> {
    let request = crate::gpu::Request::new(config, true);
    let opened = crate::gpu::open(&request, config.cache.as_deref())?;
    // Put aside by another engine of this process: there is no other like it.
    match opened.worker.account().put_aside {
        Some(reason) => Err(BackendError::Gpu(reason)),
        None => Ok(Found::Gpu(opened)),
    }
}

#[cfg(not(feature = "gpu"))]
fn gpu(_: &Config) -> Result<Found, BackendError> {
    Err(BackendError::GpuFeatureOff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_survey_covers_each_backend_once() {
        let statuses = survey();
        let named: Vec<Backend> = statuses.iter().map(|status| status.backend).collect();
        assert_eq!(named, Backend::ALL[1..6]);
        for status in &statuses {
            assert!(!status.reason.is_empty(), "{}", status.backend);
        }
        for status in &statuses {
            match status.backend {
                Backend::Gpu => assert!(cfg!(feature = "gpu") || !status.available),
                Backend::Portable | Backend::Reference => assert!(status.available),
                _ => {}
            }
        }
    }

    #[test]
    fn cpu_is_the_level_that_auto_chooses_and_looks_for_no_gpu() {
        let pool = Arc::new(Pool::new(&Config::default()).expect("threads"));
        let config = Config {
            backend: Backend::Cpu,
            ..Config::default()
        };
        let chosen = choose(&config, &pool).expect("a level");
        assert_eq!(chosen.backend(), auto_choice().backend);
        assert_eq!(chosen.account(), None);
    }

    /// With `auto`, what a configuration says of the GPU holds, or is an error.
    #[test]
    fn wishes_that_no_gpu_answers_are_errors() {
        let pool = Arc::new(Pool::new(&Config::default()).expect("threads"));
        let named = Config {
            gpu: Some("no adapter is called this".into()),
            ..Config::default()
        };
        let refused = choose(&named, &pool).err();
        if cfg!(feature = "gpu") {
            assert!(matches!(refused, Some(BackendError::Gpu(_))), "{refused:?}");
            return;
        }
        assert_eq!(refused, Some(BackendError::GpuFeatureOff));
        let wide = Config {
            gpu_arithmetic: Some(crate::GpuArithmetic::U64),
            ..Config::default()
        };
        let refused = choose(&wide, &pool).err();
        assert_eq!(refused, Some(BackendError::GpuFeatureOff));
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

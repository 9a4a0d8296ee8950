//! What a call asks of the engine, and the engines of this process.

use phalanx::{Backend, Engine, exec::ExecutorKind};
use pyo3::{
    create_exception,
    exceptions::{PyRuntimeError, PyValueError},
    prelude::*,
    types::{PyDict, PyTuple},
};
use std::sync::{Mutex, PoisonError};

create_exception!(
    phalanx_verify,
    EngineError,
    PyRuntimeError,
    "The engine that a configuration asks for can't be had here."
);

/// How batches are computed. What is None is as the environment of the process says (PHALANX_THREADS, PHALANX_BACKEND,
/// PHALANX_GPU, PHALANX_CACHE, PHALANX_EXECUTOR), else the default.
///
/// A configuration never changes, compares by value and can be pickled; the engine that it asks for is made once in a
/// process, when it is first used, and anew in a process that was forked.
///
/// Args:
///     threads: threads that share a batch, from 1 to 1024; by default one a logical processor.
///     backend: "auto", "cpu", "portable", "avx2", "avx512", "gpu" or "reference". "cpu" is the fastest level of this
///         processor; "auto" has a GPU beside it where that pays, and after a second of large batches loads its driver to
///         find out. One that can't be had is an EngineError, never another in its place.
///     gpu: part of the name of the GPU to use.
///     cache: folder for compiled shaders and measurements.
///     executor: "auto", "serial", "parallel" or "bal": how blocks are executed.
#[pyclass(frozen, eq, hash, module = "phalanx_verify")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Config {
    #[pyo3(get)]
    threads: Option<usize>,
    #[pyo3(get)]
    backend: Option<String>,
    #[pyo3(get)]
    gpu: Option<String>,
    #[pyo3(get)]
    cache: Option<String>,
    #[pyo3(get)]
    executor: Option<String>,
}

#[pymethods]
impl Config {
    #[new]
    #[pyo3(signature = (*, threads=None, backend=None, gpu=None, cache=None, executor=None))]
    fn new(
        threads: Option<usize>,
        backend: Option<String>,
        gpu: Option<String>,
        cache: Option<String>,
        executor: Option<String>,
    ) -> PyResult<Self> {
        let most = phalanx::Config::MAX_THREADS;
        if let Some(threads) = threads.filter(|threads| !(1..=most).contains(threads)) {
            let message = format!("threads is {threads}; it can be 1 to {most}");
            return Err(PyValueError::new_err(message));
        }
        let config = Self {
            threads,
            backend,
            gpu,
            cache,
            executor,
        };
        config.over(phalanx::Config::default())?;
        Ok(config)
    }

    /// The same configuration with some settings changed.
    #[pyo3(signature = (**changes))]
    fn replace(&self, py: Python<'_>, changes: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
        let settings = self.settings(py)?;
        if let Some(changes) = changes {
            settings.update(changes.as_mapping())?;
        }
        let made = py.get_type::<Self>().call((), Some(&settings))?;
        Ok(made.unbind())
    }

    /// What is used, as in "avx512, 2 threads". Makes the engine, if this process has not made it yet.
    fn describe(&self) -> PyResult<String> {
        let engine = self.engine()?;
        let threads = engine.threads();
        let plural = if threads == 1 { "" } else { "s" };
        Ok(format!("{}, {threads} thread{plural}", engine.backend()))
    }

    fn __getnewargs_ex__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
        Ok((PyTuple::empty(py), self.settings(py)?))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut given = Vec::new();
        for (name, value) in self.settings(py)? {
            if !value.is_none() {
                given.push(format!("{name}={}", value.repr()?));
            }
        }
        Ok(format!("Config({})", given.join(", ")))
    }
}

impl Config {
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let settings = PyDict::new(py);
        settings.set_item("threads", self.threads)?;
        settings.set_item("backend", &self.backend)?;
        settings.set_item("gpu", &self.gpu)?;
        settings.set_item("cache", &self.cache)?;
        settings.set_item("executor", &self.executor)?;
        Ok(settings)
    }

    /// These settings over others.
    fn over(&self, mut config: phalanx::Config) -> PyResult<phalanx::Config> {
        let unknown = |error: &dyn std::error::Error| PyValueError::new_err(error.to_string());
        if let Some(name) = &self.backend {
            config.backend = name.parse::<Backend>().map_err(|error| unknown(&error))?;
        }
        if let Some(name) = &self.executor {
            config.executor = name
                .parse::<ExecutorKind>()
                .map_err(|error| unknown(&error))?;
        }
        config.threads = self.threads.or(config.threads);
        config.gpu = self.gpu.clone().or(config.gpu);
        config.cache = self.cache.as_ref().map(Into::into).or(config.cache);
        Ok(config)
    }

    /// The engine of this process for these settings.
    pub(crate) fn engine(&self) -> PyResult<Engine> {
        let environment = phalanx::Config::from_env();
        let environment = environment.map_err(|error| PyValueError::new_err(error.to_string()))?;
        let config = self.over(environment)?;
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_or_insert_with(Kept::new);
        kept.engine(config)
    }
}

/// The engine for the settings of a call; those of the environment where it names none.
pub(crate) fn engine(config: Option<&Config>) -> PyResult<Engine> {
    config.unwrap_or(&Config::default()).engine()
}

/// The engines that this process has made.
struct Kept {
    process: u32,
    engines: Vec<(phalanx::Config, Engine)>,
}

/// Whoever locks it is attached to the interpreter and stays so until it is unlocked. So no other thread holds it in the
/// moment in which Python forks, and a child never finds it locked.
static KEPT: Mutex<Option<Kept>> = Mutex::new(None);

/// Engines kept at most: each has threads.
const MOST_ENGINES: usize = 8;

impl Kept {
    fn new() -> Self {
        Self {
            process: std::process::id(),
            engines: Vec::new(),
        }
    }

    fn engine(&mut self, config: phalanx::Config) -> PyResult<Engine> {
        if self.process != std::process::id() {
            // The threads of these engines stayed behind in the parent: nothing can be asked of them, nor can they be ended.
            std::mem::forget(std::mem::replace(self, Self::new()).engines);
        }
        if let Some((_, engine)) = self.engines.iter().find(|(kept, _)| *kept == config) {
            return Ok(engine.clone());
        }
        let built = Engine::builder().config(config.clone()).build();
        let engine = built.map_err(|error| EngineError::new_err(chain(&error)))?;
        if self.engines.len() == MOST_ENGINES {
            self.engines.remove(0);
        }
        self.engines.push((config, engine.clone()));
        Ok(engine)
    }
}

/// An error with what caused it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

//! Every knob of the engine; the environment is read here and nowhere else.

mod names;

pub use names::{Backend, ExecutorKind, GpuArithmetic, UnknownBackend, UnknownExecutor};

use std::{ffi::OsString, path::PathBuf};

/// Settings of an [`Engine`](crate::Engine).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The backend asked for.
    pub backend: Backend,
    /// How blocks are executed.
    pub executor: ExecutorKind,
    /// Threads that work on batches, from 1 to [`Config::MAX_THREADS`]; `None` is as many as the machine runs at once.
    pub threads: Option<usize>,
    /// Signatures that are worth a task of their own, at least 1; smaller batches stay on the caller's thread.
    ///
    /// 64 portable recoveries take some 3 ms, beside which handing a task over (1 to 10 µs) and the two inversions that
    /// its signatures share (about 4 µs) are nothing, and a block of a few hundred transactions still fills a few
    /// threads.
    pub recover_chunk_items: usize,
    /// Keccak blocks (136 bytes and permutation each) that are worth a task of their own, at least 1; smaller batches
    /// stay on the caller's thread.
    ///
    /// 512 permutations take some 14 µs with eight lanes and 120 µs without, more than it costs to wake a thread (1 to
    /// 10 µs). Counted in blocks and not in messages because lengths are mixed.
    pub keccak_chunk_blocks: usize,
    /// Part of the name of the GPU to use, in any case of letters; by default discrete ones go before integrated,
    /// virtual and software ones.
    pub gpu: Option<String>,
    /// How shaders multiply; by default as fast as the device can.
    pub gpu_arithmetic: Option<GpuArithmetic>,
    /// Folder for compiled shaders and measurements, which later processes use; `None` keeps nothing. What is lost or
    /// damaged there is made again.
    pub cache: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            backend: Backend::Auto,
            executor: ExecutorKind::Auto,
            threads: None,
            recover_chunk_items: 64,
            keccak_chunk_blocks: 512,
            gpu: None,
            gpu_arithmetic: None,
            cache: None,
        }
    }
}

impl Config {
    /// The most threads that may be asked for: past any machine this runs on, and few enough to start.
    pub const MAX_THREADS: usize = 1024;

    /// The defaults with what the environment says: `PHALANX_BACKEND` (a [`Backend`] by name), `PHALANX_EXECUTOR`
    /// (an [`ExecutorKind`] by name), `PHALANX_THREADS`, `PHALANX_GPU` (part of an adapter's name), `PHALANX_GPU_ARITHMETIC` (`u64` or `u32`) and `PHALANX_CACHE` (a
    /// folder; by default `phalanx` in the user's cache folder). An empty variable counts as unset.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(std::env::var_os)
    }

    fn from_variables(
        variable: impl Fn(&'static str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let text = |name| match variable(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) if text.is_empty() => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(ConfigError::NotUnicode { variable: name }),
        };
        let mut config = Self::default();
        if let Some(name) = text("PHALANX_BACKEND")? {
            config.backend = name.parse::<Backend>()?;
        }
        if let Some(name) = text("PHALANX_EXECUTOR")? {
            config.executor = name.parse::<ExecutorKind>()?;
        }
        if let Some(count) = text("PHALANX_THREADS")? {
            let threads = count.parse().ok().filter(is_thread_count);
            config.threads = Some(threads.ok_or(ConfigError::Threads(count))?);
        }
        config.gpu = text("PHALANX_GPU")?;
        if let Some(name) = text("PHALANX_GPU_ARITHMETIC")? {
            let arithmetic = name.parse().map_err(|()| ConfigError::Arithmetic(name))?;
            config.gpu_arithmetic = Some(arithmetic);
        }
        config.cache = cache_folder(variable);
        Ok(config)
    }
}

/// Where this user's programs keep what they can make again; `None` if the environment doesn't tell.
fn cache_folder(variable: impl Fn(&'static str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name| {
        variable(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let users = || {
        if cfg!(windows) {
            return set("LOCALAPPDATA");
        }
        if cfg!(target_os = "macos") {
            return set("HOME").map(|home| home.join("Library/Caches"));
        }
        // A relative path is to be ignored, by the specification of these folders.
        let given = set("XDG_CACHE_HOME").filter(|path| path.is_absolute());
        given.or_else(|| set("HOME").map(|home| home.join(".cache")))
    };
    set("PHALANX_CACHE").or_else(|| users().map(|folder| folder.join("phalanx")))
}

/// True for what [`Config::threads`] may be.
pub(crate) fn is_thread_count(threads: &usize) -> bool {
    (1..=Config::MAX_THREADS).contains(threads)
}

/// Why the environment is no configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The value is not Unicode.
    #[error("{variable} is not Unicode")]
    NotUnicode {
        /// The variable's name.
        variable: &'static str,
    },
    /// `PHALANX_BACKEND` names no backend.
    #[error("PHALANX_BACKEND: {0}")]
    Backend(#[from] UnknownBackend),
    /// `PHALANX_EXECUTOR` names no executor.
    #[error("PHALANX_EXECUTOR: {0}")]
    Executor(#[from] UnknownExecutor),
    /// `PHALANX_THREADS` is not a number of threads.
    #[error(
        "PHALANX_THREADS: {0:?} is not a number from 1 to {max}", max = Config::MAX_THREADS
    )]
    Threads(String),
    /// `PHALANX_GPU_ARITHMETIC` names no arithmetic.
    #[error("PHALANX_GPU_ARITHMETIC: {0:?} is neither u64 nor u32")]
    Arithmetic(String),
}

#[cfg(test)]
mod tests;

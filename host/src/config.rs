//! Every knob of the engine; the environment is read here and nowhere else.

use crate::exec::{ExecutorKind, UnknownExecutor};
use std::{ffi::OsString, fmt, path::PathBuf, str::FromStr};

/// Which arithmetic does the batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Backend {
    /// The fastest instruction level of this processor, with a GPU beside it for large batches where that is measured
    /// to help. Adapters that compute on the CPU are never used.
    #[default]
    Auto,
    /// Scalar code for any processor.
    Portable,
    /// AVX2: four items at once.
    Avx2,
    /// AVX-512 with IFMA: eight items at once.
    Avx512,
    /// WGSL compute shaders on one adapter, of whatever kind; what it does not do right is done on the CPU.
    Gpu,
    /// Published crates (k256, sha3), one item after the other: what the others are held against. Never chosen by
    /// `Auto`.
    Reference,
}

impl Backend {
    /// Every value, in the order in which users are shown them.
    pub const ALL: [Self; 6] = [
        Self::Auto,
        Self::Portable,
        Self::Avx2,
        Self::Avx512,
        Self::Gpu,
        Self::Reference,
    ];

    /// The name that [`FromStr`] takes and [`Display`](fmt::Display) gives.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Portable => "portable",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Gpu => "gpu",
            Self::Reference => "reference",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Backend {
    type Err = UnknownBackend;

    fn from_str(text: &str) -> Result<Self, UnknownBackend> {
        Self::ALL
            .into_iter()
            .find(|backend| backend.name() == text)
            .ok_or_else(|| UnknownBackend(text.to_owned()))
    }
}

/// Text that names no backend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no backend is called {0:?}; there are auto, portable, avx2, avx512, gpu and reference")]
pub struct UnknownBackend(pub String);

/// How shaders multiply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GpuArithmetic {
    /// 64-bit products, where the device has them.
    U64,
    /// 32-bit products, which every device has.
    U32,
}

impl FromStr for GpuArithmetic {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "u64" => Ok(Self::U64),
            "u32" => Ok(Self::U32),
            _ => Err(()),
        }
    }
}

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

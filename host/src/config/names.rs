//! What can be asked for by name.

use std::{fmt, str::FromStr};

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
    /// The fastest instruction level of this processor, and never a GPU: no driver is loaded.
    Cpu,
}

impl Backend {
    /// Every value, in the order in which users are shown them.
    pub const ALL: [Self; 7] = [
        Self::Auto,
        Self::Portable,
        Self::Avx2,
        Self::Avx512,
        Self::Gpu,
        Self::Reference,
        Self::Cpu,
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
            Self::Cpu => "cpu",
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
#[error(
    "no backend is called {0:?}; there are auto, cpu, portable, avx2, avx512, gpu and reference"
)]
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

/// Ways to execute blocks. All give the same output for every block; they differ in speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExecutorKind {
    /// By what the block is: led by its access list, in parallel, or serially where that is as fast.
    #[default]
    Auto,
    /// One transaction after the other.
    Serial,
    /// Transactions tried ahead of their turn.
    Parallel,
    /// The same, led by the block's access list (EIP-7928); a block that comes without one is executed serially.
    Bal,
}

impl ExecutorKind {
    /// Every value, in the order in which users are shown them.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Serial, Self::Parallel, Self::Bal];

    /// The name that [`FromStr`] takes and [`Display`](fmt::Display) gives.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Serial => "serial",
            Self::Parallel => "parallel",
            Self::Bal => "bal",
        }
    }
}

impl fmt::Display for ExecutorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ExecutorKind {
    type Err = UnknownExecutor;

    fn from_str(text: &str) -> Result<Self, UnknownExecutor> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownExecutor(text.to_owned()))
    }
}

/// Text that names no executor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no executor is called {0:?}; there are auto, serial, parallel and bal")]
pub struct UnknownExecutor(pub String);

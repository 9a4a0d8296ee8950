//! How a pipeline runs: its mode, and the sizes of its queues.

use crate::{Backend, Engine};
use std::{fmt, str::FromStr, time::Duration};

/// Whom the threads work for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// One block at a time, all threads on it: the block at the tip of a chain has its verdict soonest.
    Latency,
    /// Many blocks at once: a backlog is done soonest.
    #[default]
    Throughput,
}

impl Mode {
    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Throughput => "throughput",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Latency, Self::Throughput]
            .into_iter()
            .find(|mode| mode.name() == name)
            .ok_or_else(|| format!("{name} is no mode: latency or throughput"))
    }
}

/// Blocks in a pipeline at most: enough that a batch is full where each has a few transactions.
const BLOCKS: usize = 1024;
/// Bytes of them, as they came: decoded they take a few times as much. A block of 30 million gas has at most two million
/// bytes, its witness some tens of millions.
const BYTES: usize = 64 << 20;
/// Signatures recovered together: from about here on, more of them together are no faster on a CPU.
const SIGNATURES: usize = 1024;
/// So many for each thread that shares a batch: the widest lanes are full with a few of them.
const SIGNATURES_A_THREAD: usize = 64;
/// Signatures recovered together where a GPU may be found to share them: a batch that is worth it has as many.
const SIGNATURES_TO_SHARE: usize = 4096;
/// Signatures recovered together on a GPU: below, it waits for its own start-up.
const SIGNATURES_ON_GPU: usize = 16_384;
/// How long the next block of a slow source is waited for before a batch goes without it: less than a block takes.
const LINGER: Duration = Duration::from_millis(2);

/// Sizes of a pipeline's queues. Zero counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whom the threads work for.
    pub mode: Mode,
    /// Blocks that are in the pipeline at most, from when their source gives them until their verdicts are taken.
    pub blocks: usize,
    /// Bytes of blocks and evidence in the pipeline: with so many, no further block is asked for.
    pub bytes: usize,
    /// Signatures that a batch waits for. As many may be recovered and not executed before further batches wait.
    pub signatures: usize,
    /// How long a batch with fewer waits for a source that gives no block.
    pub linger: Duration,
}

impl Options {
    /// The sizes for a mode, with an engine of these threads and this backend.
    pub fn new(mode: Mode, engine: &Engine) -> Self {
        let (blocks, signatures) = match mode {
            Mode::Latency => (1, 1),
            Mode::Throughput if engine.backend() == Backend::Gpu => (BLOCKS, SIGNATURES_ON_GPU),
            Mode::Throughput
                if cfg!(feature = "gpu") && engine.config().backend == Backend::Auto =>
            {
                let lanes = SIGNATURES_A_THREAD * engine.threads();
                (BLOCKS, SIGNATURES_TO_SHARE.max(lanes))
            }
            Mode::Throughput => (
                BLOCKS,
                SIGNATURES.max(SIGNATURES_A_THREAD * engine.threads()),
            ),
        };
        Self {
            mode,
            blocks,
            bytes: BYTES,
            signatures,
            linger: LINGER,
        }
    }
}

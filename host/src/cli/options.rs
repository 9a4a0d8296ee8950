//! Options that commands share, and those of `verify` and `generate`.

use crate::{
    Backend, Config, Engine,
    config::ConfigError,
    exec::{Chosen, ExecutorKind},
    pipeline::Mode,
};
use clap::Args;
use std::{error::Error, num::NonZeroUsize, path::PathBuf};

/// How batches are computed.
#[derive(Debug, Clone, Default, Args)]
pub struct EngineArgs {
    /// Arithmetic of the batches: auto, cpu, portable, avx2, avx512, gpu or reference
    #[arg(long, value_name = "BACKEND")]
    pub backend: Option<Backend>,
    /// GPU to use, by part of its name [default: discrete before integrated, virtual and software ones]
    #[arg(long, value_name = "NAME")]
    pub gpu: Option<String>,
    /// Number of worker threads [default: one a logical processor]
    #[arg(long, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
}

impl EngineArgs {
    /// Builds the engine asked for: the command line goes before the environment, which goes before the defaults.
    pub fn engine(&self) -> Result<Engine, Box<dyn Error + Send + Sync>> {
        Ok(Engine::builder().config(self.config()?).build()?)
    }

    /// The settings asked for, in the same order.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let mut config = Config::from_env()?;
        if let Some(backend) = self.backend {
            config.backend = backend;
        }
        if let Some(threads) = self.threads {
            config.threads = Some(threads.get());
        }
        if self.gpu.is_some() {
            config.gpu.clone_from(&self.gpu);
        }
        Ok(config)
    }
}

/// Options of `phalanx verify`.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// How batches are computed.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// How blocks are executed: auto, serial, parallel, or bal (led by their access lists)
    #[arg(long, value_name = "EXECUTOR")]
    pub executor: Option<ExecutorKind>,
    /// The blocks' chain: mainnet, sepolia, holesky, hoodi, dev, or a genesis file [default: from the input]
    #[arg(long, value_name = "NAME|FILE")]
    pub chain: Option<String>,
    /// What the threads work for: throughput, many blocks at once, or latency, one block at a time and all on it
    #[arg(long, value_name = "MODE", default_value_t)]
    pub mode: Mode,
    /// Write what each thread did when: a Chrome trace, as Perfetto opens it
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    /// Print one JSON object in place of tables
    #[arg(long)]
    pub json: bool,
    /// Files, archives and folders to verify; without any, a chain made here from a seed
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

impl VerifyArgs {
    /// The executor asked for: the command line goes before the environment, which goes before the default.
    pub fn executor(&self, engine: &Engine) -> Chosen {
        Chosen::new(engine, self.executor.unwrap_or(engine.config().executor))
    }
}

/// What `phalanx verify --help` says besides its options.
pub const VERIFY_HELP: &str = "\
Inputs are recognised by content, in folders, compressed (gzip, Zstandard) and in tar archives:
  blocks in JSON-RPC form, alone, a line each, or with their pre-state
  blocks with an execution witness
  official blockchain tests
  an RLP chain export with its genesis
  era1 archives

Exit status: 0 if all is verified, 1 if something is false or not covered by its evidence,
2 if an input can't be read.";

/// Options of `phalanx generate`.
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// How batches are computed.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Seed; the same seed and sizes give the same chain
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Number of blocks
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub blocks: u64,
    /// Transactions in each block
    #[arg(long, value_name = "M", default_value_t = 300)]
    pub txs: u64,
    /// Write era1 archives of N blocks each, from the genesis block on, to the folder named by --output
    #[arg(long, value_name = "N")]
    pub era1: Option<u64>,
    /// File to write, or with --era1 the folder
    #[arg(short, long = "output", value_name = "PATH")]
    pub output: PathBuf,
}

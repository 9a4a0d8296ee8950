//! `phalanx bench`.

#[cfg(feature = "gpu")]
mod gpu;
#[cfg(feature = "bench")]
mod whole;

use super::options::EngineArgs;
use clap::{Args, Subcommand, builder::RangedU64ValueParser};
use std::{path::PathBuf, process::ExitCode};

/// Options of `phalanx bench`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchArgs {
    /// Something else to measure.
    #[command(subcommand)]
    pub command: Option<BenchCommand>,
    /// Everything.
    #[command(flatten)]
    pub whole: WholeArgs,
}

/// What else can be measured.
#[derive(Debug, Clone, Subcommand)]
pub enum BenchCommand {
    /// A GPU beside all threads of the CPU: batches with transfers, and what the device does alone
    #[command(after_help = GPU_HELP)]
    Gpu(GpuArgs),
}

/// Options of `phalanx bench` without another command.
#[derive(Debug, Clone, Args)]
pub struct WholeArgs {
    /// Print one JSON object in place of tables
    #[arg(long)]
    pub json: bool,
    /// Write a page with plots
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Print what has changed beyond noise since that was written with --json
    #[arg(long, value_name = "OLD.json")]
    pub compare: Option<PathBuf>,
    /// Time of all matches together; below 10 the workloads are small
    #[arg(long, value_name = "SECONDS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub time: u32,
    /// How batches are computed; a backend other than auto leaves the others out.
    #[command(flatten)]
    pub engine: EngineArgs,
    /// Blocks to verify, as `verify` takes them, with pre-state or witness; without any, generated ones
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Options of `phalanx bench gpu`.
#[derive(Debug, Clone, Args)]
pub struct GpuArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Largest batch of signatures; batches that would take minutes are left out
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = most())]
    pub most: usize,
    /// How batches are computed; the backend is the GPU whatever is said.
    #[command(flatten)]
    pub engine: EngineArgs,
}

/// No fewer than the smallest batch that is measured.
fn most() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1024..)
}

/// What `phalanx bench --help` says besides its options.
pub const HELP: &str = "\
Recovery, Keccak-256, trie updates, witnesses, blocks and chains, on every backend of this machine,
beside libsecp256k1, k256, keccak-asm, sha3, alloy-trie and revm in the same run and in turns. The
answers of each one's first call are checked before it is timed. Needs no data and takes about two
minutes. --compare widens intervals by 3 % for what differs from run to run.

Exit status: 0 if everything was measured, 2 if somebody answers wrongly or something can't be had.";

const GPU_HELP: &str = "\
All results are checked. Needs nothing but this program and a driver. The first run compiles
shaders; point PHALANX_CACHE to an empty folder to see that again.

Exit status: 0 if the GPU computed everything right, 2 otherwise.";

/// Measures and prints.
pub fn run(args: &BenchArgs) -> ExitCode {
    match &args.command {
        Some(BenchCommand::Gpu(args)) => run_gpu(args),
        None => run_whole(&args.whole),
    }
}

#[cfg(feature = "bench")]
fn run_whole(args: &WholeArgs) -> ExitCode {
    whole::run(args)
}

#[cfg(not(feature = "bench"))]
fn run_whole(_: &WholeArgs) -> ExitCode {
    super::fail("bench", "this build is without the feature `bench`")
}

#[cfg(feature = "gpu")]
fn run_gpu(args: &GpuArgs) -> ExitCode {
    gpu::run(args)
}

#[cfg(not(feature = "gpu"))]
fn run_gpu(_: &GpuArgs) -> ExitCode {
    super::fail("bench", "this build is without the feature `gpu`")
}

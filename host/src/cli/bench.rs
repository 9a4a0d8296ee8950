//! `phalanx bench`.

#[cfg(feature = "gpu")]
mod gpu;

use super::options::EngineArgs;
use clap::{Args, Subcommand, builder::RangedU64ValueParser};
use std::process::ExitCode;

/// What can be measured.
#[derive(Debug, Clone, Subcommand)]
pub enum BenchCommand {
    /// A GPU beside all threads of the CPU: batches with transfers, and what the device does alone
    #[command(after_help = GPU_HELP)]
    Gpu(GpuArgs),
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

const GPU_HELP: &str = "\
All results are checked. Needs nothing but this program and a driver. The first run compiles
shaders; point PHALANX_CACHE to an empty folder to see that again.

Exit status: 0 if the GPU computed everything right, 2 otherwise.";

/// Measures and prints.
#[cfg(feature = "gpu")]
pub fn run(args: &GpuArgs) -> ExitCode {
    gpu::run(args)
}

/// Measures and prints.
#[cfg(not(feature = "gpu"))]
pub fn run(_: &GpuArgs) -> ExitCode {
    super::fail("bench", "this build is without the feature `gpu`")
}

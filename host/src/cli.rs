//! The command line.
//!
//! Results go to standard output; everything else, logs included, goes to standard error.

pub mod bench;
pub mod doctor;
pub mod filter;
pub mod generate;
pub mod keccak;
pub mod options;
pub mod recover;
pub mod root;
pub mod summary;
pub mod trace;
pub mod verify;

use clap::{Parser, Subcommand};
use options::{EngineArgs, GenerateArgs, VerifyArgs};
use std::{
    fmt::Display,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Exit status where an input can't be read, or what was asked for can't be had.
pub const UNREADABLE: u8 = 2;

/// Verifies Ethereum blocks: senders, hashes, roots and execution, in batches.
#[derive(Debug, Parser)]
#[command(name = "phalanx", version, arg_required_else_help = true)]
struct Cli {
    /// What to log to standard error: a level, or directives as `phalanx=debug,warn`
    // Named, since the conversion that clap would find skips directives that it can't read.
    #[arg(long, global = true, value_name = "FILTER", default_value = "warn", value_parser = str::parse::<EnvFilter>)]
    log: EnvFilter,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Verify blocks, or name what is wrong with them
    #[command(after_help = options::VERIFY_HELP)]
    Verify(VerifyArgs),
    /// Write a chain made from a seed, with its genesis
    Generate(GenerateArgs),
    /// Recover signers: one line in, one address out
    #[command(after_help = recover::HELP)]
    Recover(recover::RecoverArgs),
    /// Keccak-256: one line of hex in, one hash out
    #[command(after_help = keccak::HELP)]
    Keccak(EngineArgs),
    /// Root of a Merkle-Patricia trie from lines of `key value`
    #[command(after_help = root::HELP)]
    Root(root::RootArgs),
    /// Show what this machine has, and what would be chosen and why
    Doctor(doctor::DoctorArgs),
    /// Measure this machine: Phalanx beside its rivals
    #[command(after_help = bench::HELP)]
    Bench(bench::BenchArgs),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_filter(cli.log);
    let traced = match &cli.command {
        Command::Verify(VerifyArgs {
            trace: Some(path), ..
        }) => match trace::create(path) {
            Ok(traced) => Some(traced),
            Err(error) => {
                return fail(
                    "verify",
                    format_args!("--trace {}: {error}", path.display()),
                );
            }
        },
        _ => None,
    };
    let (spans, file) = traced.unzip();
    let spans = spans.map(|spans| spans.with_filter(trace::filter()));
    Registry::default().with(log).with(spans).init();
    let code = run(cli.command);
    match file.map(trace::TraceFile::finish) {
        Some(Err(error)) => fail("verify", format_args!("--trace: {error}")),
        Some(Ok(())) | None => code,
    }
}

fn run(command: Command) -> ExitCode {
    match command {
        Command::Verify(args) => verify::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Recover(args) => recover::run(&args),
        Command::Keccak(args) => keccak::run(&args),
        Command::Root(args) => root::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Bench(args) => bench::run(&args),
    }
}

/// Reports an error that ends the command.
pub fn fail(command: &str, error: impl Display) -> ExitCode {
    // With standard error gone, the exit status is all that is left to say.
    let _ = writeln!(io::stderr(), "phalanx {command}: {error}");
    ExitCode::from(UNREADABLE)
}

/// Writes a command's whole result. A reader that has gone away is no error, as for other tools in a pipe.
pub fn print(command: &str, text: &str) -> Result<(), ExitCode> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(fail(command, error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}

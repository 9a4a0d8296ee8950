//! `phalanx generate`.

use super::{fail, options::GenerateArgs};
use crate::generate::{self, Plan};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::{self, IsTerminal},
    process::ExitCode,
};

/// Writes a chain and its genesis.
pub fn run(args: &GenerateArgs) -> ExitCode {
    let engine = match args.engine.engine() {
        Ok(engine) => engine,
        Err(error) => return fail("generate", error),
    };
    let plan = Plan {
        seed: args.seed,
        blocks: args.blocks,
        transactions: args.txs,
    };
    // Archives have the genesis block too.
    let bar = progress_bar(plan.blocks.saturating_add(u64::from(args.era1.is_some())));
    let progress = || bar.inc(1);
    let written = match args.era1 {
        Some(blocks) => {
            generate::archives(&plan, &engine, &args.output, blocks, progress).map(drop)
        }
        None => generate::write(&plan, &engine, &args.output, progress),
    };
    bar.finish_and_clear();
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail("generate", error),
    }
}

/// On standard error, if that is a terminal.
fn progress_bar(blocks: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} blocks, {eta} left");
    let bar = ProgressBar::new(blocks);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

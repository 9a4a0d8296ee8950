//! `phalanx verify`: blocks in, a table or a JSON object out.

use super::{
    UNREADABLE, fail,
    options::VerifyArgs,
    print,
    summary::{Summary, render},
};
use crate::{
    chain::ChainSpec,
    generate,
    input::{self, Case, CaseKind, Limits, Progress},
    verify::{case::Options, drive::drive},
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    error::Error,
    io::IsTerminal,
    ops::ControlFlow,
    path::Path,
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

/// Runs the command.
pub fn run(args: &VerifyArgs) -> ExitCode {
    match verify(args) {
        Ok(summary) => {
            let text = if args.json {
                format!("{}\n", summary.to_json())
            } else {
                render::tables(&summary, std::io::stdout().is_terminal())
            };
            match print("verify", &text) {
                Ok(()) => exit_code(&summary),
                Err(code) => code,
            }
        }
        Err(error) => fail("verify", error),
    }
}

/// Something false goes before something unreadable.
fn exit_code(summary: &Summary) -> ExitCode {
    if summary.is_false() {
        ExitCode::from(1)
    } else if summary.unreadable > 0 {
        ExitCode::from(UNREADABLE)
    } else {
        ExitCode::SUCCESS
    }
}

fn verify(args: &VerifyArgs) -> Result<Summary, Box<dyn Error + Send + Sync>> {
    let engine = args.engine.engine()?;
    let options = Options {
        mode: args.mode,
        ..chain_options(args.chain.as_deref())?
    };
    let progress = Arc::new(Progress::default());
    let bar = progress_bar(args.json);
    let mut summary = Summary::default();
    let start = Instant::now();

    let generated = if args.paths.is_empty() {
        let (genesis, blocks) = generate::Plan::default().build(&engine)?;
        let chain = input::ChainCase {
            genesis: Some(Arc::new(genesis)),
            blocks,
        };
        Some(Case {
            input: format!("the embedded chain ({})", generate::Plan::default()),
            kind: CaseKind::Chain(Box::new(chain)),
        })
    } else {
        None
    };
    summary.generate = generated.is_some().then(|| start.elapsed());

    let start = Instant::now();
    let seen = Arc::clone(&progress);
    let source = |sink: &mut dyn FnMut(Case) -> ControlFlow<()>| match generated {
        // The sink's wish to end or go on makes no difference to a source that ends here.
        Some(case) => _ = sink(case),
        None => _ = input::read(&args.paths, &Limits::default(), &seen, sink),
    };
    summary.read = drive(
        &engine,
        &args.executor(&engine),
        &options,
        source,
        &mut |report| {
            summary.add(report);
            bar.set_length(progress.total.load(Ordering::Relaxed));
            bar.set_position(progress.read.load(Ordering::Relaxed));
            bar.set_message(format!(
                "{} blocks, {} failed",
                summary.blocks, summary.failed
            ));
        },
    );
    summary.wall = start.elapsed();
    bar.finish_and_clear();
    Ok(summary)
}

fn progress_bar(json: bool) -> ProgressBar {
    if json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    let template = "{elapsed_precise} {wide_bar} {bytes}/{total_bytes} {msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(250));
    bar
}

/// `--chain`: a name, or a genesis file that gives the chain and, for exports without one, the genesis too.
fn chain_options(name: Option<&str>) -> Result<Options, Box<dyn Error + Send + Sync>> {
    let Some(name) = name else {
        return Ok(Options::default());
    };
    if let Some(chain) = ChainSpec::from_name(name) {
        return Ok(Options {
            chain: Some(chain),
            ..Options::default()
        });
    }
    let genesis = input::read_genesis(Path::new(name), &Limits::default()).map_err(|error| {
        format!("--chain {name}: neither a known chain nor a genesis file: {error}")
    })?;
    let chain =
        ChainSpec::from_genesis(&genesis).map_err(|error| format!("--chain {name}: {error}"))?;
    Ok(Options {
        chain: Some(chain),
        genesis: Some(genesis),
        ..Options::default()
    })
}

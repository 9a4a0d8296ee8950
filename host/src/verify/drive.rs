//! Inputs read on one thread, verified on the engine's, reported in the order in which they were read.

use super::{
    case::{self, Options},
    report::CaseReport,
};
use crate::{
    Engine,
    exec::Executor,
    input::{Case, CaseKind},
};
use rayon::prelude::*;
use std::{
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::sync_channel,
    time::{Duration, Instant},
};

/// Inputs verified side by side: enough for every core to find the next one, few enough that reports flow.
const CASES_A_CHUNK: usize = 64;
/// Bytes of such inputs. A witness has tens of megabytes; reading runs at most two chunks ahead.
const BYTES_A_CHUNK: usize = 64 << 20;

/// Where inputs come from: calls back with each until there are no more, or the callback breaks off.
pub trait Source: FnOnce(&mut dyn FnMut(Case) -> ControlFlow<()>) + Send {}

impl<F: FnOnce(&mut dyn FnMut(Case) -> ControlFlow<()>) + Send> Source for F {}

/// Verifies everything that a source gives, and hands on one report an input, in order. Returns the time spent
/// reading, which overlaps with the rest.
pub fn drive<E: Executor + Clone + Sync>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    source: impl Source,
    sink: &mut dyn FnMut(CaseReport),
) -> Duration {
    let (sender, receiver) = sync_channel::<Vec<Case>>(1);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut reading = Duration::ZERO;
            let mut resumed = Instant::now();
            let mut chunk = Vec::new();
            let mut bytes = 0usize;
            source(&mut |case| {
                bytes = bytes.saturating_add(weight(&case));
                chunk.push(case);
                if chunk.len() < CASES_A_CHUNK && bytes < BYTES_A_CHUNK {
                    return ControlFlow::Continue(());
                }
                bytes = 0;
                reading += resumed.elapsed();
                // The receiver is gone only if the verifying side is: then nobody wants more.
                let sent = sender.send(std::mem::take(&mut chunk));
                resumed = Instant::now();
                if sent.is_ok() {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            });
            reading += resumed.elapsed();
            // As above.
            let _ = sender.send(chunk);
            reading
        });
        for chunk in receiver {
            let reports: Vec<CaseReport> = engine.install(|| {
                chunk
                    .into_par_iter()
                    .map(|case| guarded(engine, executor, options, case))
                    .collect()
            });
            reports.into_iter().for_each(&mut *sink);
        }
        reader.join().unwrap_or_else(|_| {
            tracing::error!("reading panicked; what was not read yet counts as failed");
            sink(defect("the rest of the input".to_owned()));
            Duration::ZERO
        })
    })
}

/// The last line of defence: a panic below is a defect of ours, and must neither pass for a verdict nor take the
/// other inputs with it.
fn guarded<E: Executor + Clone>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    case: Case,
) -> CaseReport {
    let input = case.input.clone();
    catch_unwind(AssertUnwindSafe(|| {
        case::run(engine, executor, options, case)
    }))
    .unwrap_or_else(|_| {
        tracing::error!(%input, "verification panicked; the input counts as failed");
        defect(input)
    })
}

fn defect(input: String) -> CaseReport {
    let mut report = CaseReport::new(input);
    report.fault(
        "internal",
        "a verdict",
        "a panic",
        "a defect of Phalanx: please report it",
    );
    report
}

/// About how many bytes an input holds.
fn weight(case: &Case) -> usize {
    match &case.kind {
        CaseKind::Blocks(blocks) => {
            let lengths = blocks
                .iter()
                .filter_map(|b| b.block.as_ref().ok()?.encoded_length);
            lengths.sum()
        }
        CaseKind::Witness(case) => {
            let parts = case.nodes.iter().chain(&case.codes).chain(&case.headers);
            parts.map(|bytes| bytes.len()).sum()
        }
        CaseKind::Chain(case) => case.blocks.iter().map(|bytes| bytes.len()).sum(),
        CaseKind::Era1(case) => case
            .blocks
            .iter()
            .map(|block| block.header.len() + block.body.len() + block.receipts.len())
            .sum(),
        CaseKind::Fixture(case) => case.blocks.iter().map(|block| block.rlp.len()).sum(),
        CaseKind::PreState(_) | CaseKind::Skipped(_) | CaseKind::Unreadable(_) => 1 << 10,
    }
}

//! Real data and official tests through every executor: each block's output is the serial one.

use crate::data;
use phalanx::{
    Engine,
    exec::{
        BlockJob, BlockOutput, Chosen, ExecError, Executor, ExecutorKind, Serial, StateSource,
        access_list,
    },
    input::{self, Case, Limits, Progress},
    verify::{case::Options, drive::drive, report::CaseReport},
};
use std::{
    ops::ControlFlow,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

const THREADS: [usize; 4] = [1, 2, 3, 8];
/// Official tests are many: one in so many is run, unless all of them are asked for. Each block of them is executed by one
/// of the others, in turn.
const SAMPLE: usize = 16;
/// The variable that asks for all of them.
const ALL: &str = "PHALANX_ALL_TESTS";

/// Executes each block serially and by every other executor, and remembers where they differ.
#[derive(Debug, Clone)]
struct Everyone {
    others: Arc<Vec<(String, Chosen)>>,
    /// True if each block is executed by one of the others alone.
    in_turn: bool,
    blocks: Arc<AtomicUsize>,
    differences: Arc<Mutex<Vec<String>>>,
}

impl Everyone {
    fn new(in_turn: bool) -> Self {
        let mut others = Vec::new();
        for threads in THREADS {
            let engine = Engine::builder().threads(threads).build().unwrap();
            for kind in ExecutorKind::ALL {
                let name = format!("{kind} with {threads} threads");
                others.push((name, Chosen::new(&engine, kind)));
            }
        }
        Self {
            others: Arc::new(others),
            in_turn,
            blocks: Arc::default(),
            differences: Arc::default(),
        }
    }

    fn compare<S: StateSource>(&self, wanted: &Judged, job: &BlockJob<'_>, state: &S) {
        let count = self.others.len();
        let (first, count) = match self.in_turn {
            true => (self.blocks.load(Ordering::Relaxed) % count, 1),
            false => (0, count),
        };
        for (name, executor) in &self.others[first..first + count] {
            let got = executor.execute(job, state);
            if let Some(difference) = difference(wanted, &got) {
                let steps = job.step_per_transaction;
                let number = job.header.number;
                let line = format!("block {number}, {name}, steps {steps}: {difference}");
                self.differences.lock().unwrap().push(line);
            }
        }
    }

    /// The number of blocks that were executed; nobody differed in any.
    #[track_caller]
    fn agreed(&self) -> usize {
        let differences = self.differences.lock().unwrap();
        let first: Vec<_> = differences.iter().take(5).collect();
        assert!(first.is_empty(), "{} in all, {first:#?}", differences.len());
        self.blocks.load(Ordering::Relaxed)
    }
}

type Judged = Result<BlockOutput, ExecError>;

/// In what two answers differ.
fn difference(wanted: &Judged, got: &Judged) -> Option<String> {
    match (wanted, got) {
        (Ok(wanted), Ok(got)) => {
            let receipts = wanted.receipts.iter().zip(&got.receipts);
            let first = receipts.clone().position(|(a, b)| a != b);
            let steps = wanted.steps.iter().zip(&got.steps);
            let step = steps.clone().position(|(a, b)| a != b);
            let same = wanted.receipts == got.receipts
                && wanted.steps == got.steps
                && wanted.gas_used == got.gas_used
                && wanted.requests == got.requests;
            (!same).then(|| format!("first receipt {first:?}, first step {step:?}"))
        }
        (Err(wanted), Err(got)) => {
            (wanted != got).then(|| format!("{got:?} in place of {wanted:?}"))
        }
        (Ok(_), Err(got)) => Some(format!("{got:?}")),
        (Err(wanted), Ok(_)) => Some(format!("accepted in place of {wanted:?}")),
    }
}

impl Executor for Everyone {
    fn execute<S: StateSource>(&self, job: &BlockJob<'_>, state: &S) -> Judged {
        let stepped = BlockJob {
            step_per_transaction: true,
            ..*job
        };
        let wanted = Serial.execute(&stepped, state);
        let list = wanted.as_ref().ok().map(access_list::changes);
        let access_list = list.as_deref().or(job.access_list);
        self.compare(
            &wanted,
            &BlockJob {
                access_list,
                ..stepped
            },
            state,
        );
        let wanted = Serial.execute(job, state);
        let led = BlockJob {
            access_list,
            ..*job
        };
        self.compare(&wanted, &led, state);
        self.blocks.fetch_add(1, Ordering::Relaxed);
        wanted
    }
}

/// Verifies one case in `sample` of what lies at a path of the data folder; `None` if the path is absent.
fn verify(
    test: &str,
    name: &str,
    sample: usize,
    in_turn: bool,
) -> Option<(Everyone, Vec<CaseReport>)> {
    let path = data::path(test, name)?;
    let everyone = Everyone::new(in_turn);
    let engine = Engine::builder().build().unwrap();
    let mut reports = Vec::new();
    let source = |sink: &mut dyn FnMut(Case) -> ControlFlow<()>| {
        let mut count = 0;
        let mut some = |case| {
            count += 1;
            if (count - 1) % sample == 0 {
                sink(case)
            } else {
                ControlFlow::Continue(())
            }
        };
        _ = input::read(&[path], &Limits::default(), &Progress::default(), &mut some);
    };
    let options = Options::default();
    drive(&engine, &everyone, &options, source, &mut |report| {
        reports.push(report)
    });
    Some((everyone, reports))
}

/// The number of blocks, all of which every executor agreed on and the verdicts say are valid.
fn valid_blocks(test: &str, name: &str) -> Option<usize> {
    let (everyone, reports) = verify(test, name, 1, false)?;
    for report in &reports {
        assert_eq!(report.unreadable, None, "{}", report.input);
        assert_eq!(report.faults, [], "{}", report.input);
        for block in &report.blocks {
            let faults = block.verdict.outcomes().find(|(_, it)| it.is_fault());
            assert_eq!(faults, None, "{}", report.input);
        }
    }
    Some(everyone.agreed())
}

#[test]
fn witnesses() {
    let blocks = valid_blocks("executors::witnesses", "witness");
    assert!(blocks.is_none_or(|blocks| blocks == 67), "{blocks:?}");
}

#[test]
fn pre_states() {
    let blocks = valid_blocks("executors::pre_states", "prestate");
    assert!(blocks.is_none_or(|blocks| blocks == 42), "{blocks:?}");
}

#[test]
fn chains() {
    let test = "executors::chains";
    for (name, expected) in [
        ("full-state/hive-sync-chain", 3000),
        ("full-state/geth-ethtest", 600),
    ] {
        let blocks = valid_blocks(test, name);
        assert!(
            blocks.is_none_or(|blocks| blocks == expected),
            "{name}: {blocks:?}"
        );
    }
}

/// What a witness lacks is missed whoever executes.
#[test]
fn incomplete_witnesses() {
    let test = "executors::incomplete_witnesses";
    let Some((everyone, reports)) = verify(test, "witness-incomplete", 1, false) else {
        return;
    };
    assert_eq!((everyone.agreed(), reports.len()), (6, 6));
}

fn official(test: &str, name: &str, least: usize) {
    let sample = match std::env::var_os(ALL) {
        Some(_) => 1,
        None => SAMPLE,
    };
    let Some((everyone, reports)) = verify(test, name, sample, true) else {
        return;
    };
    for report in &reports {
        let failure = report.test.as_ref().and_then(|test| test.failure.as_ref());
        let failure = failure.map(|failure| format!("{failure:?}"));
        let is_expected = |failure: &String| failure.contains("not supported");
        assert!(failure.as_ref().is_none_or(is_expected), "{failure:?}");
    }
    let blocks = everyone.agreed();
    assert!(blocks >= least / sample, "{blocks} blocks");
}

#[test]
fn legacy_tests() {
    let archive = "official/legacy-Constantinople-BlockchainTests.tar.zst";
    official("executors::legacy_tests", archive, 32_000);
}

#[test]
fn ethereum_tests() {
    let archive = "official/ethereum-tests.tar.zst";
    official("executors::ethereum_tests", archive, 14_000);
}

#[test]
fn execution_spec_tests() {
    let archive = "official/eest-v5.4.0-part.tar.zst";
    official("executors::execution_spec_tests", archive, 11_000);
}

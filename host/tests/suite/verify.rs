//! Verification of real data: each entry of the data folder gives the verdicts that its index promises.

mod official;
mod tampered;

use crate::data;
use phalanx::{
    Engine,
    exec::Serial,
    input::{self, Case, CaseKind, Limits, Progress},
    verdict::{BlockVerdict, Check, Outcome},
    verify::{
        case::{self, Options},
        drive::drive,
        report::CaseReport,
    },
};
use std::{ops::ControlFlow, path::PathBuf};

fn engine() -> Engine {
    Engine::builder().build().unwrap()
}

/// Reports on all that lies at a path of the data folder; `None` if the path is absent.
fn reports(test: &str, name: &str) -> Option<Vec<CaseReport>> {
    let path = data::path(test, name)?;
    let mut reports = Vec::new();
    let source = |sink: &mut dyn FnMut(Case) -> ControlFlow<()>| read(path, sink);
    let options = Options::default();
    drive(&engine(), &Serial, &options, source, &mut |report| {
        reports.push(report)
    });
    Some(reports)
}

fn read(path: PathBuf, sink: &mut dyn FnMut(Case) -> ControlFlow<()>) {
    _ = input::read(&[path], &Limits::default(), &Progress::default(), sink);
}

/// The first case that a file gives.
fn first_case(test: &str, name: &str) -> Option<CaseKind> {
    let mut first = None;
    read(data::path(test, name)?, &mut |case| {
        first = Some(case.kind);
        ControlFlow::Break(())
    });
    Some(first.expect("the file holds a case"))
}

fn run(kind: CaseKind) -> CaseReport {
    let input = "changed".to_owned();
    let options = Options::default();
    case::run(&engine(), &Serial, &options, Case { input, kind })
}

/// The verdicts of reports that have nothing else to say.
fn verdicts(reports: &[CaseReport]) -> Vec<&BlockVerdict> {
    for report in reports {
        assert_eq!(report.unreadable, None, "{}", report.input);
        assert_eq!(report.faults, [], "{}", report.input);
    }
    let blocks = reports.iter().flat_map(|report| &report.blocks);
    blocks.map(|block| &block.verdict).collect()
}

fn faults(verdict: &BlockVerdict) -> Vec<(Check, Outcome)> {
    let faults = verdict.outcomes().filter(|(_, outcome)| outcome.is_fault());
    faults
        .map(|(check, outcome)| (check, outcome.clone()))
        .collect()
}

/// How many blocks passed a check; the others could not be checked.
fn passed(verdicts: &[&BlockVerdict], check: Check) -> usize {
    for verdict in verdicts {
        assert_eq!(faults(verdict), [], "block {:?}", verdict.number);
    }
    let outcomes = verdicts.iter().map(|verdict| verdict.outcome(check));
    outcomes
        .filter(|&outcome| *outcome == Outcome::Passed)
        .count()
}

#[test]
fn witnesses() {
    let Some(reports) = reports("verify::witnesses", "witness") else {
        return;
    };
    let verdicts = verdicts(&reports);
    assert_eq!((reports.len(), verdicts.len()), (67, 67));
    for check in [
        Check::BlockHash,
        Check::TransactionsRoot,
        Check::Senders,
        Check::GasUsed,
        Check::LogsBloom,
        Check::ReceiptsRoot,
        Check::StateRoot,
    ] {
        assert_eq!(passed(&verdicts, check), 67, "{check}");
    }
    let without_parent = verdicts.iter().filter(|verdict| {
        matches!(
            verdict.outcome(Check::ParentLink),
            Outcome::NotCheckable { .. }
        )
    });
    let mut numbers: Vec<u64> = without_parent
        .filter_map(|verdict| verdict.number)
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [2971844, 2971845, 2971846, 2971847, 23587691]);
}

#[test]
fn incomplete_witnesses() {
    let Some(reports) = reports("verify::incomplete_witnesses", "witness-incomplete") else {
        return;
    };
    let verdicts = verdicts(&reports);
    assert_eq!(verdicts.len(), 6);
    for verdict in verdicts {
        let number = verdict.number.unwrap();
        let what = match number {
            22188088 => "missing node",
            24171384 => "missing code",
            _ => "(BLOCKHASH)",
        };
        let faults = faults(verdict);
        let [
            (
                Check::Execution,
                Outcome::NotCovered {
                    transaction,
                    reason,
                },
            ),
        ] = &faults[..]
        else {
            panic!("block {number}: {faults:?}");
        };
        assert!(transaction.is_some(), "block {number}: {reason}");
        assert!(reason.contains(what), "block {number}: {reason}");
    }
}

#[test]
fn pre_states() {
    let Some(reports) = reports("verify::pre_states", "prestate") else {
        return;
    };
    let verdicts = verdicts(&reports);
    assert_eq!(verdicts.len(), 42);
    for check in [
        Check::BlockHash,
        Check::TransactionsRoot,
        Check::Senders,
        Check::Execution,
        Check::GasUsed,
        Check::LogsBloom,
    ] {
        assert_eq!(passed(&verdicts, check), 42, "{check}");
    }
    assert_eq!(passed(&verdicts, Check::StateRoot), 0);
    // Earlier receipts hold state roots.
    let (later, earlier): (Vec<_>, Vec<_>) = verdicts
        .into_iter()
        .partition(|verdict| verdict.number >= Some(4_370_000));
    assert_eq!(passed(&later, Check::ReceiptsRoot), later.len());
    assert_eq!(passed(&earlier, Check::ReceiptsRoot), 0);
    assert!(!earlier.is_empty() && !later.is_empty());
}

#[test]
fn listed_blocks() {
    let Some(reports) = reports("verify::listed_blocks", "blocks") else {
        return;
    };
    let all = verdicts(&reports);
    assert_eq!(all.len(), 134);
    // One line leaves out the ommers that its header says there are.
    let whole: Vec<_> = all
        .into_iter()
        .filter(|verdict| verdict.number != Some(8_889_776))
        .collect();
    assert_eq!(whole.len(), 133);
    for check in [
        Check::BlockHash,
        Check::TransactionsRoot,
        Check::OmmersHash,
        Check::Senders,
    ] {
        assert_eq!(passed(&whole, check), 133, "{check}");
    }
    assert_eq!(passed(&whole, Check::StateRoot), 0);
    assert_eq!(passed(&whole, Check::Execution), 0);
    assert!(passed(&whole, Check::ReceiptsRoot) > 0);
}

#[test]
fn whole_states() {
    let Some(reports) = reports("verify::whole_states", "full-state") else {
        return;
    };
    let verdicts = verdicts(&reports);
    let mut lengths: Vec<usize> = reports
        .iter()
        .map(|report| report.blocks.len())
        .filter(|&blocks| blocks > 0)
        .collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [600, 3000, 8192]);
    assert_eq!(passed(&verdicts, Check::StateRoot), 11_792);
    // The first block of the era is the genesis itself, which is not executed.
    assert_eq!(passed(&verdicts, Check::Execution), 11_791);
    assert_eq!(passed(&verdicts, Check::ReceiptsRoot), 11_792);
    assert_eq!(passed(&verdicts, Check::ParentLink), 11_791);
}

const ERA1: &str = "full-state/mainnet-00000-5ec1ffb8.era1";

#[test]
fn an_era_without_genesis() {
    let Some(reports) = reports("verify::an_era_without_genesis", ERA1) else {
        return;
    };
    let verdicts = verdicts(&reports);
    assert_eq!((reports.len(), verdicts.len()), (1, 8192));
    assert_eq!(passed(&verdicts, Check::StateRoot), 0);
    assert_eq!(passed(&verdicts, Check::Execution), 0);
    assert_eq!(passed(&verdicts, Check::ReceiptsRoot), 8192);
    assert_eq!(passed(&verdicts, Check::ParentLink), 8191);
}

//! Many inputs at once.

use super::*;
use crate::{
    exec::{BlockOutput, ExecError, StateSource},
    input::{Case, CaseKind, ChainCase},
    verify::{case::Options, drive::drive, report::CaseReport},
};
use std::{ops::ControlFlow, sync::Arc};

/// An executor with a defect: it panics at one block number.
#[derive(Debug, Clone, Copy)]
struct Panics(u64);

impl Executor for Panics {
    fn execute<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError> {
        assert_ne!(job.header.number, self.0, "a defect made for this test");
        Serial.execute(job, state)
    }
}

fn run(executor: Panics, options: &Options, cases: Vec<Case>) -> Vec<CaseReport> {
    let mut reports = Vec::new();
    let engine = Engine::builder().threads(2).build().unwrap();
    let source = |sink: &mut dyn FnMut(Case) -> ControlFlow<()>| {
        for case in cases {
            assert!(sink(case).is_continue());
        }
    };
    drive(&engine, &executor, options, source, &mut |report| {
        reports.push(report)
    });
    reports
}

#[test]
fn reports_keep_the_order_of_inputs() {
    let cases = |count: usize| -> Vec<Case> {
        let kind = |index| match index % 3 {
            0 => CaseKind::Skipped(format!("reason {index}")),
            _ => CaseKind::Unreadable(format!("reason {index}")),
        };
        let case = |index| Case {
            input: format!("input {index}"),
            kind: kind(index),
        };
        (0..count).map(case).collect()
    };
    // None, one, and around the length of a chunk.
    for count in [0, 1, 63, 64, 65, 200] {
        let reports = run(Panics(0), &Options::default(), cases(count));
        assert_eq!(reports.len(), count);
        for (index, report) in reports.into_iter().enumerate() {
            assert_eq!(report.input, format!("input {index}"));
            let given = report.skipped.or(report.unreadable);
            assert_eq!(given, Some(format!("reason {index}")));
        }
    }
}

#[test]
fn a_panic_stays_with_its_input() {
    let genesis = genesis(&[]);
    let maker = Maker::new("Homestead", &genesis);
    let options = Options {
        chain: Some(maker.spec.clone()),
        genesis: Some(Arc::new(genesis)),
        ..Options::default()
    };
    let first = maker.child(&maker.root, 15, 1);
    let second = maker.child(&first, 15, 2);
    let case = |input: &str, blocks: &[&Made]| Case {
        input: input.into(),
        kind: CaseKind::Chain(Box::new(ChainCase {
            genesis: None,
            blocks: blocks.iter().map(|made| made.rlp()).collect(),
        })),
    };
    let cases = vec![
        case("short", &[&first]),
        case("long", &[&first, &second]),
        case("short again", &[&first]),
    ];
    let reports = run(Panics(2), &options, cases);
    let names: Vec<&str> = reports.iter().map(|report| &*report.input).collect();
    assert_eq!(names, ["short", "long", "short again"]);
    for index in [0, 2] {
        assert!(reports[index].faults.is_empty());
        assert!(passed(&reports[index].blocks[0].verdict, Check::StateRoot));
    }
    assert!(reports[1].blocks.is_empty(), "no verdict out of a defect");
    assert_eq!(reports[1].faults[0].check, "internal");
}

#[test]
fn an_unknown_chain_is_unreadable() {
    let spec_of = |id| {
        let block = whole(Header::default(), Vec::new());
        let case = crate::input::WitnessCase {
            chain_id: Some(id),
            block,
            nodes: Vec::new(),
            codes: Vec::new(),
            headers: Vec::new(),
            block_hashes: Vec::new(),
            pre_state_root: None,
            post_state_root: None,
        };
        let case = Case {
            input: "witness".into(),
            kind: CaseKind::Witness(Box::new(case)),
        };
        run(Panics(9), &Options::default(), vec![case]).remove(0)
    };
    let reason = spec_of(999_999).unreadable.unwrap();
    assert!(
        reason.contains("999999") && reason.contains("genesis"),
        "{reason}"
    );
    assert_eq!(spec_of(1).unreadable, None);
}

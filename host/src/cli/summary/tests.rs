use super::*;
use crate::verify::report::TestReport;

fn verdict(number: u64) -> BlockVerdict {
    let mut verdict = BlockVerdict::new(Some(number), None);
    verdict.transactions = 3;
    verdict.gas = 100;
    verdict
}

fn summary(reports: impl IntoIterator<Item = CaseReport>) -> Summary {
    let mut summary = Summary::default();
    reports.into_iter().for_each(|report| summary.add(report));
    summary
}

fn report(verdict: BlockVerdict) -> CaseReport {
    let mut report = CaseReport::new("input");
    report.push(verdict);
    report
}

#[test]
fn blocks_are_passed_failed_or_unreadable() {
    let good = verdict(1);
    let mut false_root = verdict(2);
    false_root.compare(Check::StateRoot, &1, &2);
    false_root.fail(Check::GasUsed, "a", "b", None, "why");
    let mut uncovered = verdict(3);
    uncovered.not_covered(Check::Execution, Some(1), "missing");
    let mut no_block = BlockVerdict::new(None, None);
    no_block.fail(Check::Decoding, "a block", "other bytes", None, "bytes");
    let sum = summary([good, false_root, uncovered, no_block].map(report));
    assert_eq!((sum.blocks, sum.passed), (4, 1));
    assert_eq!((sum.failed, sum.unreadable), (2, 1));
    // What the headers of the others say of their gas is not counted.
    assert_eq!((sum.transactions, sum.gas), (9, 100));
    assert!(sum.is_false());
    let listed: Vec<_> = sum
        .failures
        .iter()
        .map(|failure| (failure.block, failure.check, failure.transaction))
        .collect();
    assert_eq!(
        listed,
        [
            (Some(2), "gas_used", None),
            (Some(2), "state_root", None),
            (Some(3), "execution", Some(1)),
            (None, "decoding", None),
        ]
    );
    let count = sum.checks[Check::StateRoot as usize];
    assert_eq!((count.failed, count.not_checkable), (1, 3));
    assert_eq!(sum.checks[Check::Execution as usize].not_covered, 1);
    let why = (Check::Seal, "not reached".to_owned());
    assert_eq!(sum.not_checkable[&why], 4);
}

#[test]
fn only_false_things_are_false() {
    let with = |change: &dyn Fn(&mut CaseReport)| {
        let mut report = CaseReport::new("input");
        change(&mut report);
        summary([report])
    };
    let unreadable = with(&|report| report.unreadable = Some("why".into()));
    assert!(!unreadable.is_false() && unreadable.unreadable == 1);
    assert_eq!(unreadable.failures[0].check, "input");
    let skipped = with(&|report| report.skipped = Some("why".into()));
    assert!(!skipped.is_false() && skipped.skipped == 1 && skipped.failures.is_empty());
    let fault = with(&|report| report.fault("accumulator", 1, 2, "why"));
    assert!(fault.is_false() && fault.failed == 0);
    let test = |failure: Option<&str>| {
        with(&|report| {
            report.test = Some(TestReport {
                name: "test".into(),
                failure: failure.map(Into::into),
            });
        })
    };
    assert!(!test(None).is_false() && test(None).tests_passed == 1);
    assert!(test(Some("why")).is_false() && test(Some("why")).tests_failed == 1);
}

/// A block that an official test says must be refused is no failure once it is, and none of its checks are counted.
#[test]
fn blocks_refused_as_expected_are_apart() {
    let mut refused = verdict(1);
    refused.fail(Check::Senders, "a", "b", None, "why");
    let mut report = report(refused);
    report.blocks[0].expectation = Expectation::RefusedAsExpected;
    let sum = summary([report]);
    assert_eq!((sum.blocks, sum.refused_as_expected), (1, 1));
    assert_eq!((sum.passed, sum.failed, sum.unreadable), (0, 0, 0));
    assert!(!sum.is_false() && sum.failures.is_empty());
    assert_eq!(sum.checks, [Count::default(); Check::ALL.len()]);
}

#[test]
fn gas_counts_as_executed_where_it_was() {
    let mut executed = verdict(1);
    executed.gas_executed = Some(100);
    let mut sum = summary([report(executed), report(verdict(2))]);
    assert_eq!((sum.gas, sum.gas_executed), (200, 100));
    assert_eq!(sum.mgas_per_second(), 0.0, "no time, no rate");
    sum.wall = Duration::from_millis(100);
    assert!((sum.mgas_per_second() - 0.001).abs() < 1e-12);
    assert!((sum.transactions_per_second() - 60.0).abs() < 1e-9);
}

#[test]
fn json_times_are_milliseconds() {
    let mut one = verdict(1);
    one.times.senders = Duration::from_micros(1500);
    let mut sum = summary([report(one.clone()), report(one)]);
    sum.wall = Duration::from_secs(2);
    let json = sum.to_json();
    assert_eq!(json["stages"]["senders"], 3.0);
    assert_eq!(json["stages"]["wall"], 2000.0);
    assert_eq!(
        json["stages"]["generate"],
        Value::Null,
        "nothing was generated"
    );
    assert_eq!(json["checks"].as_object().unwrap().len(), Check::ALL.len());
    sum.generate = Some(Duration::from_millis(7));
    assert_eq!(sum.to_json()["stages"]["generate"], 7.0);
}

#[test]
fn lists_of_failures_end_and_counts_do_not() {
    let mut sum = Summary::default();
    for number in 0..10_001 {
        let mut bad = verdict(number);
        bad.fail(Check::Senders, "a", "b", None, "why");
        sum.add(report(bad));
    }
    assert_eq!((sum.failures.len(), sum.failed), (10_000, 10_001));
}

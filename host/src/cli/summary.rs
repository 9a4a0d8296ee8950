//! Reports summed up: what `phalanx verify` prints.

pub mod render;

use crate::{
    verdict::{BlockVerdict, Check, Outcome, StageTimes},
    verify::report::{BlockReport, CaseReport, Expectation},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, time::Duration};

/// Failures listed one by one; beyond this many they are only counted.
const FAILURES_LISTED: usize = 10_000;

/// How often each outcome of one check came up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Checked and right.
    pub passed: u64,
    /// Checked and wrong.
    pub failed: u64,
    /// Not covered by the evidence.
    pub not_covered: u64,
    /// Nothing to check it by.
    pub not_checkable: u64,
}

/// Something false, missing or unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The input, as the reader names it.
    pub input: String,
    /// Block number, where there is one.
    pub block: Option<u64>,
    /// What the input calls the block, where its number is not enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The check, or `test` or `input`.
    pub check: &'static str,
    /// What was to be found; empty where the evidence does not tell.
    pub expected: String,
    /// What was found.
    pub got: String,
    /// Index of the transaction at fault, where one is.
    pub transaction: Option<usize>,
    /// In words.
    pub reason: String,
}

/// Everything that `phalanx verify` has to say.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Blocks seen: verified, failed, refused as official tests expect, or undecodable.
    pub blocks: u64,
    /// Transactions in them.
    pub transactions: u64,
    /// Gas used by them, as executed; as their headers say where they are verified without execution.
    pub gas: u64,
    /// The part of it that was executed.
    pub gas_executed: u64,
    /// Blocks verified.
    pub passed: u64,
    /// Blocks in which something is false or not covered by the evidence.
    pub failed: u64,
    /// Blocks refused that official tests say must be.
    pub refused_as_expected: u64,
    /// Blocks and inputs that could not be read.
    pub unreadable: u64,
    /// Documents passed over, since there is nothing to verify in them.
    pub skipped: u64,
    /// Why, and how many for each reason.
    pub skipped_reasons: BTreeMap<String, u64>,
    /// Official tests passed.
    pub tests_passed: u64,
    /// Official tests failed.
    pub tests_failed: u64,
    /// Things false of inputs as a whole.
    pub faults: u64,
    /// Outcomes by check.
    pub checks: [Count; Check::ALL.len()],
    /// Why checks could not be made, and in how many blocks.
    pub not_checkable: BTreeMap<(Check, String), u64>,
    /// What failed.
    pub failures: Vec<Failure>,
    /// Time by stage, over all threads.
    pub stages: StageTimes,
    /// Time to make the embedded chain.
    pub generate: Option<Duration>,
    /// Time reading inputs, beside the rest.
    pub read: Duration,
    /// Time from start to end.
    pub wall: Duration,
}

impl Summary {
    /// True if anything is false or not covered by its evidence.
    pub fn is_false(&self) -> bool {
        self.failed > 0 || self.faults > 0 || self.tests_failed > 0
    }

    /// Adds the report on one input.
    pub fn add(&mut self, report: CaseReport) {
        let CaseReport {
            input,
            blocks,
            faults,
            test,
            unreadable,
            skipped,
        } = report;
        for block in blocks {
            self.add_block(&input, block);
        }
        for fault in faults {
            self.faults += 1;
            self.list(Failure {
                input: input.clone(),
                block: fault.block,
                label: None,
                check: fault.check,
                expected: fault.expected,
                got: fault.got,
                transaction: None,
                reason: fault.reason,
            });
        }
        match test.map(|test| test.failure) {
            None => {}
            Some(None) => self.tests_passed += 1,
            Some(Some(reason)) => {
                self.tests_failed += 1;
                self.list(Failure::of_input(&input, "test", "a pass", reason));
            }
        }
        if let Some(reason) = unreadable {
            self.unreadable += 1;
            self.list(Failure::of_input(
                &input,
                "input",
                "a readable input",
                reason,
            ));
        }
        if let Some(reason) = skipped {
            self.skipped += 1;
            tracing::debug!(%input, %reason, "passed over");
            *self.skipped_reasons.entry(reason).or_default() += 1;
        }
    }

    fn add_block(&mut self, input: &str, report: BlockReport) {
        let BlockReport {
            label,
            verdict,
            expectation,
        } = report;
        self.blocks += 1;
        self.transactions += verdict.transactions as u64;
        // What a header says of its gas counts only if nothing is wrong with the block.
        let claimed = if verdict.is_verified() {
            verdict.gas
        } else {
            0
        };
        let gas = verdict.gas_executed.unwrap_or(claimed);
        self.gas = self.gas.saturating_add(gas);
        self.gas_executed = self
            .gas_executed
            .saturating_add(verdict.gas_executed.unwrap_or(0));
        self.stages += verdict.times;
        if expectation == Expectation::RefusedAsExpected {
            self.refused_as_expected += 1;
            return;
        }
        if verdict.is_verified() {
            self.passed += 1;
        } else if matches!(verdict.outcome(Check::Decoding), Outcome::Failed { .. }) {
            self.unreadable += 1;
        } else {
            self.failed += 1;
        }
        self.count(input, &label, &verdict);
    }

    fn count(&mut self, input: &str, label: &Option<String>, verdict: &BlockVerdict) {
        for (check, outcome) in verdict.outcomes() {
            let count = &mut self.checks[check as usize];
            let (expected, got, transaction, reason) = match outcome {
                Outcome::Passed => {
                    count.passed += 1;
                    continue;
                }
                Outcome::NotCheckable { reason } => {
                    count.not_checkable += 1;
                    *self
                        .not_checkable
                        .entry((check, reason.clone()))
                        .or_default() += 1;
                    continue;
                }
                Outcome::Failed {
                    expected,
                    got,
                    transaction,
                    reason,
                } => {
                    count.failed += 1;
                    (expected.clone(), got.clone(), *transaction, reason.clone())
                }
                Outcome::NotCovered {
                    transaction,
                    reason,
                } => {
                    count.not_covered += 1;
                    (String::new(), String::new(), *transaction, reason.clone())
                }
            };
            self.list(Failure {
                input: input.into(),
                block: verdict.number,
                label: label.clone(),
                check: check.name(),
                expected,
                got,
                transaction,
                reason,
            });
        }
    }

    fn list(&mut self, failure: Failure) {
        if self.failures.len() < FAILURES_LISTED {
            self.failures.push(failure);
        }
    }

    /// Transactions a second of wall time.
    pub fn transactions_per_second(&self) -> f64 {
        per_second(self.transactions as f64, self.wall)
    }

    /// Millions of gas executed a second of wall time.
    pub fn mgas_per_second(&self) -> f64 {
        per_second(self.gas_executed as f64 / 1e6, self.wall)
    }

    /// The same as one JSON object.
    pub fn to_json(&self) -> Value {
        let milliseconds = |time: Duration| (time.as_secs_f64() * 1e6).round() / 1e3;
        let mut stages: Map<String, Value> = Map::new();
        if let Some(time) = self.generate {
            stages.insert("generate".into(), json!(milliseconds(time)));
        }
        stages.insert("read".into(), json!(milliseconds(self.read)));
        for (name, time) in self.stages.entries() {
            stages.insert(name.into(), json!(milliseconds(time)));
        }
        stages.insert("wall".into(), json!(milliseconds(self.wall)));
        let checks: Map<String, Value> = Check::ALL
            .iter()
            .map(|check| (check.name().into(), json!(self.checks[*check as usize])))
            .collect();
        let not_checkable: Vec<Value> = self
            .not_checkable
            .iter()
            .map(|((check, reason), blocks)| {
                json!({ "check": check, "reason": reason, "blocks": blocks })
            })
            .collect();
        json!({
            "blocks": self.blocks,
            "transactions": self.transactions,
            "gas": self.gas,
            "gas_executed": self.gas_executed,
            "passed": self.passed,
            "failed": self.failed,
            "refused_as_expected": self.refused_as_expected,
            "unreadable": self.unreadable,
            "skipped": self.skipped,
            "skipped_reasons": self.skipped_reasons,
            "tests": { "passed": self.tests_passed, "failed": self.tests_failed },
            "checks": checks,
            "not_checkable": not_checkable,
            "stages": stages,
            "transactions_per_second": self.transactions_per_second(),
            "mgas_per_second": self.mgas_per_second(),
            "failures": self.failures,
        })
    }
}

impl Failure {
    fn of_input(input: &str, check: &'static str, expected: &str, reason: String) -> Self {
        Self {
            input: input.into(),
            block: None,
            label: None,
            check,
            expected: expected.into(),
            got: String::new(),
            transaction: None,
            reason,
        }
    }
}

fn per_second(amount: f64, time: Duration) -> f64 {
    let seconds = time.as_secs_f64();
    if seconds > 0.0 { amount / seconds } else { 0.0 }
}

#[cfg(test)]
mod tests;

//! What verification of one input gives.

use crate::verdict::BlockVerdict;

/// How a block's verdict counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expectation {
    /// The block is to be verified.
    Valid,
    /// An official test says that the block must be refused, and it was, for the reason the test gives.
    RefusedAsExpected,
}

/// One block of an input.
#[derive(Debug, Clone)]
pub struct BlockReport {
    /// What the input calls the block, where its number is not enough.
    pub label: Option<String>,
    /// What was found.
    pub verdict: BlockVerdict,
    /// How it counts.
    pub expectation: Expectation,
}

/// Something false that concerns an input as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What was checked.
    pub check: &'static str,
    /// The block concerned, where one is.
    pub block: Option<u64>,
    /// What was to be found.
    pub expected: String,
    /// What was found.
    pub got: String,
    /// In words.
    pub reason: String,
}

/// What came of an official test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// The test's name.
    pub name: String,
    /// Why it did not pass; `None` if it did.
    pub failure: Option<String>,
}

/// What verification of one input gives.
#[derive(Debug, Clone, Default)]
pub struct CaseReport {
    /// The input, as the reader names it.
    pub input: String,
    /// Its blocks in order.
    pub blocks: Vec<BlockReport>,
    /// What is false of the input as a whole.
    pub faults: Vec<Fault>,
    /// The official test's result, if the input is one.
    pub test: Option<TestReport>,
    /// Why the input could not be read.
    pub unreadable: Option<String>,
    /// Why the input was passed over.
    pub skipped: Option<String>,
}

impl CaseReport {
    /// A report on nothing yet.
    pub fn new(input: impl Into<String>) -> Self {
        Self {
            input: input.into(),
            ..Self::default()
        }
    }

    /// Adds what another part of the same input gave. The input's name stays.
    pub(super) fn append(&mut self, part: Self) {
        let Self {
            input: _,
            blocks,
            faults,
            test,
            unreadable,
            skipped,
        } = part;
        self.blocks.extend(blocks);
        self.faults.extend(faults);
        self.test = self.test.take().or(test);
        self.unreadable = self.unreadable.take().or(unreadable);
        self.skipped = self.skipped.take().or(skipped);
    }

    /// Adds the verdict of a block that is to be verified.
    pub fn push(&mut self, verdict: BlockVerdict) {
        self.blocks.push(BlockReport {
            label: None,
            verdict,
            expectation: Expectation::Valid,
        });
    }

    /// Notes that something is false of the input as a whole.
    pub fn fault(
        &mut self,
        check: &'static str,
        expected: impl ToString,
        got: impl ToString,
        reason: impl Into<String>,
    ) {
        self.faults.push(Fault {
            check,
            block: None,
            expected: expected.to_string(),
            got: got.to_string(),
            reason: reason.into(),
        });
    }
}

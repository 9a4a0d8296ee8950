//! Verified blocks, changed in one place: each change is refused, by a check that has to do with it, and none panics.
//!
//! A change is put to the verifier in up to two ways. First with everything that covers it left as it is: the hash that
//! the source names, the root in the header. Then, harder, with all of that made to fit, as an attacker would; then
//! something else must tell, and where nothing can, since only the block's own hash covers the change, the block after
//! it must lose its parent. Those places are named where they are expected ([`Expect::Unseen`]); they are few:
//!
//! - extra data (but for its length, and the DAO fork's blocks), the seal under proof of work (mix hash, nonce);
//! - what only opcodes read, if the block runs none of them: gas limit within the bounds of its parent's, prev randao,
//!   timestamp before Cancun (under proof of work within the same step of difficulty), the beneficiary of a block that
//!   pays none;
//! - index and validator of a withdrawal, and everything but the amount of one that pays nothing;
//! - of a transaction that its own sender signs anew: gas that it does not use, fees that it does not reach, whether a
//!   legacy transaction names its chain;
//! - a Frontier signature with s and y parity turned around;
//! - in an ommer, whatever neither the rules nor the reward depend on.

mod bytes;
mod chain;
mod era1;
mod header;
mod list;
mod ommers;
mod prestate;
mod transaction;
mod withdrawal;
mod witness;

use crate::data;
use alloy_eips::Encodable2718;
use alloy_primitives::{B256, keccak256};
use alloy_trie::root::ordered_trie_root_encoded;
use phalanx::{
    Engine,
    block::{Block, Ommers, header_hash},
    chain::{ChainSpec, Rules},
    exec::Serial,
    input::{self, Case, CaseKind, Limits, Progress},
    verdict::{BlockVerdict, Check},
    verify::{
        case::{self, Options},
        report::CaseReport,
    },
};
use std::{collections::BTreeMap, fmt::Display, ops::ControlFlow, sync::LazyLock};

/// The checks that an execution answers.
const EXECUTED: &[Check] = &[
    Check::Execution,
    Check::GasUsed,
    Check::LogsBloom,
    Check::ReceiptsRoot,
    Check::RequestsHash,
    Check::StateRoot,
];

static ENGINE: LazyLock<Engine> =
    LazyLock::new(|| Engine::builder().build().expect("the default engine"));

/// Verifies an input as the tool does.
fn judge(options: &Options, kind: CaseKind) -> CaseReport {
    let input = "mutant".into();
    case::run(&ENGINE, &Serial, options, Case { input, kind })
}

/// The verdict on an input of one block.
fn judge_one(options: &Options, kind: CaseKind) -> BlockVerdict {
    let mut report = judge(options, kind);
    assert_eq!(report.unreadable, None);
    assert_eq!(report.blocks.len(), 1);
    report.blocks.remove(0).verdict
}

/// True if the report finds nothing wrong with anything.
fn is_verified(report: &CaseReport) -> bool {
    report.unreadable.is_none()
        && report.faults.is_empty()
        && report
            .blocks
            .iter()
            .all(|block| block.verdict.is_verified())
}

/// The cases in a file of real data; none where it is absent.
fn cases(test: &str, name: &str) -> Vec<Case> {
    let Some(path) = data::path(test, name) else {
        return Vec::new();
    };
    let mut cases = Vec::new();
    let limits = Limits::default();
    let _ = input::read(&[path], &limits, &Progress::default(), &mut |case| {
        cases.push(case);
        ControlFlow::Continue(())
    });
    cases
}

/// What must come of a change.
#[derive(Debug, Clone, Copy)]
enum Expect {
    /// At least one of these checks is at fault.
    By(&'static [Check]),
    /// The block is verified: nothing but its hash covers the change.
    Unseen,
    /// Either of both, as the block happens to read what was changed or not.
    IfRead(&'static [Check]),
}

/// Changes made so far, by kind: refused and verified.
#[derive(Debug)]
struct Tally {
    test: &'static str,
    counts: BTreeMap<String, [u64; 2]>,
}

impl Tally {
    fn new(test: &'static str) -> Self {
        let counts = BTreeMap::new();
        Self { test, counts }
    }

    fn note(&mut self, kind: impl Into<String>, verified: bool) {
        self.counts.entry(kind.into()).or_default()[usize::from(verified)] += 1;
    }

    fn refused(&self) -> u64 {
        self.counts.values().map(|[refused, _]| refused).sum()
    }

    /// The kinds of which at least one change was verified.
    fn unseen(&self) -> Vec<&str> {
        let unseen = self
            .counts
            .iter()
            .filter(|(_, [_, verified])| *verified > 0);
        unseen.map(|(kind, _)| kind.as_str()).collect()
    }

    fn print(&self) {
        for (kind, [refused, verified]) in &self.counts {
            println!(
                "{}: {kind}: {refused} refused, {verified} verified",
                self.test
            );
        }
    }
}

/// A verified block, and the way in which blocks in its place are judged.
struct Subject {
    name: String,
    block: Block,
    rules: Rules,
    /// The parent's header, where the block is held against it.
    parent: Option<alloy_consensus::Header>,
    /// The block after it, where one is known.
    next: Option<Block>,
    judge: Box<dyn Fn(&Block) -> BlockVerdict>,
}

impl Subject {
    /// Puts a changed block to the verifier. The change's kind is the part of `what` before a colon.
    fn expect(&self, tally: &mut Tally, what: impl Display, mutant: &Block, expect: Expect) {
        let what = what.to_string();
        let verdict = (self.judge)(mutant);
        let verified = verdict.is_verified();
        let faults = faults(&verdict);
        let by = |checks: &[Check]| faults.keys().any(|check| checks.contains(check));
        let right = match expect {
            Expect::By(checks) => by(checks),
            Expect::Unseen => verified,
            Expect::IfRead(checks) => verified || by(checks),
        };
        let name = &self.name;
        assert!(
            right,
            "{name}: {what}: expected {expect:?}, got {faults:#?}"
        );
        if verified {
            self.breaks_the_chain(&what, mutant);
        }
        let kind = what.split(':').next().unwrap_or_default();
        tally.note(kind, verified);
    }

    /// What is verified although it was changed is another block to the one that follows.
    fn breaks_the_chain(&self, what: &str, mutant: &Block) {
        assert_ne!(mutant.hash, self.block.hash, "{}: {what}", self.name);
        if let Some(next) = &self.next {
            let faults = faults(&(self.judge)(next));
            assert!(
                faults.contains_key(&Check::ParentLink),
                "{}: {what}",
                self.name
            );
        }
    }

    /// Puts a block with a changed body to the verifier: as it is, and with header and hash made to fit.
    fn expect_both(
        &self,
        tally: &mut Tally,
        what: impl Display,
        mutant: Block,
        covered_by: Check,
        fitted: Expect,
    ) {
        let left = format!("{what}, header left");
        let checks: &'static [Check] = match covered_by {
            Check::TransactionsRoot => &[Check::TransactionsRoot],
            Check::WithdrawalsRoot => &[Check::WithdrawalsRoot],
            _ => &[Check::OmmersHash],
        };
        self.expect(tally, left, &mutant, Expect::By(checks));
        self.expect(tally, what, &fit(mutant), fitted);
    }
}

/// The checks at fault and why.
fn faults(verdict: &BlockVerdict) -> BTreeMap<Check, String> {
    let faults = verdict.outcomes().filter(|(_, outcome)| outcome.is_fault());
    faults
        .map(|(check, outcome)| (check, format!("{outcome:?}")))
        .collect()
}

/// The block under the hash that its header has now, of which its source knows nothing.
fn sealed(mut block: Block) -> Block {
    block.hash = header_hash(&block.header);
    block.claimed_hash = None;
    block
}

/// The block with the roots and hashes in its header that its body has now.
fn fit(mut block: Block) -> Block {
    let transactions: Vec<_> = block
        .transactions
        .iter()
        .map(|t| t.encoded_2718())
        .collect();
    block.header.transactions_root = ordered_trie_root_encoded(&transactions);
    block.header.withdrawals_root = block.withdrawals.as_ref().map(|withdrawals| {
        let encoded: Vec<_> = withdrawals.iter().map(alloy_rlp::encode).collect();
        ordered_trie_root_encoded(&encoded)
    });
    if let Ommers::Headers(headers) = &block.ommers {
        block.header.ommers_hash = keccak256(alloy_rlp::encode(headers));
    }
    sealed(block)
}

/// Another hash.
fn flipped(mut hash: B256) -> B256 {
    hash.0[31] ^= 1;
    hash
}

/// The rules for a block whose number and time alone decide its fork.
fn rules_of(spec: &ChainSpec, block: &Block) -> Rules {
    spec.rules_at(block.header.number, block.header.timestamp, None)
}

/// Numbers that look random, the same in each run (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}

//! What is known of a block after verification: one outcome per check, and never "passed" for what was not checked.

use alloy_primitives::B256;
use serde::Serialize;
use std::{fmt, time::Duration};

/// One thing that is checked of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The bytes are a canonical block.
    Decoding,
    /// The header hashes to the hash that the source names.
    BlockHash,
    /// The header's parent is the block before it.
    ParentLink,
    /// The rules of the block's fork for its header: number, time, gas limit, difficulty, base fee, blob gas and the like.
    HeaderRules,
    /// The proof-of-work seal. Phalanx does not check it.
    Seal,
    /// The ommers are headers that the fork's rules allow here.
    Ommers,
    /// The ommers hash to the header's ommers hash.
    OmmersHash,
    /// Root of the transactions trie.
    TransactionsRoot,
    /// Root of the withdrawals trie (EIP-4895).
    WithdrawalsRoot,
    /// Every transaction's signature recovers to a sender.
    Senders,
    /// Every transaction and system call is valid and executes.
    Execution,
    /// Gas used by the whole block.
    GasUsed,
    /// The logs bloom filter.
    LogsBloom,
    /// Root of the receipts trie.
    ReceiptsRoot,
    /// Hash of the execution layer requests (EIP-7685).
    RequestsHash,
    /// Root of the state trie after the block.
    StateRoot,
}

impl Check {
    /// Every check, in the order in which reports list them.
    pub const ALL: [Self; 16] = [
        Self::Decoding,
        Self::BlockHash,
        Self::ParentLink,
        Self::HeaderRules,
        Self::Seal,
        Self::Ommers,
        Self::OmmersHash,
        Self::TransactionsRoot,
        Self::WithdrawalsRoot,
        Self::Senders,
        Self::Execution,
        Self::GasUsed,
        Self::LogsBloom,
        Self::ReceiptsRoot,
        Self::RequestsHash,
        Self::StateRoot,
    ];

    /// The name in reports, the same as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decoding => "decoding",
            Self::BlockHash => "block_hash",
            Self::ParentLink => "parent_link",
            Self::HeaderRules => "header_rules",
            Self::Seal => "seal",
            Self::Ommers => "ommers",
            Self::OmmersHash => "ommers_hash",
            Self::TransactionsRoot => "transactions_root",
            Self::WithdrawalsRoot => "withdrawals_root",
            Self::Senders => "senders",
            Self::Execution => "execution",
            Self::GasUsed => "gas_used",
            Self::LogsBloom => "logs_bloom",
            Self::ReceiptsRoot => "receipts_root",
            Self::RequestsHash => "requests_hash",
            Self::StateRoot => "state_root",
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Checked and right.
    Passed,
    /// Checked and wrong.
    Failed {
        /// What the block or the rules say.
        expected: String,
        /// What was found.
        got: String,
        /// Index of the transaction at fault, where one is.
        transaction: Option<usize>,
        /// What is wrong, in words.
        reason: String,
    },
    /// The evidence given (a witness, a pre-state) does not cover what the block reads. The block is not verified.
    NotCovered {
        /// Index of the transaction that needed it, where one did.
        transaction: Option<usize>,
        /// What is missing.
        reason: String,
    },
    /// Nothing at hand to check it by, or not applicable in this fork.
    NotCheckable {
        /// Why.
        reason: String,
    },
}

impl Outcome {
    /// True if the check failed or the evidence does not cover it.
    pub const fn is_fault(&self) -> bool {
        matches!(self, Self::Failed { .. } | Self::NotCovered { .. })
    }
}

/// Time spent on a block, by stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StageTimes {
    /// Bytes to blocks.
    pub decode: Duration,
    /// Hashing of witness nodes and codes.
    pub witness: Duration,
    /// Sender and authority recovery.
    pub senders: Duration,
    /// Header rules, transactions, withdrawals and receipts roots, ommers hash.
    pub body: Duration,
    /// The EVM.
    pub execute: Duration,
    /// State trie update and root.
    pub state_root: Duration,
}

impl StageTimes {
    /// Names and values in pipeline order.
    pub fn entries(&self) -> [(&'static str, Duration); 6] {
        [
            ("decode", self.decode),
            ("witness", self.witness),
            ("senders", self.senders),
            ("body", self.body),
            ("execute", self.execute),
            ("state_root", self.state_root),
        ]
    }
}

impl std::ops::AddAssign for StageTimes {
    fn add_assign(&mut self, other: Self) {
        self.decode += other.decode;
        self.witness += other.witness;
        self.senders += other.senders;
        self.body += other.body;
        self.execute += other.execute;
        self.state_root += other.state_root;
    }
}

/// Everything found out about one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockVerdict {
    /// Block number; `None` where the bytes are no block.
    pub number: Option<u64>,
    /// Block hash; `None` where the bytes are no block.
    pub hash: Option<B256>,
    /// Number of transactions.
    pub transactions: usize,
    /// Gas used as the header says.
    pub gas: u64,
    /// Gas used as executed; `None` where the block was not executed to its end.
    pub gas_executed: Option<u64>,
    /// Time by stage.
    pub times: StageTimes,
    outcomes: [Outcome; Check::ALL.len()],
}

impl BlockVerdict {
    /// A verdict in which nothing has been checked yet.
    pub fn new(number: Option<u64>, hash: Option<B256>) -> Self {
        let unchecked = Outcome::NotCheckable {
            reason: "not reached".into(),
        };
        Self {
            number,
            hash,
            transactions: 0,
            gas: 0,
            gas_executed: None,
            times: StageTimes::default(),
            outcomes: std::array::from_fn(|_| unchecked.clone()),
        }
    }

    /// The verdict on bytes that are no block.
    pub fn undecodable(reason: impl fmt::Display) -> Self {
        let mut verdict = Self::new(None, None);
        let reason = reason.to_string();
        verdict.fail(Check::Decoding, "a block", "other bytes", None, reason);
        verdict
    }

    /// The outcome of one check.
    pub fn outcome(&self, check: Check) -> &Outcome {
        &self.outcomes[check as usize]
    }

    /// Every check with its outcome, in report order.
    pub fn outcomes(&self) -> impl Iterator<Item = (Check, &Outcome)> {
        Check::ALL
            .into_iter()
            .map(|check| (check, self.outcome(check)))
    }

    /// True if no check failed and the evidence covered all that was read.
    pub fn is_verified(&self) -> bool {
        !self.outcomes.iter().any(Outcome::is_fault)
    }

    /// Notes a check as passed.
    pub fn pass(&mut self, check: Check) {
        self.set(check, Outcome::Passed);
    }

    /// Notes a check as not checkable.
    pub fn skip(&mut self, check: Check, reason: impl Into<String>) {
        self.set(
            check,
            Outcome::NotCheckable {
                reason: reason.into(),
            },
        );
    }

    /// Notes a check as passed if both sides are equal, as failed otherwise. Returns whether they are.
    pub fn compare<T: PartialEq + fmt::Display>(
        &mut self,
        check: Check,
        expected: &T,
        got: &T,
    ) -> bool {
        let equal = expected == got;
        if equal {
            self.pass(check);
        } else {
            self.fail(
                check,
                expected.to_string(),
                got.to_string(),
                None,
                format!("{check} differs"),
            );
        }
        equal
    }

    /// Notes a check as failed.
    pub fn fail(
        &mut self,
        check: Check,
        expected: impl Into<String>,
        got: impl Into<String>,
        transaction: Option<usize>,
        reason: impl Into<String>,
    ) {
        let outcome = Outcome::Failed {
            expected: expected.into(),
            got: got.into(),
            transaction,
            reason: reason.into(),
        };
        self.set(check, outcome);
    }

    /// Notes that the evidence lacks what a check needs.
    pub fn not_covered(
        &mut self,
        check: Check,
        transaction: Option<usize>,
        reason: impl Into<String>,
    ) {
        self.set(
            check,
            Outcome::NotCovered {
                transaction,
                reason: reason.into(),
            },
        );
    }

    /// A fault, once found, stays.
    fn set(&mut self, check: Check, outcome: Outcome) {
        let slot = &mut self.outcomes[check as usize];
        if !slot.is_fault() {
            *slot = outcome;
        }
    }
}

#[cfg(test)]
mod tests;

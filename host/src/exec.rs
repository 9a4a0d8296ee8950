//! Execution of blocks: recovered transactions and a state in, receipts, requests and state changes out.
//!
//! Whoever executes ([`Serial`]ly, in [`Parallel`], or as [`Chosen`]) does so behind [`Executor`] and gives one
//! [`BlockOutput`]; whoever holds state (our tries, a pre-state, a client's database) hands it over as a [`StateSource`].

pub mod access_list;
pub mod changes;
mod choose;
pub mod codes;
mod collision;
mod constantinople;
mod deposits;
pub mod error;
mod evm;
mod frame;
mod overlay;
pub mod parallel;
pub mod receipts;
pub mod senders;
pub mod serial;
pub mod source;
mod standing;

pub use crate::config::{ExecutorKind, UnknownExecutor};
pub use changes::{AccountChange, StateChanges};
pub use choose::Chosen;
pub use codes::{bytecode, bytecode_of};
pub use collision::storage_without_code;
pub use error::ExecError;
pub use parallel::Parallel;
pub use receipts::Receipt;
pub use senders::{KnownSenders, Senders};
pub use serial::Serial;
pub use source::{BlockHashes, StateSource, WithBlockHashes};

use crate::{block::Transaction, chain::Rules};
use alloy_consensus::Header;
use alloy_eips::{eip4895::Withdrawals, eip7685::Requests, eip7928::AccountChanges};

/// A block ready to be executed.
#[derive(Debug, Clone, Copy)]
pub struct BlockJob<'a> {
    /// The rules in force for the block.
    pub rules: &'a Rules,
    /// The header. Its roots, bloom and gas used are not read.
    pub header: &'a Header,
    /// The transactions in block order.
    pub transactions: &'a [Transaction],
    /// Their senders and authorities.
    pub senders: &'a dyn Senders,
    /// The ommers, which are rewarded before the merge.
    pub ommers: &'a [Header],
    /// The withdrawals, from Shanghai on.
    pub withdrawals: Option<&'a Withdrawals>,
    /// The block's access list (EIP-7928), where one is at hand. It speeds up executors that follow it; a false one
    /// costs time and changes nothing. Whether it is the one that the header means is not looked at.
    pub access_list: Option<&'a [AccountChanges]>,
    /// True if each transaction's changes are wanted in a step of their own, as they always are before Byzantium.
    pub step_per_transaction: bool,
}

impl<'a> BlockJob<'a> {
    /// A block without ommers, withdrawals or access list, whose changes are wanted in as few steps as may be.
    pub fn new(
        rules: &'a Rules,
        header: &'a Header,
        transactions: &'a [Transaction],
        senders: &'a dyn Senders,
    ) -> Self {
        Self {
            rules,
            header,
            transactions,
            senders,
            ommers: &[],
            withdrawals: None,
            access_list: None,
            step_per_transaction: false,
        }
    }

    /// True if each transaction's changes make a step of their own.
    pub(crate) fn has_step_per_transaction(&self) -> bool {
        self.step_per_transaction || self.rules.receipts_carry_state_root()
    }
}

/// What the execution of a block gives.
#[derive(Debug, Clone, Default)]
pub struct BlockOutput {
    /// One receipt a transaction. Before Byzantium the post-transaction state root in it is zero, since only the
    /// state trie knows it: [`BlockOutput::steps`] leads there.
    pub receipts: Vec<Receipt>,
    /// Gas used by the whole block.
    pub gas_used: u64,
    /// Execution layer requests (EIP-7685), from Prague on.
    pub requests: Requests,
    /// State changes in order; applied one after the other they give the state after the block. Before Byzantium, and
    /// where the job asks for it, one step a transaction (the first with what comes before it) and a last one for what
    /// comes after them; else one step alone.
    pub steps: Vec<StateChanges>,
}

/// Executes blocks. Implementations differ in speed, never in output.
pub trait Executor {
    /// Executes a block over the state before it.
    fn execute<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError>;
}

#[cfg(test)]
mod tests;

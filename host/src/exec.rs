//! Execution of blocks: recovered transactions and a state in, receipts, requests and state changes out.
//!
//! Whoever executes (serially today, in parallel later) does so behind [`Executor`] and gives one [`BlockOutput`];
//! whoever holds state (our tries, a pre-state, a client's database) hands it over as a [`StateSource`].

pub mod changes;
mod collision;
mod constantinople;
mod deposits;
pub mod error;
mod evm;
mod overlay;
pub mod receipts;
pub mod serial;
pub mod source;

pub use changes::{AccountChange, StateChanges};
pub use collision::storage_without_code;
pub use error::ExecError;
pub use receipts::Receipt;
pub use serial::Serial;
pub use source::{BlockHashes, StateSource, WithBlockHashes, bytecode};

use crate::{block::Transaction, chain::Rules};
use alloy_consensus::Header;
use alloy_eips::{eip4895::Withdrawals, eip7685::Requests};
use alloy_primitives::Address;

/// A block ready to be executed.
#[derive(Debug, Clone, Copy)]
pub struct BlockJob<'a> {
    /// The rules in force for the block.
    pub rules: &'a Rules,
    /// The header. Its roots, bloom and gas used are not read.
    pub header: &'a Header,
    /// The transactions in block order.
    pub transactions: &'a [Transaction],
    /// The sender of each transaction.
    pub senders: &'a [Address],
    /// The authorities of each transaction's EIP-7702 authorizations, `None` where the signature is not valid.
    /// Empty slices for other transaction types.
    pub authorities: &'a [Vec<Option<Address>>],
    /// The ommers, which are rewarded before the merge.
    pub ommers: &'a [Header],
    /// The withdrawals, from Shanghai on.
    pub withdrawals: Option<&'a Withdrawals>,
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
    /// State changes in order; applied one after the other they give the state after the block. Before Byzantium
    /// one step a transaction and a last one for rewards; from Byzantium on one step alone.
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

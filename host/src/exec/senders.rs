//! The senders of a block's transactions, known before execution or while it goes on.

use alloy_primitives::Address;
use std::fmt;

/// Answers who sent a transaction. An executor asks for each transaction just before it runs it, from any thread and in
/// any order, so that the first ones can run while the last signatures are still being recovered.
pub trait Senders: Sync + fmt::Debug {
    /// The number of transactions.
    fn len(&self) -> usize;

    /// The sender of a transaction; `None` if its signature is not valid or there is no such transaction. May take as
    /// long as a recovery.
    fn sender(&self, index: usize) -> Option<Address>;

    /// The authorities of a transaction's EIP-7702 authorizations, `None` where the signature is not valid. Empty for
    /// other transaction types.
    fn authorities(&self, index: usize) -> &[Option<Address>];

    /// True if there is no transaction.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Senders that are all known.
#[derive(Debug, Clone, Copy)]
pub struct KnownSenders<'a> {
    /// By transaction.
    pub senders: &'a [Address],
    /// By transaction, as [`Senders::authorities`] gives them.
    pub authorities: &'a [Vec<Option<Address>>],
}

impl Senders for KnownSenders<'_> {
    /// The two lists belong to the same transactions; where they don't, no number of transactions is right.
    fn len(&self) -> usize {
        if self.senders.len() == self.authorities.len() {
            self.senders.len()
        } else {
            usize::MAX
        }
    }

    fn sender(&self, index: usize) -> Option<Address> {
        self.senders.get(index).copied()
    }

    fn authorities(&self, index: usize) -> &[Option<Address>] {
        self.authorities.get(index).map_or(&[], Vec::as_slice)
    }
}

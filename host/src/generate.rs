//! Chains that Phalanx generates itself: many kinds of transactions and of conflicts among them, from a seed alone.
//!
//! The chain has id 1337 and is under Osaka from its genesis on, which holds the system contracts, a few contracts to
//! call and the senders' accounts. Of each hundred transactions so many are of each kind:
//!
//! | Number | What they do |
//! |---:|---|
//! | 29 | move ether: between known accounts, to fresh addresses, in chains that depend on each other |
//! | 20 | transfer ERC-20 tokens, one in ten more than there are |
//! | 10 | swap in one pool, whose reserves they share |
//! | 6 | count, in a shared slot or in one of their own |
//! | 8 | create contracts, by CREATE2 too, destroy them in the same transaction, or destroy older ones (EIP-6780) |
//! | 4 | revert, run out of gas or burn it |
//! | 4 | call precompiles and system contracts |
//! | 3 | set and clear storage, with refunds |
//! | 3 | log with 0 to 4 topics |
//! | 3 | read their block's surroundings |
//! | 2 | carry blobs (EIP-4844) |
//! | 5 | delegate, or use accounts that do (EIP-7702) |
//! | 3 | make requests (EIP-6110, 7002, 7251) |
//!
//! Except where that says otherwise, they are 6 % legacy transactions without chain id, 14 % legacy, 12 % EIP-2930 and
//! 68 % EIP-1559 transactions.

mod ancestors;
mod archives;
mod asm;
mod blocks;
mod cast;
mod contracts;
mod draft;
mod era1;
mod error;
mod file;
mod genesis;
mod mix;
mod people;
mod random;
mod workload;

pub use archives::archives;
pub use blocks::Blocks;
pub use error::GenerateError;
pub use file::{genesis_path, write};

use crate::Engine;
use alloy_genesis::Genesis;
use alloy_primitives::Bytes;
use std::fmt;

/// Bytes of a block's RLP at most (EIP-7934).
const MAX_BLOCK_LENGTH: usize = 8 * 1024 * 1024;
/// Transactions have more than a hundred bytes on average, so that a block never holds so many.
const MAX_TRANSACTIONS: u64 = MAX_BLOCK_LENGTH as u64 / 100;

/// What to generate. The same plan gives the same bytes, on any machine and with any number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// What everything random is drawn from.
    pub seed: u64,
    /// Number of blocks after the genesis.
    pub blocks: u64,
    /// Number of transactions in each block.
    pub transactions: u64,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            seed: 1,
            blocks: 8,
            transactions: 300,
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            blocks,
            transactions,
        } = self;
        write!(
            f,
            "seed {seed}, {blocks} blocks of {transactions} transactions"
        )
    }
}

impl Plan {
    /// The genesis, and the RLP of blocks 1, 2 and so on.
    pub fn build(&self, engine: &Engine) -> Result<(Genesis, Vec<Bytes>), GenerateError> {
        let (genesis, blocks) = self.blocks(engine)?;
        Ok((genesis, blocks.collect::<Result<_, _>>()?))
    }

    /// The same, block by block.
    pub fn blocks(&self, engine: &Engine) -> Result<(Genesis, Blocks), GenerateError> {
        if self.transactions >= MAX_TRANSACTIONS {
            let asked = self.transactions;
            return Err(GenerateError::TooManyTransactions { asked });
        }
        Blocks::new(self, engine)
    }
}

//! What can be worked out of a block before its turn, from the block alone.

use super::{
    body::Roots,
    senders::{self, BlockRecovery},
};
use crate::{Engine, block::Block};

/// Hashes and senders of one block. It must be the block that is then judged by them.
#[derive(Debug, Clone, Default)]
pub struct Groundwork {
    /// What the body hashes to.
    pub roots: Roots,
    /// Who signed.
    pub recovery: BlockRecovery,
}

impl Groundwork {
    /// Works it out for a block that is judged by itself, whose senders are recovered while it is executed.
    pub fn of_one(engine: &Engine, block: &Block) -> Self {
        Self {
            roots: Roots::of(engine, block),
            recovery: BlockRecovery::later(),
        }
    }

    /// Works it out for one block alone. Blocks that come in numbers have their senders recovered together, by
    /// [`senders::recover`].
    pub fn of(engine: &Engine, block: &Block) -> Self {
        let transactions = std::iter::once(block.transactions.as_slice());
        Self {
            roots: Roots::of(engine, block),
            recovery: senders::recover(engine, transactions)
                .pop()
                .unwrap_or_default(),
        }
    }
}

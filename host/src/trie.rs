//! Merkle-Patricia tries (Yellow Paper, appendix D): roots of index and secure tries, witnesses, and the state.
//!
//! Everything is hashed in batches: changes are planned first, then whole levels of nodes go through the engine's lanes.
//!
//! A node that is known by its hash alone is looked up among [`Preimages`] when a key's path leads through it: so one
//! kind of trie serves a state built from genesis and one of which a witness shows parts. What a witness does not show is
//! an error, never an empty place.

mod apply;
mod build;
mod compact;
mod database;
mod decode;
mod error;
mod forest;
mod heap;
mod merge;
mod nibbles;
mod node;
mod ordered;
mod plan;
mod preimages;
mod proof;
mod reads;
mod rlp;
mod roots;
mod shards;
mod state;
#[cfg(test)]
mod tests;

pub use build::{PairError, RootBuilder};
pub use error::{StateError, TrieError};
pub use ordered::OrderedRootBuilder;
pub use preimages::Preimages;
pub use proof::{ProofError, verify_proof};
pub use reads::BlockReads;
pub use state::{Account, WorldState};

use crate::{
    Engine,
    exec::{StateChanges, StateSource},
};
use alloy_primitives::{Address, B256};

/// Root of an empty trie: Keccak-256 of the RLP of the empty string.
pub use alloy_consensus::constants::EMPTY_ROOT_HASH;

/// A state that is proved by its root and moves on by changes: what blocks are verified over.
///
/// Implementations differ in speed, never in roots or in what they find missing. A clone is a snapshot, and is to be
/// cheap.
pub trait StateTrie: StateSource + Clone {
    /// Applies the changes of a transaction or a block. On an error, nothing is changed.
    fn apply(&mut self, engine: &Engine, changes: &StateChanges) -> Result<(), StateError>;

    /// The state root.
    fn root(&self) -> B256;

    /// The same state as one block reads it.
    type Reads<'w>: ReadAhead
    where
        Self: 'w;

    /// Makes it ready to be read; `likely` are addresses that the block is likely to read, none of them twice.
    fn reads<'w>(&'w self, engine: &Engine, likely: &[Address]) -> Self::Reads<'w>;
}

/// A state that can look for what is likely to be read, beside those who read.
pub trait ReadAhead: StateSource {
    /// Finds an account and its code. What is missing or malformed is an error for whoever reads it, and not here.
    fn read_ahead(&self, address: Address);
}

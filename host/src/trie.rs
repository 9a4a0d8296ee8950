//! Merkle-Patricia tries (Yellow Paper, appendix D): roots of index and secure tries, witnesses, and the state.
//!
//! Everything is hashed in batches: changes are planned first, then whole levels of nodes go through the engine's lanes.
//!
//! A node that is known by its hash alone is looked up among [`Preimages`] when a key's path leads through it: so one
//! kind of trie serves a state built from genesis and one of which a witness shows parts. What a witness does not show is
//! an error, never an empty place.

#[cfg(feature = "exec")]
mod apply;
mod build;
#[cfg(feature = "exec")]
mod compact;
#[cfg(feature = "exec")]
mod database;
mod decode;
#[cfg(feature = "exec")]
mod error;
#[cfg(feature = "exec")]
mod forest;
mod heap;
#[cfg(feature = "exec")]
mod merge;
mod nibbles;
mod node;
mod ordered;
mod plan;
#[cfg(feature = "exec")]
mod preimages;
#[cfg(feature = "exec")]
mod proof;
#[cfg(feature = "exec")]
mod reads;
mod rlp;
mod roots;
#[cfg(feature = "exec")]
mod shards;
#[cfg(feature = "exec")]
mod state;
#[cfg(all(test, feature = "exec"))]
mod tests;

pub use build::{PairError, RootBuilder};
#[cfg(feature = "exec")]
pub use error::{StateError, TrieError};
pub use ordered::OrderedRootBuilder;
#[cfg(feature = "exec")]
pub use preimages::Preimages;
#[cfg(feature = "exec")]
pub use proof::{ProofError, verify_proof};
#[cfg(feature = "exec")]
pub use reads::BlockReads;
pub use roots::MAX_KEY_BYTES;
#[cfg(feature = "exec")]
pub use state::{Account, WorldState};

#[cfg(feature = "exec")]
use crate::{
    Engine,
    exec::{StateChanges, StateSource},
};
#[cfg(feature = "exec")]
use alloy_primitives::{Address, B256};

/// Root of an empty trie: Keccak-256 of the RLP of the empty string.
pub use alloy_consensus::constants::EMPTY_ROOT_HASH;

#[cfg(feature = "exec")]
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

#[cfg(feature = "exec")]
/// A state that can look for what is likely to be read, beside those who read.
pub trait ReadAhead: StateSource {
    /// Finds an account and its code. What is missing or malformed is an error for whoever reads it, and not here.
    fn read_ahead(&self, address: Address);
}

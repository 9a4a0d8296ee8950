//! Consensus rules of headers and ommers, fork by fork.
//!
//! Nothing here decides which fork holds: [`Rules`] does. A header is checked in three parts, each by what it needs:
//! [`check_standalone`] by the header alone, [`check_with_parent`] by its parent, [`check_blob_gas_used`] by the block's
//! transactions. Ommers are checked by [`check_ommers`] with as many ancestors as are known.
//! The proof-of-work seal is not checked.

mod base_fee;
mod blob;
mod dao;
mod difficulty;
mod error;
mod header;
mod ommers;

pub use base_fee::next_base_fee;
pub use blob::{check_blob_gas_used, next_excess_blob_gas};
pub use difficulty::{ParentDifficulty, difficulty};
pub use error::{HeaderError, HeaderRule};
pub use header::{
    MAX_BLOCK_RLP_LENGTH, check_standalone, check_with_parent, check_withdrawals_presence,
};
pub use ommers::{Ancestry, OmmersCheck, OmmersError, check_ommers};

#[cfg(doc)]
use crate::chain::Rules;

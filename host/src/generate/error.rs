//! Why a chain can't be generated.

use crate::{chain::ChainError, exec::ExecError, trie::StateError};
use std::{io, path::PathBuf};

/// Why a chain can't be generated.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// No block can hold as many transactions.
    #[error(
        "{asked} transactions don't fit in a block of at most {} bytes (EIP-7934); fewer than {} may",
        super::MAX_BLOCK_LENGTH,
        super::MAX_TRANSACTIONS
    )]
    TooManyTransactions {
        /// How many were asked for.
        asked: u64,
    },
    /// The block's transactions turned out too long together.
    #[error(
        "block {number} would have {length} bytes, of at most {} (EIP-7934): ask for fewer transactions",
        super::MAX_BLOCK_LENGTH
    )]
    BlockTooLong {
        /// The block's number.
        number: u64,
        /// Length of its RLP.
        length: usize,
    },
    /// An era1 archive can't have so many blocks.
    #[error(
        "an archive can't have {asked} blocks: it has from {} to {}",
        super::archives::LENGTHS.start(),
        super::archives::LENGTHS.end()
    )]
    ArchiveLength {
        /// How many were asked for.
        asked: u64,
    },
    /// The genesis describes no chain.
    #[error("the genesis of the generated chain: {0}")]
    Chain(#[from] ChainError),
    /// A header's fee or time no longer fits its field.
    #[error("block {number}: {field} is out of range")]
    HeaderRange {
        /// The block's number.
        number: u64,
        /// The header's field.
        field: &'static str,
    },
    /// A generated block is not valid.
    #[error("block {number}: {source}")]
    Execution {
        /// The block's number.
        number: u64,
        /// What is wrong with it.
        source: ExecError,
    },
    /// The state after a block can't be had.
    #[error("block {number}: {source}")]
    State {
        /// The block's number.
        number: u64,
        /// What is wrong with the state.
        source: Box<StateError>,
    },
    /// A file can't be written.
    #[error("{}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

//! Why a document is not used.

use crate::block::BlockDecodeError;
use alloy_primitives::B256;

/// Why bytes that a user handed over cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system refuses.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A compressed stream is damaged or cut off.
    #[error("the {format} stream is damaged or cut off: {reason}")]
    Stream {
        /// The compression.
        format: &'static str,
        /// What its decoder says.
        reason: String,
    },
    /// An archive is damaged or cut off.
    #[error("the archive is damaged or cut off: {0}")]
    Archive(String),
    /// More layers of compression and archives than [`Limits::nesting`](super::Limits::nesting).
    #[error("more than {0} layers of compression and archives")]
    Nesting(u32),
    /// More folders one inside another than [`Limits::folder_depth`](super::Limits::folder_depth).
    #[error("more than {0} folders one inside another")]
    FolderDepth(u32),
    /// More entries than [`Limits::archive_entries`](super::Limits::archive_entries).
    #[error("more than {0} entries in one archive")]
    Entries(u64),
    /// More than [`Limits::expansion_ratio`](super::Limits::expansion_ratio) allows.
    #[error("expands to {expanded} bytes and more from {compressed}: over {ratio} to one")]
    Expansion {
        /// Bytes after decompression so far.
        expanded: u64,
        /// Bytes read of the file so far.
        compressed: u64,
        /// The ratio allowed.
        ratio: u64,
    },
    /// A document longer than its limit.
    #[error("longer than {0} bytes")]
    TooLong(u64),
    /// Not JSON, or not of the form that its keys promise.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A field holds something else than it should.
    #[error("{field}: {reason}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong.
        reason: String,
    },
    /// A block is not one.
    #[error(transparent)]
    Block(#[from] BlockDecodeError),
    /// A code under a hash that is not its own.
    #[error("the code given for {claimed} hashes to {actual}")]
    CodeHash {
        /// The hash that the source names.
        claimed: B256,
        /// Keccak-256 of the code.
        actual: B256,
    },
    /// An era1 archive breaks its format.
    #[error("era1: {0}")]
    Era1(String),
    /// The document is of no kind that can be verified.
    #[error("{0}")]
    Nothing(String),
}

impl InputError {
    pub(super) fn field(field: impl Into<String>, reason: impl ToString) -> Self {
        Self::Field {
            field: field.into(),
            reason: reason.to_string(),
        }
    }
}

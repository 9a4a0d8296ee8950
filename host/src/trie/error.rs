//! Why a trie or the state can't give or take something.

use alloy_primitives::{Address, B256, U256};

/// What is wrong with a trie.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// A node is needed and not at hand.
    #[error("missing node {hash} of the {trie} trie at path {path:?}")]
    MissingNode {
        /// Which trie: `account`, or `storage of <hashed address>`.
        trie: String,
        /// Nibbles from the root, in hex digits.
        path: String,
        /// The node's hash.
        hash: B256,
    },
    /// A node has the right hash and is no node that a trie can have in this place.
    #[error("malformed node of the {trie} trie at path {path:?}: {reason}")]
    MalformedNode {
        /// As in [`TrieError::MissingNode`].
        trie: String,
        /// As in [`TrieError::MissingNode`].
        path: String,
        /// The node's hash, if it is known.
        hash: Option<B256>,
        /// What is wrong.
        reason: &'static str,
    },
    /// The value of a key is not what such a trie holds.
    #[error("malformed value of key {key} in the {trie} trie: {reason}")]
    MalformedValue {
        /// As in [`TrieError::MissingNode`].
        trie: String,
        /// The whole key (hashed address or hashed slot) in hex digits.
        key: String,
        /// What is wrong.
        reason: &'static str,
    },
}

/// What could not be read or written in the state, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// An account.
    #[error("account {address}: {source}")]
    Account {
        /// The account's address.
        address: Address,
        /// Why.
        source: TrieError,
    },
    /// A storage slot.
    #[error("slot {slot:#x} of account {address}: {source}")]
    Slot {
        /// The account's address.
        address: Address,
        /// The slot's number.
        slot: U256,
        /// Why.
        source: TrieError,
    },
    /// No code with this hash is at hand.
    #[error("missing code {hash}")]
    MissingCode {
        /// Keccak-256 of the code.
        hash: B256,
    },
    /// The hash of an ancestor, which the state does not have.
    #[error("missing hash of block {number}")]
    MissingBlockHash {
        /// The ancestor's number.
        number: u64,
    },
}

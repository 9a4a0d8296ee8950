//! What is wrong with a header.

use std::fmt;

/// A rule that a header breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: expected {expected}, got {got}")]
pub struct HeaderError {
    /// The rule.
    pub rule: HeaderRule,
    /// What the rule asks for.
    pub expected: String,
    /// What the header has.
    pub got: String,
}

impl HeaderError {
    pub(super) fn new(
        rule: HeaderRule,
        expected: impl fmt::Display,
        got: impl fmt::Display,
    ) -> Self {
        Self {
            rule,
            expected: expected.to_string(),
            got: got.to_string(),
        }
    }
}

/// The rules of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeaderRule {
    /// Extra data has at most 32 bytes.
    ExtraDataLength,
    /// The ten blocks from the DAO fork on carry its extra data, or must not (EIP-779).
    DaoExtraData,
    /// The gas limit is between 5000 and 2^63 - 1.
    GasLimitBounds,
    /// The gas limit differs from the parent's by less than 1/1024 of it.
    GasLimitStep,
    /// Gas used is at most the gas limit.
    GasUsed,
    /// Number is the parent's plus one.
    Number,
    /// The timestamp is after the parent's.
    Timestamp,
    /// Difficulty is what the fork's formula says; zero under proof of stake.
    Difficulty,
    /// The nonce is zero under proof of stake (EIP-3675).
    Nonce,
    /// There are no ommers under proof of stake (EIP-3675).
    OmmersHash,
    /// Base fee is there from London on and what EIP-1559 says.
    BaseFee,
    /// Withdrawals root is there from Shanghai on (EIP-4895).
    WithdrawalsRoot,
    /// The block has a list of withdrawals from Shanghai on (EIP-4895).
    Withdrawals,
    /// Blob gas used is there from Cancun on, whole blobs, at most the maximum, and what the transactions use (EIP-4844).
    BlobGasUsed,
    /// Excess blob gas is there from Cancun on and what EIP-4844 and EIP-7918 say.
    ExcessBlobGas,
    /// Parent beacon block root is there from Cancun on (EIP-4788).
    ParentBeaconBlockRoot,
    /// Requests hash is there from Prague on (EIP-7685).
    RequestsHash,
    /// Block access list hash is there from Amsterdam on (EIP-7928).
    BlockAccessListHash,
    /// Slot number is there from Amsterdam on (EIP-7843).
    SlotNumber,
    /// The block's RLP is at most 8 MiB long from Osaka on (EIP-7934).
    BlockLength,
}

impl HeaderRule {
    /// The rule in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExtraDataLength => "extra data length",
            Self::DaoExtraData => "extra data at the DAO fork",
            Self::GasLimitBounds => "gas limit",
            Self::GasLimitStep => "gas limit after the parent's",
            Self::GasUsed => "gas used",
            Self::Number => "number",
            Self::Timestamp => "timestamp",
            Self::Difficulty => "difficulty",
            Self::Nonce => "nonce",
            Self::OmmersHash => "ommers hash",
            Self::BaseFee => "base fee",
            Self::WithdrawalsRoot => "withdrawals root",
            Self::Withdrawals => "withdrawals",
            Self::BlobGasUsed => "blob gas used",
            Self::ExcessBlobGas => "excess blob gas",
            Self::ParentBeaconBlockRoot => "parent beacon block root",
            Self::RequestsHash => "requests hash",
            Self::BlockAccessListHash => "block access list hash",
            Self::SlotNumber => "slot number",
            Self::BlockLength => "block length",
        }
    }
}

impl fmt::Display for HeaderRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

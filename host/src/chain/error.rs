//! Why a description is not a chain.

use alloy_hardforks::EthereumHardfork;

/// Why a description of a chain is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The fixture's network is none that is known.
    #[error("unknown fixture network {0:?}")]
    UnknownNetwork(String),
    /// A fork begins before one that it builds on.
    #[error("{later} begins at {later_at}, before {earlier} at {earlier_at}")]
    Unordered {
        /// The fork that Ethereum had first.
        earlier: EthereumHardfork,
        /// Its block number or timestamp.
        earlier_at: u64,
        /// The fork that builds on it.
        later: EthereumHardfork,
        /// Its block number or timestamp.
        later_at: u64,
    },
    /// A fork is given without one that it builds on.
    #[error("{later} is given without {missing}")]
    Missing {
        /// The fork that is absent.
        missing: EthereumHardfork,
        /// The fork that needs it.
        later: EthereumHardfork,
    },
    /// EIP-155 and EIP-158 make up Spurious Dragon and can't begin at different blocks here.
    #[error("eip155Block {eip155:?} and eip158Block {eip158:?} differ")]
    SplitSpuriousDragon {
        /// `eip155Block`.
        eip155: Option<u64>,
        /// `eip158Block`.
        eip158: Option<u64>,
    },
    /// A fork whose rules are not known here.
    #[error("{0} is not supported")]
    Unsupported(EthereumHardfork),
    /// A blob parameter fork (EIP-7892) without its parameters.
    #[error("no blob parameters for {0}")]
    MissingBlobParams(EthereumHardfork),
    /// Blob parameters that no block can be checked by.
    #[error("blob parameters of {fork}: {reason}")]
    BadBlobParams {
        /// The fork that they are for.
        fork: EthereumHardfork,
        /// What is wrong with them.
        reason: &'static str,
    },
}

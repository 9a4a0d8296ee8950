//! Chains and their forks: which rules hold for which block.

mod blob;
mod error;
mod fixture;
mod genesis;
mod header;
mod known;
mod order;
mod rules;
#[cfg(test)]
mod tests;

pub use error::ChainError;
pub use header::genesis_header;
pub use rules::Rules;

use alloy_eips::eip7840::BlobParams;
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::{Address, U256};

/// A chain: its id and when each fork begins.
///
/// Every constructor keeps the forks in the order in which Ethereum had them, each active no earlier than the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainSpec {
    /// The chain's name, for reports.
    pub name: String,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The deposit contract (EIP-6110).
    pub deposit_contract: Option<Address>,
    /// What the chain decided on the DAO fork (EIP-779), if it had to decide.
    pub dao: Option<DaoFork>,
    /// Forks that begin with a block number, without the DAO fork; none begins Frontier, which is always there.
    blocks: Vec<BlockFork>,
    /// The merge (EIP-3675), on chains that have one planned.
    merge: Option<Merge>,
    /// Forks that begin with a timestamp.
    times: Vec<TimeFork>,
}

/// The DAO fork of a chain (EIP-779).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaoFork {
    /// The block with the irregular state change, and the first of ten that carry the fork's extra data.
    pub block: u64,
    /// True if the chain took the fork; false if it refuses blocks that carry the fork's extra data.
    pub taken: bool,
}

/// A fork that begins with a block number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct BlockFork {
    fork: EthereumHardfork,
    block: u64,
}

/// When proof of stake begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merge {
    /// With this block, as history had it. Total difficulty is not consulted.
    Block(u64),
    /// With the first block whose parent's total difficulty is at least this.
    TotalDifficulty(U256),
}

/// A fork that begins with a timestamp in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TimeFork {
    fork: EthereumHardfork,
    time: u64,
    /// Blob parameters from this fork on, from Cancun on (EIP-7840, EIP-7892).
    blob: Option<BlobParams>,
}

impl ChainSpec {
    /// The rules of a block with this number and timestamp (seconds).
    ///
    /// `parent_total_difficulty` decides the merge where the chain knows no block number for it: the block is under
    /// proof of stake if its parent's total difficulty has reached the terminal one. Where it is unknown too (`None`), the
    /// block is taken to be under proof of stake if the terminal total difficulty is zero or the timestamp is one at
    /// which a fork after the merge (Shanghai and later) is active.
    /// Forks that begin with a timestamp hold only under proof of stake, and proof of stake only with London.
    pub fn rules_at(
        &self,
        number: u64,
        timestamp: u64,
        parent_total_difficulty: Option<U256>,
    ) -> Rules {
        let dao_taken = self.dao.filter(|dao| dao.taken);
        let active = self.blocks.iter().filter(|fork| fork.block <= number);
        let by_block = active
            .clone()
            .map(|fork| fork.fork)
            .chain(
                dao_taken
                    .filter(|dao| dao.block <= number)
                    .map(|_| EthereumHardfork::Dao),
            )
            .max()
            .unwrap_or(EthereumHardfork::Frontier);
        let by_time = self.times.iter().rfind(|fork| fork.time <= timestamp);
        let merged = by_block >= EthereumHardfork::London
            && match (self.merge, parent_total_difficulty) {
                (None, _) => false,
                (Some(Merge::Block(first)), _) => number >= first,
                (Some(Merge::TotalDifficulty(terminal)), Some(reached)) => reached >= terminal,
                (Some(Merge::TotalDifficulty(terminal)), None) => {
                    terminal.is_zero() || by_time.is_some()
                }
            };
        let fork = match (merged, by_time) {
            (false, _) => by_block,
            (true, None) => EthereumHardfork::Paris,
            (true, Some(later)) => later.fork,
        };
        Rules {
            chain_id: self.chain_id,
            fork,
            spec_id: rules::spec_id(fork),
            blob: by_time.filter(|_| merged).and_then(|later| later.blob),
            deposit_contract: self.deposit_contract,
            dao_fork_block: dao_taken.map(|dao| dao.block),
            dao_refused_block: self.dao.filter(|dao| !dao.taken).map(|dao| dao.block),
            bomb_delay: active
                .filter_map(|fork| rules::bomb_delay(fork.fork))
                .max()
                .unwrap_or(0),
        }
    }
}

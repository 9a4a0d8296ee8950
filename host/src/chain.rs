//! Chains and their forks: which rules hold for which block.

use alloy_eips::eip7840::BlobParams;
use alloy_hardforks::{EthereumHardfork, EthereumHardforks, ForkCondition};
use alloy_primitives::{Address, U256};
use revm::primitives::hardfork::SpecId;

/// A chain: its id and when each fork begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainSpec {
    /// EIP-155 chain id.
    pub chain_id: u64,
}

/// The rules of one block, fixed once by [`ChainSpec::rules_at`]; nothing else decides what a fork means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The newest fork in force (`Dao` and glacier forks included).
    pub fork: EthereumHardfork,
    /// The same for the EVM.
    pub spec_id: SpecId,
    /// Blob target, maximum and price fraction, from Cancun on (EIP-7840, EIP-7892).
    pub blob: Option<BlobParams>,
    /// The deposit contract (EIP-6110).
    pub deposit_contract: Option<Address>,
    /// Block number of the DAO fork, on chains that took it.
    pub dao_fork_block: Option<u64>,
}

impl EthereumHardforks for Rules {
    fn ethereum_fork_activation(&self, fork: EthereumHardfork) -> ForkCondition {
        let _ = fork;
        todo!()
    }
}

impl ChainSpec {
    /// The rules of a block. `parent_total_difficulty` decides the merge where the chain knows no block number for it.
    pub fn rules_at(
        &self,
        number: u64,
        timestamp: u64,
        parent_total_difficulty: Option<U256>,
    ) -> Rules {
        let _ = (number, timestamp, parent_total_difficulty);
        todo!()
    }
}

impl Rules {
    /// x
    pub fn receipts_carry_state_root(&self) -> bool {
        todo!()
    }
}
impl alloy_evm::eth::spec::EthExecutorSpec for Rules {
    fn deposit_contract_address(&self) -> Option<Address> {
        self.deposit_contract
    }
}

//! Forks of a block as alloy-evm asks for them.

use crate::chain::Rules;
use alloy_eips::eip7840::BlobParams;
use alloy_evm::eth::spec::EthExecutorSpec;
use alloy_hardforks::{EthereumHardfork, EthereumHardforks, ForkCondition};
use alloy_primitives::Address;

/// The rules of one block.
#[derive(Debug, Clone)]
pub struct Chain(pub Rules);

impl Chain {
    /// EIP-155 chain id.
    pub fn id(&self) -> u64 {
        self.0.chain_id
    }

    /// Blob parameters, from Cancun on.
    pub fn blob(&self) -> Option<BlobParams> {
        self.0.blob
    }

    /// True before Byzantium.
    pub fn receipts_carry_state_root(&self) -> bool {
        self.0.receipts_carry_state_root()
    }

    /// True from Prague on.
    pub fn has_requests(&self) -> bool {
        self.0.is_active(EthereumHardfork::Prague)
    }
}

impl EthereumHardforks for Chain {
    fn ethereum_fork_activation(&self, fork: EthereumHardfork) -> ForkCondition {
        self.0.ethereum_fork_activation(fork)
    }
}

impl EthExecutorSpec for Chain {
    fn deposit_contract_address(&self) -> Option<Address> {
        self.0.deposit_contract
    }
}

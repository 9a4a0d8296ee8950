//! The rules of one block.

use alloy_eips::eip7840::BlobParams;
use alloy_evm::eth::spec::EthExecutorSpec;
use alloy_hardforks::{EthereumHardfork, EthereumHardforks, ForkCondition};
use alloy_primitives::Address;
use revm::primitives::hardfork::SpecId;

/// The rules of one block, fixed once by [`ChainSpec::rules_at`](super::ChainSpec::rules_at); nothing else decides what
/// a fork means.
///
/// As [`EthereumHardforks`] they say that every fork up to [`fork`](Self::fork) is active since genesis and every later
/// one never is, whatever the block asked about. The DAO fork is `Never` there: its state change belongs to the one block
/// named by [`dao_fork_block`](Self::dao_fork_block) and is not left to the block executor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The newest fork in force (`Dao` and glacier forks included).
    pub fork: EthereumHardfork,
    /// The same for the EVM, which has no glacier and blob parameter forks, and no Constantinople: there it is
    /// `PETERSBURG`, though net gas metering (EIP-1283) holds only where `fork` is `Constantinople`.
    pub spec_id: SpecId,
    /// Blob target, maximum and price fraction, from Cancun on (EIP-7840, EIP-7892).
    pub blob: Option<BlobParams>,
    /// The deposit contract (EIP-6110).
    pub deposit_contract: Option<Address>,
    /// Block number of the DAO fork, on chains that took it.
    pub dao_fork_block: Option<u64>,
    /// Block number of the DAO fork, on chains that refused it.
    pub dao_refused_block: Option<u64>,
    /// Blocks by which the difficulty bomb is put off (EIP-649, 1234, 2384, 3554, 4345, 5133); 0 before Byzantium.
    pub bomb_delay: u64,
}

impl Rules {
    /// True if the fork is in force. Forks that the chain left out count as in force once a later one is.
    pub fn is_active(&self, fork: EthereumHardfork) -> bool {
        match fork {
            EthereumHardfork::Dao => self.dao_fork_block.is_some() && self.fork >= fork,
            _ => self.fork >= fork,
        }
    }

    /// True up to the newest fork that is final, Osaka with its blob parameter forks. A block of a later fork can't be
    /// verified: the executor and the trie know no block access lists (EIP-7928).
    pub fn is_supported(&self) -> bool {
        self.fork < EthereumHardfork::Amsterdam
    }

    /// True if signatures of transactions must have the lower s (EIP-2, Homestead on).
    pub fn requires_low_s(&self) -> bool {
        self.is_active(EthereumHardfork::Homestead)
    }

    /// True if receipts carry the state root after their transaction, not a status (before Byzantium, EIP-658).
    pub fn receipts_carry_state_root(&self) -> bool {
        !self.is_active(EthereumHardfork::Byzantium)
    }

    /// True under proof of stake (EIP-3675).
    pub fn is_post_merge(&self) -> bool {
        self.is_active(EthereumHardfork::Paris)
    }
}

impl EthereumHardforks for Rules {
    fn ethereum_fork_activation(&self, fork: EthereumHardfork) -> ForkCondition {
        if fork == EthereumHardfork::Dao || !self.is_active(fork) {
            ForkCondition::Never
        } else if fork >= EthereumHardfork::Shanghai {
            ForkCondition::ZERO_TIMESTAMP
        } else {
            ForkCondition::ZERO_BLOCK
        }
    }
}

impl EthExecutorSpec for Rules {
    fn deposit_contract_address(&self) -> Option<Address> {
        self.deposit_contract
    }
}

/// What the EVM calls the rules that hold under `fork`.
pub(super) const fn spec_id(fork: EthereumHardfork) -> SpecId {
    use EthereumHardfork as F;
    match fork {
        F::Frontier => SpecId::FRONTIER,
        F::Homestead | F::Dao => SpecId::HOMESTEAD,
        F::Tangerine => SpecId::TANGERINE,
        F::SpuriousDragon => SpecId::SPURIOUS_DRAGON,
        F::Byzantium => SpecId::BYZANTIUM,
        F::Constantinople | F::Petersburg => SpecId::PETERSBURG,
        F::Istanbul | F::MuirGlacier => SpecId::ISTANBUL,
        F::Berlin => SpecId::BERLIN,
        F::London | F::ArrowGlacier | F::GrayGlacier => SpecId::LONDON,
        F::Paris => SpecId::MERGE,
        F::Shanghai => SpecId::SHANGHAI,
        F::Cancun => SpecId::CANCUN,
        F::Prague => SpecId::PRAGUE,
        F::Osaka | F::Bpo1 | F::Bpo2 | F::Bpo3 | F::Bpo4 | F::Bpo5 => SpecId::OSAKA,
        // No constructor of a chain admits a fork after Amsterdam.
        _ => SpecId::AMSTERDAM,
    }
}

/// Blocks by which `fork` puts the difficulty bomb off, counted from the bomb's first schedule.
pub(super) const fn bomb_delay(fork: EthereumHardfork) -> Option<u64> {
    use EthereumHardfork as F;
    match fork {
        F::Byzantium => Some(3_000_000),
        F::Constantinople => Some(5_000_000),
        F::MuirGlacier => Some(9_000_000),
        F::London => Some(9_700_000),
        F::ArrowGlacier => Some(10_700_000),
        F::GrayGlacier => Some(11_400_000),
        _ => None,
    }
}

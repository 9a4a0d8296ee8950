//! Chains described by a genesis file in geth's form.

use super::{
    BlockFork, ChainError, ChainSpec, DaoFork, Merge, blob::with_blob_params, known::BLOCK_FORKS,
};
use alloy_genesis::{ChainConfig, Genesis};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::U256;

use EthereumHardfork as F;

impl ChainSpec {
    /// The chain that a genesis file's `config` describes, as geth reads it.
    ///
    /// A config that names no fork at all (some published genesis files carry none) with the id of a public chain is
    /// that chain. `mergeNetsplitBlock` does not bring the merge; `terminalTotalDifficulty` does, and zero means from
    /// genesis on. Without `petersburgBlock`, Petersburg comes with Constantinople.
    pub fn from_genesis(genesis: &Genesis) -> Result<Self, ChainError> {
        let config = &genesis.config;
        let blocks: Vec<BlockFork> = BLOCK_FORKS
            .into_iter()
            .filter_map(|fork| {
                let block = fork_block(config, fork)?;
                Some(BlockFork { fork, block })
            })
            .collect();
        let merge = config
            .terminal_total_difficulty
            .or(config
                .terminal_total_difficulty_passed
                .then_some(U256::ZERO))
            .map(Merge::TotalDifficulty);
        let times: Vec<(F, u64)> = TIME_FORKS
            .into_iter()
            .filter_map(|fork| Some((fork, fork_time(config, fork)?)))
            .collect();
        if config.bogota_time.is_some() {
            return Err(ChainError::Unsupported(F::Bogota));
        }
        if config.eip155_block != config.eip158_block {
            return Err(ChainError::SplitSpuriousDragon {
                eip155: config.eip155_block,
                eip158: config.eip158_block,
            });
        }
        if blocks.is_empty()
            && times.is_empty()
            && merge.is_none()
            && config.dao_fork_block.is_none()
            && let Some(public) = Self::from_chain_id(config.chain_id)
        {
            return Ok(public);
        }
        Self {
            name: format!("chain {}", config.chain_id),
            chain_id: config.chain_id,
            deposit_contract: config.deposit_contract_address,
            dao: config.dao_fork_block.map(|block| DaoFork {
                block,
                taken: config.dao_fork_support,
            }),
            blocks,
            merge,
            times: with_blob_params(times, &config.blob_schedule)?,
        }
        .ordered()
    }
}

/// Forks that begin with a timestamp, in order.
pub(super) const TIME_FORKS: [F; 10] = [
    F::Shanghai,
    F::Cancun,
    F::Prague,
    F::Osaka,
    F::Bpo1,
    F::Bpo2,
    F::Bpo3,
    F::Bpo4,
    F::Bpo5,
    F::Amsterdam,
];

const fn fork_block(config: &ChainConfig, fork: F) -> Option<u64> {
    match fork {
        F::Homestead => config.homestead_block,
        F::Tangerine => config.eip150_block,
        F::SpuriousDragon => config.eip158_block,
        F::Byzantium => config.byzantium_block,
        F::Constantinople => config.constantinople_block,
        F::Petersburg => match config.petersburg_block {
            Some(block) => Some(block),
            None => config.constantinople_block,
        },
        F::Istanbul => config.istanbul_block,
        F::MuirGlacier => config.muir_glacier_block,
        F::Berlin => config.berlin_block,
        F::London => config.london_block,
        F::ArrowGlacier => config.arrow_glacier_block,
        F::GrayGlacier => config.gray_glacier_block,
        _ => None,
    }
}

const fn fork_time(config: &ChainConfig, fork: F) -> Option<u64> {
    match fork {
        F::Shanghai => config.shanghai_time,
        F::Cancun => config.cancun_time,
        F::Prague => config.prague_time,
        F::Osaka => config.osaka_time,
        F::Bpo1 => config.bpo1_time,
        F::Bpo2 => config.bpo2_time,
        F::Bpo3 => config.bpo3_time,
        F::Bpo4 => config.bpo4_time,
        F::Bpo5 => config.bpo5_time,
        F::Amsterdam => config.amsterdam_time,
        _ => None,
    }
}

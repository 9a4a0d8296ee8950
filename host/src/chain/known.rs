//! Public chains, and the chain for development.

use super::{BlockFork, ChainSpec, DaoFork, Merge, TimeFork, blob::with_blob_params};
use alloy_eips::eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS;
use alloy_hardforks::{
    EthereumHardfork,
    holesky::{
        HOLESKY_BPO1_TIMESTAMP, HOLESKY_BPO2_TIMESTAMP, HOLESKY_CANCUN_TIMESTAMP,
        HOLESKY_OSAKA_TIMESTAMP, HOLESKY_PRAGUE_TIMESTAMP, HOLESKY_SHANGHAI_TIMESTAMP,
    },
    hoodi::{
        HOODI_BPO1_TIMESTAMP, HOODI_BPO2_TIMESTAMP, HOODI_OSAKA_TIMESTAMP, HOODI_PRAGUE_TIMESTAMP,
    },
    mainnet::{
        MAINNET_BPO1_TIMESTAMP, MAINNET_BPO2_TIMESTAMP, MAINNET_CANCUN_TIMESTAMP,
        MAINNET_DAO_BLOCK, MAINNET_OSAKA_TIMESTAMP, MAINNET_PARIS_BLOCK, MAINNET_PRAGUE_TIMESTAMP,
        MAINNET_SHANGHAI_TIMESTAMP,
    },
    sepolia::{
        SEPOLIA_AMSTERDAM_TIMESTAMP, SEPOLIA_BPO1_TIMESTAMP, SEPOLIA_BPO2_TIMESTAMP,
        SEPOLIA_CANCUN_TIMESTAMP, SEPOLIA_OSAKA_TIMESTAMP, SEPOLIA_PARIS_BLOCK,
        SEPOLIA_PRAGUE_TIMESTAMP, SEPOLIA_SHANGHAI_TIMESTAMP,
    },
};
use alloy_primitives::{Address, address};
use std::collections::BTreeMap;

use EthereumHardfork as F;

/// Forks that begin with a block number, without the DAO fork, in order.
pub(super) const BLOCK_FORKS: [F; 12] = [
    F::Homestead,
    F::Tangerine,
    F::SpuriousDragon,
    F::Byzantium,
    F::Constantinople,
    F::Petersburg,
    F::Istanbul,
    F::MuirGlacier,
    F::Berlin,
    F::London,
    F::ArrowGlacier,
    F::GrayGlacier,
];

const SEPOLIA_DEPOSIT_CONTRACT: Address = address!("7f02c3e3c98b133055b8b348b2ac625669ed295d");
const HOLESKY_DEPOSIT_CONTRACT: Address = address!("4242424242424242424242424242424242424242");

impl ChainSpec {
    /// Ethereum.
    pub fn mainnet() -> Self {
        Self {
            name: "mainnet".into(),
            chain_id: 1,
            deposit_contract: Some(MAINNET_DEPOSIT_CONTRACT_ADDRESS),
            dao: Some(DaoFork {
                block: MAINNET_DAO_BLOCK,
                taken: true,
            }),
            blocks: BLOCK_FORKS
                .into_iter()
                .filter_map(|fork| {
                    let block = fork.mainnet_activation_block()?;
                    Some(BlockFork { fork, block })
                })
                .collect(),
            merge: Some(Merge::Block(MAINNET_PARIS_BLOCK)),
            times: scheduled(&[
                (F::Shanghai, MAINNET_SHANGHAI_TIMESTAMP),
                (F::Cancun, MAINNET_CANCUN_TIMESTAMP),
                (F::Prague, MAINNET_PRAGUE_TIMESTAMP),
                (F::Osaka, MAINNET_OSAKA_TIMESTAMP),
                (F::Bpo1, MAINNET_BPO1_TIMESTAMP),
                (F::Bpo2, MAINNET_BPO2_TIMESTAMP),
            ]),
        }
    }

    /// The Sepolia test network.
    pub fn sepolia() -> Self {
        Self {
            merge: Some(Merge::Block(SEPOLIA_PARIS_BLOCK)),
            times: scheduled(&[
                (F::Shanghai, SEPOLIA_SHANGHAI_TIMESTAMP),
                (F::Cancun, SEPOLIA_CANCUN_TIMESTAMP),
                (F::Prague, SEPOLIA_PRAGUE_TIMESTAMP),
                (F::Osaka, SEPOLIA_OSAKA_TIMESTAMP),
                (F::Bpo1, SEPOLIA_BPO1_TIMESTAMP),
                (F::Bpo2, SEPOLIA_BPO2_TIMESTAMP),
                (F::Amsterdam, SEPOLIA_AMSTERDAM_TIMESTAMP),
            ]),
            ..Self::merged_at_genesis("sepolia", 11_155_111, SEPOLIA_DEPOSIT_CONTRACT)
        }
    }

    /// The Holesky test network, under proof of stake from its genesis on.
    pub fn holesky() -> Self {
        Self {
            times: scheduled(&[
                (F::Shanghai, HOLESKY_SHANGHAI_TIMESTAMP),
                (F::Cancun, HOLESKY_CANCUN_TIMESTAMP),
                (F::Prague, HOLESKY_PRAGUE_TIMESTAMP),
                (F::Osaka, HOLESKY_OSAKA_TIMESTAMP),
                (F::Bpo1, HOLESKY_BPO1_TIMESTAMP),
                (F::Bpo2, HOLESKY_BPO2_TIMESTAMP),
            ]),
            ..Self::merged_at_genesis("holesky", 17_000, HOLESKY_DEPOSIT_CONTRACT)
        }
    }

    /// The Hoodi test network, at Cancun from its genesis on.
    pub fn hoodi() -> Self {
        Self {
            times: scheduled(&[
                (F::Shanghai, 0),
                (F::Cancun, 0),
                (F::Prague, HOODI_PRAGUE_TIMESTAMP),
                (F::Osaka, HOODI_OSAKA_TIMESTAMP),
                (F::Bpo1, HOODI_BPO1_TIMESTAMP),
                (F::Bpo2, HOODI_BPO2_TIMESTAMP),
            ]),
            ..Self::merged_at_genesis("hoodi", 560_048, MAINNET_DEPOSIT_CONTRACT_ADDRESS)
        }
    }

    /// The chain for development: chain id 1337 and every fork up to Osaka from genesis on.
    pub fn dev() -> Self {
        Self {
            times: scheduled(&[
                (F::Shanghai, 0),
                (F::Cancun, 0),
                (F::Prague, 0),
                (F::Osaka, 0),
            ]),
            ..Self::merged_at_genesis("dev", 1337, MAINNET_DEPOSIT_CONTRACT_ADDRESS)
        }
    }

    /// The public chain of this id. Ids of private chains, 1337 among them, name no chain by themselves.
    pub fn from_chain_id(chain_id: u64) -> Option<Self> {
        [Self::mainnet, Self::sepolia, Self::holesky, Self::hoodi]
            .into_iter()
            .map(|chain| chain())
            .find(|chain| chain.chain_id == chain_id)
    }

    /// The chain of this name: `mainnet`, `sepolia`, `holesky`, `hoodi` or `dev`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "mainnet" => Some(Self::mainnet()),
            "sepolia" => Some(Self::sepolia()),
            "holesky" => Some(Self::holesky()),
            "hoodi" => Some(Self::hoodi()),
            "dev" => Some(Self::dev()),
            _ => None,
        }
    }

    /// A chain at Paris from its genesis on, without the DAO fork.
    fn merged_at_genesis(name: &str, chain_id: u64, deposit_contract: Address) -> Self {
        Self {
            name: name.into(),
            chain_id,
            deposit_contract: Some(deposit_contract),
            dao: None,
            blocks: BLOCK_FORKS
                .into_iter()
                .map(|fork| BlockFork { fork, block: 0 })
                .collect(),
            merge: Some(Merge::Block(0)),
            times: Vec::new(),
        }
    }
}

/// Forks with the blob parameters that their EIPs name.
fn scheduled(forks: &[(F, u64)]) -> Vec<TimeFork> {
    with_blob_params(forks.iter().copied(), &BTreeMap::new())
        .expect("parameters named by EIPs are valid and cover the forks of public chains")
}

//! Chains named by official tests.

use super::{
    BlockFork, ChainError, ChainSpec, DaoFork, Merge, blob::with_blob_params, genesis::TIME_FORKS,
    known::BLOCK_FORKS,
};
use alloy_eips::{eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS, eip7840::BlobParams};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::U256;
use std::collections::BTreeMap;

use EthereumHardfork as F;

/// Where the second fork of a transition begins.
enum Start {
    Block(u64),
    Time(u64),
    TotalDifficulty(U256),
}

impl ChainSpec {
    /// The chain of a fixture's `network`: a fork's name, where all up to that fork holds from genesis on, or a
    /// transition `<fork>To<fork>At<block>`, `…AtTime<n>k` (timestamp in thousands of seconds) or `…AtDiff<hex>`
    /// (terminal total difficulty, to Paris only).
    ///
    /// `blob_schedule` is the fixture's, by fork name; forks that it does not list have the parameters of their EIPs.
    pub fn from_fixture_network(
        name: &str,
        blob_schedule: &BTreeMap<String, BlobParams>,
        chain_id: u64,
    ) -> Result<Self, ChainError> {
        let unknown = || ChainError::UnknownNetwork(name.into());
        let (from, to, start) = match name.split_once("To") {
            None => (fork_named(name).ok_or_else(unknown)?, None, Start::Block(0)),
            Some((from, rest)) => {
                let (to, at) = rest.split_once("At").ok_or_else(unknown)?;
                let from = fork_named(from).ok_or_else(unknown)?;
                let to = fork_named(to).ok_or_else(unknown)?;
                let start = start_named(at).ok_or_else(unknown)?;
                let fits = match start {
                    Start::Block(_) => to < F::Paris,
                    Start::TotalDifficulty(_) => to == F::Paris,
                    Start::Time(_) => to > F::Paris && from >= F::Paris,
                };
                if !fits || to <= from || from == F::Dao {
                    return Err(unknown());
                }
                (from, Some(to), start)
            }
        };
        if from == F::Dao {
            return Err(unknown());
        }

        let newest = to.unwrap_or(from);
        let blocks = BLOCK_FORKS
            .into_iter()
            .filter_map(|fork| {
                let block = match start {
                    _ if fork <= from => 0,
                    Start::Block(block) if fork <= newest => block,
                    _ => return None,
                };
                Some(BlockFork { fork, block })
            })
            .collect();
        // The way to Amsterdam goes from the second blob parameter fork, unless the name says otherwise.
        let on_the_way =
            |fork: F| newest != F::Amsterdam || !matches!(fork, F::Bpo3 | F::Bpo4 | F::Bpo5);
        let times = TIME_FORKS
            .into_iter()
            .filter(|fork| *fork <= newest)
            .filter(|fork| on_the_way(*fork) || (to.is_some() && *fork <= from))
            .map(|fork| match start {
                Start::Time(time) if fork > from => (fork, time),
                _ => (fork, 0),
            });
        let terminal = match start {
            Start::TotalDifficulty(terminal) => Some(terminal),
            _ => (newest >= F::Paris).then_some(U256::ZERO),
        };
        Self {
            name: name.into(),
            chain_id,
            deposit_contract: Some(MAINNET_DEPOSIT_CONTRACT_ADDRESS),
            dao: match (newest, &start) {
                (F::Dao, Start::Block(block)) => Some(DaoFork {
                    block: *block,
                    taken: true,
                }),
                _ => None,
            },
            blocks,
            merge: terminal.map(Merge::TotalDifficulty),
            times: with_blob_params(times, blob_schedule)?,
        }
        .ordered()
    }
}

fn fork_named(name: &str) -> Option<F> {
    Some(match name {
        "Frontier" => F::Frontier,
        "Homestead" => F::Homestead,
        "Dao" => F::Dao,
        "EIP150" => F::Tangerine,
        "EIP158" => F::SpuriousDragon,
        "Byzantium" => F::Byzantium,
        "Constantinople" => F::Constantinople,
        "ConstantinopleFix" | "Petersburg" => F::Petersburg,
        "Istanbul" => F::Istanbul,
        "MuirGlacier" => F::MuirGlacier,
        "Berlin" => F::Berlin,
        "London" => F::London,
        "ArrowGlacier" => F::ArrowGlacier,
        "GrayGlacier" => F::GrayGlacier,
        "Merge" | "Paris" => F::Paris,
        "Shanghai" => F::Shanghai,
        "Cancun" => F::Cancun,
        "Prague" => F::Prague,
        "Osaka" => F::Osaka,
        "BPO1" => F::Bpo1,
        "BPO2" => F::Bpo2,
        "BPO3" => F::Bpo3,
        "BPO4" => F::Bpo4,
        "BPO5" => F::Bpo5,
        "Amsterdam" => F::Amsterdam,
        _ => return None,
    })
}

/// Reads what follows `At`: `5`, `Time15k` or `DiffC0000`.
fn start_named(at: &str) -> Option<Start> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(hex) = at.strip_prefix("Diff") {
        let hex_digits = hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        (!hex.is_empty() && hex_digits)
            .then(|| U256::from_str_radix(hex, 16).ok())
            .flatten()
            .map(Start::TotalDifficulty)
    } else if let Some(time) = at.strip_prefix("Time") {
        let thousands = time.strip_suffix('k').filter(|text| digits(text))?;
        let seconds = thousands.parse::<u64>().ok()?.checked_mul(1000)?;
        Some(Start::Time(seconds))
    } else {
        digits(at)
            .then(|| at.parse().ok())
            .flatten()
            .map(Start::Block)
    }
}

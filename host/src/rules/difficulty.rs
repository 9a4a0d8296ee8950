//! Difficulty under proof of work (EIP-2, EIP-100, and the delays of the difficulty bomb).

use super::{HeaderError, HeaderRule};
use crate::chain::Rules;
use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::U256;

/// The smallest difficulty there is.
const MINIMUM: U256 = U256::from_limbs([131_072, 0, 0, 0]);
/// Blocks in which the bomb doubles.
const BOMB_PERIOD: u64 = 100_000;

/// What the difficulty of a block depends on, of its parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParentDifficulty {
    /// The parent's difficulty.
    pub difficulty: U256,
    /// The parent's timestamp in seconds.
    pub timestamp: u64,
    /// True if the parent has ommers.
    pub has_ommers: bool,
}

impl From<&Header> for ParentDifficulty {
    fn from(parent: &Header) -> Self {
        Self {
            difficulty: parent.difficulty,
            timestamp: parent.timestamp,
            has_ommers: parent.ommers_hash != EMPTY_OMMER_ROOT_HASH,
        }
    }
}

/// Difficulty of the block with this number and timestamp (seconds) under proof of work; `None` if it does not fit 256
/// bits.
///
/// A timestamp that is not after the parent's, which no valid block has, counts as the parent's.
pub fn difficulty(
    rules: &Rules,
    number: u64,
    timestamp: u64,
    parent: ParentDifficulty,
) -> Option<U256> {
    let elapsed = timestamp.saturating_sub(parent.timestamp);
    let step = parent.difficulty / U256::from(2048);
    // Number of steps up, or down.
    let (up, down) = if rules.is_active(EthereumHardfork::Byzantium) {
        net(1 + u64::from(parent.has_ommers), elapsed / 9)
    } else if rules.is_active(EthereumHardfork::Homestead) {
        net(1, elapsed / 10)
    } else if elapsed < 13 {
        (1, 0)
    } else {
        (0, 1)
    };
    // At most 99 of 2048 parts are taken away: no underflow.
    let adjusted = parent
        .difficulty
        .checked_add(step.checked_mul(U256::from(up))?)?
        .saturating_sub(step * U256::from(down))
        .max(MINIMUM);
    let period = number.saturating_sub(rules.bomb_delay) / BOMB_PERIOD;
    match period.checked_sub(2) {
        None => Some(adjusted),
        Some(exponent) if exponent < 256 => {
            adjusted.checked_add(U256::ONE << usize::try_from(exponent).ok()?)
        }
        Some(_) => None,
    }
}

/// The difference of steps up and down, as a pair of which one is zero; down by 99 at most.
fn net(up: u64, down: u64) -> (u64, u64) {
    (up.saturating_sub(down), down.saturating_sub(up).min(99))
}

/// Checks the difficulty against the parent under proof of work. Under proof of stake it is zero by itself.
pub(super) fn check(rules: &Rules, header: &Header, parent: &Header) -> Result<(), HeaderError> {
    if rules.is_post_merge() {
        return Ok(());
    }
    let got = header.difficulty;
    match difficulty(rules, header.number, header.timestamp, parent.into()) {
        Some(expected) if expected == got => Ok(()),
        Some(expected) => Err(HeaderError::new(HeaderRule::Difficulty, expected, got)),
        None => Err(HeaderError::new(
            HeaderRule::Difficulty,
            "more than 256 bits",
            got,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ChainSpec;
    use std::collections::BTreeMap;

    fn at(network: &str, number: u64, elapsed: u64, has_ommers: bool) -> u64 {
        let rules = ChainSpec::from_fixture_network(network, &BTreeMap::new(), 1)
            .unwrap()
            .rules_at(number, 0, None);
        let parent = ParentDifficulty {
            difficulty: U256::from(2_048_000),
            timestamp: 1_000_000,
            has_ommers,
        };
        difficulty(&rules, number, 1_000_000 + elapsed, parent)
            .unwrap()
            .to()
    }

    #[test]
    fn steps_by_time_and_fork() {
        assert_eq!(at("Frontier", 1, 12, true), 2_049_000);
        assert_eq!(at("Frontier", 1, 13, false), 2_047_000);
        assert_eq!(at("Homestead", 1, 9, true), 2_049_000);
        assert_eq!(at("Homestead", 1, 10, false), 2_048_000);
        assert_eq!(at("Homestead", 1, 20, false), 2_047_000);
        assert_eq!(at("Homestead", 1, 999, false), 2_048_000 - 98_000);
        assert_eq!(at("Homestead", 1, 100_000, false), 2_048_000 - 99_000);
        assert_eq!(at("Byzantium", 1, 8, false), 2_049_000);
        assert_eq!(at("Byzantium", 1, 8, true), 2_050_000);
        assert_eq!(at("Byzantium", 1, 18, true), 2_048_000);
        assert_eq!(at("Byzantium", 1, u64::MAX >> 1, true), 2_048_000 - 99_000);
    }

    #[test]
    fn the_bomb_doubles_each_period_after_its_delay() {
        for (network, delay) in [
            ("Frontier", 0),
            ("EIP158", 0),
            ("Byzantium", 3_000_000),
            ("Constantinople", 5_000_000),
            ("Istanbul", 5_000_000),
            ("MuirGlacier", 9_000_000),
            ("Berlin", 9_000_000),
            ("London", 9_700_000),
            ("ArrowGlacier", 10_700_000),
            ("GrayGlacier", 11_400_000),
        ] {
            let bomb = |number| at(network, number, 1, false) - 2_049_000;
            assert_eq!(bomb(delay + 199_999), 0, "{network}");
            assert_eq!(bomb(delay + 200_000), 1, "{network}");
            assert_eq!(bomb(delay + 299_999), 1, "{network}");
            assert_eq!(bomb(delay + 1_200_000), 1024, "{network}");
        }
    }

    #[test]
    fn extremes_neither_overflow_nor_sink() {
        let rules = ChainSpec::mainnet().rules_at(0, 0, None);
        let parent = |difficulty| ParentDifficulty {
            difficulty,
            timestamp: u64::MAX,
            has_ommers: true,
        };
        assert_eq!(difficulty(&rules, 1, 0, parent(U256::MAX)), None);
        assert_eq!(difficulty(&rules, u64::MAX, 0, parent(U256::ONE)), None);
        assert_eq!(difficulty(&rules, 1, 0, parent(U256::ZERO)), Some(MINIMUM));
    }
}

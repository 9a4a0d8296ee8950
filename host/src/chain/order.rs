//! The order of forks.

use super::{BlockFork, ChainError, ChainSpec, Merge, TimeFork};
use alloy_hardforks::EthereumHardfork;

use EthereumHardfork as F;

/// Forks that no chain with a later one may lack. Glacier and blob parameter forks may be left out, and Petersburg,
/// which takes back a part of Constantinople.
const REQUIRED: [F; 12] = [
    F::Homestead,
    F::Tangerine,
    F::SpuriousDragon,
    F::Byzantium,
    F::Constantinople,
    F::Istanbul,
    F::Berlin,
    F::London,
    F::Shanghai,
    F::Cancun,
    F::Prague,
    F::Osaka,
];

impl ChainSpec {
    /// The chain itself, if its forks are in order and none is missing.
    pub(super) fn ordered(self) -> Result<Self, ChainError> {
        let dao = self.dao.map(|dao| BlockFork {
            fork: F::Dao,
            block: dao.block,
        });
        let mut blocks: Vec<(F, u64)> = self
            .blocks
            .iter()
            .chain(&dao)
            .map(|fork| (fork.fork, fork.block))
            .collect();
        blocks.sort_by_key(|(fork, _)| *fork);
        let times: Vec<(F, u64)> = self
            .times
            .iter()
            .map(|TimeFork { fork, time, .. }| (*fork, *time))
            .collect();
        ascending(&blocks)?;
        ascending(&times)?;

        let present = |fork| blocks.iter().chain(&times).any(|(other, _)| *other == fork);
        // The DAO fork may be named on a chain that stays at Frontier: it needs nothing.
        let newest = |forks: &[(F, u64)]| forks.iter().map(|(fork, _)| *fork).max();
        let newest = newest(&times).or_else(|| newest(&blocks).filter(|fork| *fork != F::Dao));
        if let Some(later) = newest
            && let Some(missing) = REQUIRED
                .into_iter()
                .find(|fork| *fork < later && !present(*fork))
        {
            return Err(ChainError::Missing { missing, later });
        }
        if let Some((later, _)) = times.first()
            && self.merge.is_none()
        {
            return Err(ChainError::Missing {
                missing: F::Paris,
                later: *later,
            });
        }
        if self.merge == Some(Merge::TotalDifficulty(alloy_primitives::U256::ZERO)) {
            let london = blocks.iter().find(|(fork, _)| *fork == F::London);
            match london {
                None => {
                    return Err(ChainError::Missing {
                        missing: F::London,
                        later: F::Paris,
                    });
                }
                Some((_, 0)) => {}
                Some((_, block)) => {
                    return Err(ChainError::Unordered {
                        earlier: F::London,
                        earlier_at: *block,
                        later: F::Paris,
                        later_at: 0,
                    });
                }
            }
        }
        Ok(self)
    }
}

/// Checks that activations do not fall where forks rise.
fn ascending(forks: &[(F, u64)]) -> Result<(), ChainError> {
    for pair in forks.windows(2) {
        if let [(earlier, earlier_at), (later, later_at)] = *pair
            && later_at < earlier_at
        {
            return Err(ChainError::Unordered {
                earlier,
                earlier_at,
                later,
                later_at,
            });
        }
    }
    Ok(())
}

//! Who takes part in a generated chain.

use super::people::Person;

/// Fewest and most users.
const USERS: std::ops::RangeInclusive<u64> = 64..=4096;
/// Number of wallets.
const WALLETS: u64 = 24;

/// The accounts with keys that the genesis funds.
#[derive(Debug, Clone)]
pub(super) struct Cast {
    /// Accounts that never have code.
    pub(super) users: Vec<Person>,
    /// Accounts that delegate to code and withdraw that again (EIP-7702).
    pub(super) wallets: Vec<Person>,
}

impl Cast {
    /// One user a transaction of a block, within limits.
    pub(super) fn new(seed: u64, transactions: u64) -> Self {
        let people = |role, count| {
            (0..count)
                .map(|index| Person::derive(seed, role, index))
                .collect()
        };
        Self {
            users: people("user", transactions.clamp(*USERS.start(), *USERS.end())),
            wallets: people("wallet", WALLETS),
        }
    }
}

//! What execution changes in the state.

use alloy_primitives::{U256, map::AddressMap};
use revm::state::AccountInfo;
use std::collections::BTreeMap;

/// What execution changed, by address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StateChanges {
    /// Changed accounts.
    pub accounts: AddressMap<AccountChange>,
}

/// The change of one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountChange {
    /// The account afterwards (with its code, if the code is new); `None` if it does not exist afterwards.
    pub info: Option<AccountInfo>,
    /// True if all storage from before is gone (self-destruct, re-creation).
    pub storage_wiped: bool,
    /// Slots written since, with the values that they hold afterwards; zero deletes.
    pub storage: BTreeMap<U256, U256>,
}

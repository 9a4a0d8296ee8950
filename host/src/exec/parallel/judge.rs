//! Whether a try is what the transaction does at the head.
//!
//! The EVM is a function of what it reads. If all that a try was shown is what the committed state holds when its turn
//! comes (a balance may differ where the try needs less of it than its value, see [`balance`](super::balance)), then
//! running the transaction now would give the same, and the try is committed; else it is thrown away. Serial equivalence
//! follows by induction over the block, whatever the threads did.

use super::{super::StateSource, balance::shifted, committed::Committed, view::Trial};
use revm::context::result::ResultAndState;

/// A transaction that was tried: what it was shown, and what it did.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) trial: Trial,
    pub(super) outcome: ResultAndState,
}

/// What the transaction does at the head, if the try says.
///
/// For the holder of the ledger alone: nothing is committed meanwhile.
pub(super) fn judge<S: StateSource>(
    committed: &Committed<'_, S>,
    tried: Tried,
) -> Result<Option<ResultAndState>, S::Error> {
    let Tried { trial, mut outcome } = tried;
    for code in &trial.codes {
        committed.code(*code)?;
    }
    for (address, slot, shown) in &trial.slots {
        if committed.storage(*address, *slot)? != *shown {
            return Ok(None);
        }
    }
    for (address, shown) in &trial.accounts {
        let actual = committed.shown(*address)?;
        let (Some(shown), Some(actual)) = (shown, &actual) else {
            if shown.is_some() != actual.is_some() {
                return Ok(None);
            }
            continue;
        };
        if shown == actual {
            continue;
        }
        if shown.nonce != actual.nonce || shown.code_hash != actual.code_hash {
            return Ok(None);
        }
        let after = outcome.state.get_mut(address);
        let left = after
            .as_ref()
            .map_or(shown.balance, |account| account.info.balance);
        let need = trial.need(*address);
        if !need.is_met(shown.balance, left, actual.balance, shown.is_bare()) {
            return Ok(None);
        }
        if let Some(account) = after {
            account.info.balance = shifted(shown.balance, left, actual.balance);
        }
    }
    Ok(Some(outcome))
}

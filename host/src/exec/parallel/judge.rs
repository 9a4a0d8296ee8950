//! Whether a try is what the transaction does at the head.
//!
//! The EVM is a function of what it reads. If all that a try was shown is what the committed state holds when its turn
//! comes, then running the transaction now would give the same, and the try is committed; else it is thrown away. Serial
//! equivalence follows by induction over the block, whatever the threads did.
//!
//! Two things may differ from what was shown: a balance where the try needs less of it than its value
//! ([`balance`](super::balance)), and a nonce that the try did not look at, as of a recipient that sends as well.

use super::{super::StateSource, balance::shifted, committed::Committed, trial::Trial};
use revm::{bytecode::Bytecode, context::result::ResultAndState};

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
    for (hash, shown) in &trial.codes {
        if !is_same(&committed.code(*hash)?, shown) {
            return Ok(None);
        }
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
        if shown.code_hash != actual.code_hash {
            return Ok(None);
        }
        let Some(after) = outcome.state.get_mut(address) else {
            return Ok(None);
        };
        if shown.nonce != actual.nonce {
            // Whether a nonce is zero matters to calls and to creation at the address.
            let is_zero = shown.nonce == 0 || actual.nonce == 0;
            if is_zero || trial.needs_nonce(*address) || after.info.nonce != shown.nonce {
                return Ok(None);
            }
            after.info.nonce = actual.nonce;
        }
        let left = after.info.balance;
        let need = trial.need(*address);
        if !need.is_met(shown.balance, left, actual.balance, shown.is_bare()) {
            return Ok(None);
        }
        after.info.balance = shifted(shown.balance, left, actual.balance);
    }
    Ok(Some(outcome))
}

/// True if two codes have the same bytes; most often they are the very same ones.
fn is_same(a: &Bytecode, b: &Bytecode) -> bool {
    let (a, b) = (a.original_byte_slice(), b.original_byte_slice());
    std::ptr::eq(a, b) || a == b
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::bytecode;
    use alloy_primitives::{B256, Bytes};
    use revm::{
        context::result::{ExecutionResult, Output, ResultGas, SuccessReason},
        database::{CacheDB, EmptyDB},
    };

    /// The state knows one code, and answers any other hash with no code.
    #[test]
    fn a_try_that_was_shown_another_code_is_thrown_away() {
        let code = bytecode(Bytes::from_static(&[1, 2, 3]));
        let (hash, unknown) = (code.hash_slow(), B256::repeat_byte(7));
        let mut db = CacheDB::new(EmptyDB::new());
        db.cache.contracts.insert(hash, code.clone());
        let committed = Committed::new(&db);
        let holds = |codes: &[(B256, &Bytecode)]| {
            let codes = codes.iter().map(|(hash, code)| (*hash, (*code).clone()));
            let mut trial = Trial::default();
            trial.codes.extend(codes);
            let outcome = ResultAndState {
                result: ExecutionResult::Success {
                    reason: SuccessReason::Stop,
                    gas: ResultGas::default(),
                    logs: Vec::new(),
                    output: Output::Call(Bytes::new()),
                },
                state: Default::default(),
            };
            let judged = judge(&committed, Tried { trial, outcome }).unwrap();
            judged.is_some()
        };
        let (same, none) = (bytecode(code.original_bytes()), Bytecode::default());
        assert!(holds(&[]));
        assert!(holds(&[(hash, &code), (hash, &same), (unknown, &none)]));
        assert!(!holds(&[(hash, &none)]));
        assert!(!holds(&[(hash, &code), (unknown, &code)]));
    }
}

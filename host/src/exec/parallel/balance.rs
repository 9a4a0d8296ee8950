//! Balances as constraints: what a transaction needs to be true of a balance in place of its exact value.
//!
//! Fees to one beneficiary, plain transfers and wrapped ether change the same balances in transaction after transaction
//! and hardly ever look at them. So a try keeps, for each account, the balance that it was shown, whether anything
//! depended on the exact value, and the lowest that the balance fell to. With any other balance the transaction runs
//! just the same as long as
//! - nothing depended on the exact value: BALANCE, SELFBALANCE, SELFDESTRUCT, a transfer that failed for want of funds;
//! - the balance covers what was taken from it, at every moment: it may be lower by no more than the lowest mark;
//! - an account that has neither nonce nor code is empty in both cases or in neither, which calls are priced by;
//! - neither is so large that a sum could overflow, and no amount is that goes from one account to another.
//!
//! The balance afterwards is then as much higher or lower as the balance before.

use alloy_primitives::U256;

/// All ether there is takes 87 bits; a thousand times what a thousand such transfers bring does not overflow.
pub(super) const LARGE: U256 = U256::from_limbs([0, 0, 1, 0]);

/// What a transaction needs of a balance.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Need {
    /// Its exact value.
    exact: bool,
    /// The lowest that it fell to, where something was taken from it.
    lowest: Option<U256>,
}

impl Need {
    /// The exact value was looked at.
    pub(super) fn note_exact(&mut self) {
        self.exact = true;
    }

    /// An amount is to be taken from a balance, now or perhaps later, if it is there.
    pub(super) fn note_debit(&mut self, balance: U256, amount: U256) {
        match balance.checked_sub(amount) {
            Some(left) => {
                let lowest = self.lowest.map_or(left, |lowest| lowest.min(left));
                self.lowest = Some(lowest);
            }
            None => self.exact = true,
        }
    }

    /// True if the transaction, which was shown `shown` and left `left`, runs the same with `actual`.
    ///
    /// `is_bare` says that the account has neither nonce nor code before the transaction.
    pub(super) fn is_met(&self, shown: U256, left: U256, actual: U256, is_bare: bool) -> bool {
        if shown == actual {
            return true;
        }
        if self.exact || shown >= LARGE || actual >= LARGE || left >= LARGE {
            return false;
        }
        if is_bare && shown.is_zero() != actual.is_zero() {
            return false;
        }
        // A debit that nobody noted would be a defect of ours: then only the exact value serves.
        let lowest = self.lowest.unwrap_or(shown).min(shown);
        if left < lowest {
            return false;
        }
        actual >= shown - lowest
    }
}

/// The balance after a transaction that was shown `shown` and left `left`, had it been shown `actual`.
pub(super) fn shifted(shown: U256, left: U256, actual: U256) -> U256 {
    left.wrapping_sub(shown).wrapping_add(actual)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(value: u64) -> U256 {
        U256::from(value)
    }

    #[test]
    fn a_credit_needs_nothing_but_emptiness() {
        let need = Need::default();
        assert!(need.is_met(n(5), n(9), n(1), false));
        assert!(need.is_met(n(5), n(9), n(1), true));
        assert!(need.is_met(n(0), n(4), n(3), false));
        assert!(!need.is_met(n(0), n(4), n(3), true));
        assert!(!need.is_met(n(3), n(7), n(0), true));
        assert_eq!(shifted(n(5), n(9), n(1)), n(5));
        assert_eq!(shifted(n(5), n(2), n(3)), n(0));
    }

    #[test]
    fn debits_must_be_covered_at_every_moment() {
        let mut need = Need::default();
        need.note_debit(n(10), n(7));
        // Back to 10 and down again, less deep.
        need.note_debit(n(10), n(2));
        assert!(need.is_met(n(10), n(8), n(7), false));
        assert!(!need.is_met(n(10), n(8), n(6), false));
        assert!(need.is_met(n(10), n(8), n(1 << 40), false));
    }

    #[test]
    fn a_debit_that_failed_or_was_not_noted_needs_the_exact_value() {
        let mut need = Need::default();
        need.note_debit(n(10), n(11));
        assert!(need.is_met(n(10), n(10), n(10), false));
        assert!(!need.is_met(n(10), n(10), n(12), false));
        assert!(!Need::default().is_met(n(10), n(9), n(12), false));
    }

    #[test]
    fn balances_that_could_overflow_must_be_exact() {
        let need = Need::default();
        assert!(!need.is_met(U256::MAX, U256::MAX, n(1), false));
        assert!(!need.is_met(n(1), n(2), U256::MAX, false));
        assert!(!need.is_met(n(1), LARGE, n(2), false));
        assert!(need.is_met(LARGE - n(1), LARGE - n(1), n(2), false));
    }

    /// The definition: a run is a list of credits and debits, and a debit that isn't covered fails the run.
    #[test]
    fn every_small_run_agrees_with_its_definition() {
        let run = |mut balance: i64, steps: &[i64]| -> Option<i64> {
            for step in steps {
                balance += step;
                if balance < 0 {
                    return None;
                }
            }
            Some(balance)
        };
        let values = [-3, -1, 0, 2];
        for steps in values
            .iter()
            .flat_map(|a| values.iter().flat_map(move |b| values.map(|c| [*a, *b, c])))
        {
            for shown in 0..6 {
                let Some(left) = run(shown, &steps) else {
                    continue;
                };
                let mut need = Need::default();
                let mut now = shown;
                for step in steps {
                    if step < 0 {
                        need.note_debit(n(now as u64), n(step.unsigned_abs()));
                    }
                    now += step;
                }
                for actual in 0..8 {
                    let expected = run(actual, &steps);
                    let (s, l, a) = (n(shown as u64), n(left as u64), n(actual as u64));
                    let met = need.is_met(s, l, a, false);
                    assert_eq!(met, expected.is_some(), "{steps:?} {shown} {actual}");
                    if let Some(expected) = expected {
                        assert_eq!(shifted(s, l, a), n(expected as u64));
                    }
                }
            }
        }
    }
}

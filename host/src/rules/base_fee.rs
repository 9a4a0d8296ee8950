//! The base fee (EIP-1559).

use super::{HeaderError, HeaderRule};
use alloy_consensus::Header;
use alloy_eips::eip1559::{
    DEFAULT_BASE_FEE_MAX_CHANGE_DENOMINATOR, DEFAULT_ELASTICITY_MULTIPLIER, INITIAL_BASE_FEE,
};
use std::cmp::Ordering;

/// Base fee per gas in wei of the block after `parent`; of the first London block if `parent` has none.
///
/// In 128 bits, for the fee after a parent's fee near 2^64 need not fit 64.
pub fn next_base_fee(parent: &Header) -> u128 {
    let Some(fee) = parent.base_fee_per_gas.map(u128::from) else {
        return INITIAL_BASE_FEE.into();
    };
    let used = u128::from(parent.gas_used);
    let target = u128::from(parent.gas_limit / DEFAULT_ELASTICITY_MULTIPLIER);
    // Factors below 2^64 and a divisor below 2^67: nothing overflows. Without a target the fee can't change.
    let change = |gas: u128| {
        (fee * gas)
            .checked_div(target * u128::from(DEFAULT_BASE_FEE_MAX_CHANGE_DENOMINATOR))
            .unwrap_or(0)
    };
    match used.cmp(&target) {
        _ if target == 0 => fee,
        Ordering::Equal => fee,
        Ordering::Greater => fee + change(used - target).max(1),
        Ordering::Less => fee - change(target - used),
    }
}

/// Checks a base fee that is there against the parent.
pub(super) fn check(header: &Header, parent: &Header) -> Result<(), HeaderError> {
    let Some(fee) = header.base_fee_per_gas else {
        return Ok(());
    };
    let expected = next_base_fee(parent);
    if u128::from(fee) == expected {
        Ok(())
    } else {
        Err(HeaderError::new(HeaderRule::BaseFee, expected, fee))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_eips::eip1559::{BaseFeeParams, calc_next_block_base_fee};
    use proptest::prelude::*;

    fn parent(fee: u64, gas_used: u64, gas_limit: u64) -> Header {
        Header {
            base_fee_per_gas: Some(fee),
            gas_used,
            gas_limit,
            ..Header::default()
        }
    }

    #[test]
    fn moves_by_an_eighth_at_most() {
        assert_eq!(next_base_fee(&parent(800, 0, 20_000)), 700);
        assert_eq!(next_base_fee(&parent(800, 10_000, 20_000)), 800);
        assert_eq!(next_base_fee(&parent(800, 20_000, 20_000)), 900);
        // An increase is never less than one, a decrease may be.
        assert_eq!(next_base_fee(&parent(7, 10_001, 20_000)), 8);
        assert_eq!(next_base_fee(&parent(7, 9_999, 20_000)), 7);
    }

    #[test]
    fn begins_at_one_gwei() {
        assert_eq!(next_base_fee(&Header::default()), 1_000_000_000);
    }

    #[test]
    fn no_input_overflows() {
        for fee in [0, u64::MAX] {
            for gas in [0, 1, u64::MAX] {
                for limit in [0, 1, 2, u64::MAX] {
                    next_base_fee(&parent(fee, gas, limit));
                }
            }
        }
        assert_eq!(
            next_base_fee(&parent(u64::MAX, 20_000, 20_000)),
            u128::from(u64::MAX) * 9 / 8
        );
    }

    proptest! {
        #[test]
        fn agrees_with_alloy(fee in 0..u64::MAX / 2, limit in 5000..1u64 << 40, part in 0.0..=1.0) {
            let used = (limit as f64 * part) as u64;
            let alloy = calc_next_block_base_fee(used, limit, fee, BaseFeeParams::ethereum());
            prop_assert_eq!(next_base_fee(&parent(fee, used, limit)), u128::from(alloy));
        }
    }
}

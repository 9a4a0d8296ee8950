//! Blob gas (EIP-4844, EIP-7691, EIP-7892, EIP-7918).

use super::{HeaderError, HeaderRule};
use crate::chain::Rules;
use alloy_consensus::Header;
use alloy_eips::{eip4844::DATA_GAS_PER_BLOB, eip7840::BlobParams};
use alloy_primitives::U256;

/// Excess blob gas of the block after `parent`, under the block's own parameters.
///
/// A parent without blob fields, before Cancun, counts as one with zeros. In 128 bits, for a parent's excess near 2^64
/// and its blob gas need not add up to less.
pub fn next_excess_blob_gas(params: &BlobParams, parent: &Header) -> u128 {
    let gas = u128::from(DATA_GAS_PER_BLOB);
    let excess = parent.excess_blob_gas.unwrap_or(0);
    let used = u128::from(parent.blob_gas_used.unwrap_or(0));
    let target = gas.saturating_mul(params.target_blob_count.into());
    let sum = u128::from(excess) + used;
    if sum < target {
        return 0;
    }
    let base_fee = U256::from(parent.base_fee_per_gas.unwrap_or(0));
    let reserve = U256::from(params.blob_base_cost) * base_fee;
    let max = u128::from(params.max_blob_count);
    let above_target = max.saturating_sub(params.target_blob_count.into());
    // EIP-7918: while blob gas is cheaper than what executing a blob costs, the excess only rises.
    if !reserve.is_zero() && reserve > U256::from(gas) * U256::from(params.calc_blob_fee(excess)) {
        let scaled = (used * above_target).checked_div(max).unwrap_or(0);
        u128::from(excess) + scaled
    } else {
        sum - target
    }
}

/// Checks an excess that is there against the parent.
pub(super) fn check_excess(
    rules: &Rules,
    header: &Header,
    parent: &Header,
) -> Result<(), HeaderError> {
    let (Some(params), Some(excess)) = (rules.blob, header.excess_blob_gas) else {
        return Ok(());
    };
    let expected = next_excess_blob_gas(&params, parent);
    if u128::from(excess) == expected {
        Ok(())
    } else {
        Err(HeaderError::new(
            HeaderRule::ExcessBlobGas,
            expected,
            excess,
        ))
    }
}

/// Checks that blob gas used, where it is there, is that of whole blobs and at most the maximum.
pub(super) fn check_used(rules: &Rules, header: &Header) -> Result<(), HeaderError> {
    let (Some(params), Some(used)) = (rules.blob, header.blob_gas_used) else {
        return Ok(());
    };
    let max = u128::from(DATA_GAS_PER_BLOB) * u128::from(params.max_blob_count);
    let wrong = |expected: String| Err(HeaderError::new(HeaderRule::BlobGasUsed, expected, used));
    if u128::from(used) > max {
        wrong(format!("at most {max}"))
    } else if !used.is_multiple_of(DATA_GAS_PER_BLOB) {
        wrong(format!("a multiple of {DATA_GAS_PER_BLOB}"))
    } else {
        Ok(())
    }
}

/// Checks that blob gas used is that of the `blobs` that all the block's transactions name.
///
/// How many a transaction may name is a rule of transactions, and checked where they are executed.
pub fn check_blob_gas_used(rules: &Rules, header: &Header, blobs: u64) -> Result<(), HeaderError> {
    let expected = u128::from(DATA_GAS_PER_BLOB) * u128::from(blobs);
    match (rules.blob, header.blob_gas_used) {
        // Without the field there can be no blobs; whether it must be there is checked with the header.
        (None, _) | (_, None) if blobs == 0 => Ok(()),
        (Some(_), Some(used)) if u128::from(used) == expected => Ok(()),
        (_, used) => Err(HeaderError::new(
            HeaderRule::BlobGasUsed,
            expected,
            used.map_or("none".into(), |used| used.to_string()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ChainSpec;
    use proptest::prelude::*;

    fn parent(excess: u64, used: u64, fee: u64) -> Header {
        Header {
            base_fee_per_gas: Some(fee),
            excess_blob_gas: Some(excess),
            blob_gas_used: Some(used),
            ..Header::default()
        }
    }

    const BLOB: u64 = DATA_GAS_PER_BLOB;

    #[test]
    fn cancun_excess_is_what_exceeds_the_target() {
        let next =
            |excess, used| next_excess_blob_gas(&BlobParams::cancun(), &parent(excess, used, 7));
        assert_eq!(next(0, 3 * BLOB), 0);
        assert_eq!(next(0, 4 * BLOB), BLOB.into());
        assert_eq!(next(BLOB, BLOB), 0);
        assert_eq!(next(3 * BLOB, 0), 0);
        assert_eq!(next(3 * BLOB + 1, 0), 1);
        assert_eq!(
            next_excess_blob_gas(&BlobParams::cancun(), &Header::default()),
            0
        );
    }

    #[test]
    fn osaka_keeps_a_reserve_price() {
        let next =
            |fee| next_excess_blob_gas(&BlobParams::osaka(), &parent(6 * BLOB, 9 * BLOB, fee));
        // At a blob fee of 1 wei the reserve binds from a base fee of 131072 / 8192 = 16 wei, exclusive.
        assert_eq!(next(16), u128::from(9 * BLOB));
        assert_eq!(next(17), u128::from(6 * BLOB + 9 * BLOB * 3 / 9));
    }

    #[test]
    fn no_input_overflows() {
        for params in [BlobParams::cancun(), BlobParams::bpo2()] {
            for excess in [0, 1 << 32, u64::MAX] {
                for used in [0, u64::MAX] {
                    next_excess_blob_gas(&params, &parent(excess, used, u64::MAX));
                }
            }
        }
    }

    #[test]
    fn blob_gas_is_whole_blobs_up_to_the_maximum() {
        let rules = ChainSpec::from_name("dev").unwrap().rules_at(1, 1, None);
        let check = |used| check_used(&rules, &parent(0, used, 7)).map_err(|error| error.rule);
        assert_eq!(check(0), Ok(()));
        assert_eq!(check(9 * BLOB), Ok(()));
        for wrong in [1, BLOB - 1, 9 * BLOB + 1, 10 * BLOB, u64::MAX] {
            assert_eq!(check(wrong), Err(HeaderRule::BlobGasUsed), "{wrong}");
        }
    }

    #[test]
    fn blob_gas_is_that_of_the_transactions() {
        let rules = ChainSpec::dev().rules_at(1, 1, None);
        let header = parent(0, 2 * BLOB, 7);
        assert_eq!(check_blob_gas_used(&rules, &header, 2), Ok(()));
        assert!(check_blob_gas_used(&rules, &header, 1).is_err());
        assert!(check_blob_gas_used(&rules, &header, u64::MAX).is_err());
        assert!(check_blob_gas_used(&rules, &Header::default(), 1).is_err());
        let old = ChainSpec::mainnet().rules_at(1, 1, None);
        assert_eq!(check_blob_gas_used(&old, &Header::default(), 0), Ok(()));
        assert!(check_blob_gas_used(&old, &Header::default(), 1).is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_alloy(excess in 0u64..1 << 31, blobs in 0u64..22, fee in 0u64..1 << 40) {
            for params in [
                BlobParams::cancun(),
                BlobParams::prague(),
                BlobParams::osaka(),
                BlobParams::bpo1(),
                BlobParams::bpo2(),
            ] {
                let used = BLOB * blobs.min(params.max_blob_count);
                let alloy = params.next_block_excess_blob_gas_osaka(excess, used, fee);
                prop_assert_eq!(
                    next_excess_blob_gas(&params, &parent(excess, used, fee)),
                    u128::from(alloy)
                );
            }
        }
    }
}

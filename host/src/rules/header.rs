//! Rules of single headers.

use super::{HeaderError, HeaderRule, base_fee, blob, dao, difficulty};
use crate::chain::Rules;
use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header};
use alloy_eips::eip1559::{DEFAULT_ELASTICITY_MULTIPLIER, GAS_LIMIT_BOUND_DIVISOR};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::{B64, U256};
use std::fmt;

use HeaderRule as R;

/// Bytes of a block's RLP at most, from Osaka on: 10 MiB less 2 MiB for the beacon block (EIP-7934).
pub const MAX_BLOCK_RLP_LENGTH: usize = 8 * 1024 * 1024;

const MAX_EXTRA_DATA: usize = 32;
const MIN_GAS_LIMIT: u64 = 5000;
const MAX_GAS_LIMIT: u64 = u64::MAX >> 1;

/// Checks what can be told from the header alone, and the length of the block where it is known.
///
/// `encoded_length` is that of the whole block's RLP in bytes.
pub fn check_standalone(
    rules: &Rules,
    header: &Header,
    encoded_length: Option<usize>,
) -> Result<(), HeaderError> {
    let extra = header.extra_data.len();
    ensure(
        extra <= MAX_EXTRA_DATA,
        R::ExtraDataLength,
        "at most 32 bytes",
        extra,
    )?;
    dao::check(rules, header)?;
    ensure(
        (MIN_GAS_LIMIT..=MAX_GAS_LIMIT).contains(&header.gas_limit),
        R::GasLimitBounds,
        format_args!("{MIN_GAS_LIMIT} to {MAX_GAS_LIMIT}"),
        header.gas_limit,
    )?;
    ensure(
        header.gas_used <= header.gas_limit,
        R::GasUsed,
        format_args!("at most {}", header.gas_limit),
        header.gas_used,
    )?;
    check_presence(rules, header)?;
    if rules.is_post_merge() {
        let (difficulty, nonce, ommers) = (header.difficulty, header.nonce, header.ommers_hash);
        ensure(difficulty.is_zero(), R::Difficulty, U256::ZERO, difficulty)?;
        ensure(nonce == B64::ZERO, R::Nonce, B64::ZERO, nonce)?;
        let empty = EMPTY_OMMER_ROOT_HASH;
        ensure(ommers == empty, R::OmmersHash, empty, ommers)?;
    }
    blob::check_used(rules, header)?;
    if let Some(length) = encoded_length
        && rules.is_active(EthereumHardfork::Osaka)
    {
        let expected = format_args!("at most {MAX_BLOCK_RLP_LENGTH} bytes");
        ensure(
            length <= MAX_BLOCK_RLP_LENGTH,
            R::BlockLength,
            expected,
            length,
        )?;
    }
    Ok(())
}

/// Checks that a block has a list of withdrawals, be it empty, exactly from Shanghai on (EIP-4895).
pub fn check_withdrawals_presence(rules: &Rules, present: bool) -> Result<(), HeaderError> {
    let expected = rules.is_active(EthereumHardfork::Shanghai);
    let words = (word(expected), word(present));
    ensure(present == expected, R::Withdrawals, words.0, words.1)
}

/// Checks what follows from the parent: number, timestamp, gas limit, difficulty, base fee, excess blob gas.
///
/// `rules` are the block's. The parent is taken to be valid, and the header to have passed [`check_standalone`]: fields
/// that are absent are not checked here. That the parent is the one that the header names is for the caller to check.
pub fn check_with_parent(
    rules: &Rules,
    header: &Header,
    parent: &Header,
) -> Result<(), HeaderError> {
    let next = u128::from(parent.number) + 1;
    ensure(
        u128::from(header.number) == next,
        R::Number,
        next,
        header.number,
    )?;
    ensure(
        header.timestamp > parent.timestamp,
        R::Timestamp,
        format_args!("after {}", parent.timestamp),
        header.timestamp,
    )?;
    check_gas_limit(header, parent)?;
    difficulty::check(rules, header, parent)?;
    base_fee::check(header, parent)?;
    blob::check_excess(rules, header, parent)
}

/// The limit moves by less than 1/1024 of the parent's, which counts twice at the London fork (EIP-1559).
fn check_gas_limit(header: &Header, parent: &Header) -> Result<(), HeaderError> {
    let first_with_base_fee =
        header.base_fee_per_gas.is_some() && parent.base_fee_per_gas.is_none();
    let factor = if first_with_base_fee {
        DEFAULT_ELASTICITY_MULTIPLIER
    } else {
        1
    };
    let before = u128::from(parent.gas_limit) * u128::from(factor);
    let limit = u128::from(header.gas_limit);
    let bound = before / u128::from(GAS_LIMIT_BOUND_DIVISOR);
    ensure(
        limit.abs_diff(before) < bound,
        R::GasLimitStep,
        format_args!("less than {bound} away from {before}"),
        limit,
    )
}

/// Each field is there exactly from its fork on.
fn check_presence(rules: &Rules, header: &Header) -> Result<(), HeaderError> {
    use EthereumHardfork as F;
    for (rule, fork, present) in [
        (R::BaseFee, F::London, header.base_fee_per_gas.is_some()),
        (
            R::WithdrawalsRoot,
            F::Shanghai,
            header.withdrawals_root.is_some(),
        ),
        (R::BlobGasUsed, F::Cancun, header.blob_gas_used.is_some()),
        (
            R::ExcessBlobGas,
            F::Cancun,
            header.excess_blob_gas.is_some(),
        ),
        (
            R::ParentBeaconBlockRoot,
            F::Cancun,
            header.parent_beacon_block_root.is_some(),
        ),
        (R::RequestsHash, F::Prague, header.requests_hash.is_some()),
        (
            R::BlockAccessListHash,
            F::Amsterdam,
            header.block_access_list_hash.is_some(),
        ),
        (R::SlotNumber, F::Amsterdam, header.slot_number.is_some()),
    ] {
        let expected = rules.is_active(fork);
        ensure(present == expected, rule, word(expected), word(present))?;
    }
    Ok(())
}

const fn word(present: bool) -> &'static str {
    if present { "present" } else { "absent" }
}

fn ensure(
    holds: bool,
    rule: HeaderRule,
    expected: impl fmt::Display,
    got: impl fmt::Display,
) -> Result<(), HeaderError> {
    if holds {
        Ok(())
    } else {
        Err(HeaderError::new(rule, expected, got))
    }
}

#[cfg(test)]
mod tests;

//! Blob parameters by fork (EIP-7840, EIP-7892).

use super::{ChainError, TimeFork};
use alloy_eips::{
    eip7594::MAX_BLOBS_PER_TX_FUSAKA,
    eip7840::{BLOB_BASE_COST, BlobParams},
};
use alloy_hardforks::EthereumHardfork;
use std::collections::BTreeMap;

use EthereumHardfork as F;

/// No network comes near to this many blobs a block; up to it no product in the blob gas formulas overflows.
const MAX_BLOB_COUNT: u64 = 1 << 20;

/// Gives each fork its blob parameters: those of `schedule`, whose keys are fork names in any case, else what the fork's
/// EIP says, else those of the fork before.
///
/// `forks` are pairs of fork and timestamp in order. A blob parameter fork that neither the schedule nor an EIP gives
/// parameters for is an error, as parameters are all that it changes.
pub(super) fn with_blob_params(
    forks: impl IntoIterator<Item = (EthereumHardfork, u64)>,
    schedule: &BTreeMap<String, BlobParams>,
) -> Result<Vec<TimeFork>, ChainError> {
    let mut current = None;
    forks
        .into_iter()
        .map(|(fork, time)| {
            if fork >= F::Cancun {
                let scheduled = schedule
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(fork.name()))
                    .map(|(_, params)| *params);
                let params = match (scheduled, default_params(fork)) {
                    (Some(params), _) | (None, Some(params)) => params,
                    (None, None) if F::bpo_variants().contains(&fork) => {
                        return Err(ChainError::MissingBlobParams(fork));
                    }
                    (None, None) => current.unwrap_or(BlobParams::osaka()),
                };
                check(fork, &params)?;
                current = Some(completed(fork, params));
            }
            Ok(TimeFork {
                fork,
                time,
                blob: current,
            })
        })
        .collect()
}

/// The parameters that the fork's EIP names: EIP-4844, EIP-7691, EIP-7892's first two forks.
const fn default_params(fork: EthereumHardfork) -> Option<BlobParams> {
    match fork {
        F::Cancun => Some(BlobParams::cancun()),
        F::Prague => Some(BlobParams::prague()),
        F::Bpo1 => Some(BlobParams::bpo1()),
        F::Bpo2 => Some(BlobParams::bpo2()),
        _ => None,
    }
}

/// Sets what a schedule does not carry: the limit of blobs a transaction (EIP-7594) and the reserve price's cost
/// (EIP-7918), both from Osaka on.
fn completed(fork: EthereumHardfork, params: BlobParams) -> BlobParams {
    if fork >= F::Osaka {
        params
            .with_max_blobs_per_tx(MAX_BLOBS_PER_TX_FUSAKA)
            .with_blob_base_cost(BLOB_BASE_COST)
    } else {
        params
            .with_max_blobs_per_tx(params.max_blob_count)
            .with_blob_base_cost(0)
    }
}

fn check(fork: EthereumHardfork, params: &BlobParams) -> Result<(), ChainError> {
    let reason = if params.max_blob_count > MAX_BLOB_COUNT {
        "the maximum is too large"
    } else if params.max_blob_count == 0 {
        "the maximum is zero"
    } else if params.target_blob_count > params.max_blob_count {
        "the target is above the maximum"
    } else if params.update_fraction == 0 {
        "the update fraction is zero"
    } else {
        return Ok(());
    };
    Err(ChainError::BadBlobParams { fork, reason })
}

//! The header of a genesis block.

use super::{ChainSpec, Merge};
use alloy_consensus::{
    EMPTY_OMMER_ROOT_HASH, Header,
    constants::{EMPTY_RECEIPTS, EMPTY_TRANSACTIONS, EMPTY_WITHDRAWALS},
};
use alloy_eips::{eip1559::INITIAL_BASE_FEE, eip7685::EMPTY_REQUESTS_HASH};
use alloy_genesis::Genesis;
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::{B64, B256};

use EthereumHardfork as F;

/// The header of a chain's genesis block, whose state has the root `state_root`.
///
/// Fields of a fork are there if it is active at the genesis, by timestamp alone where it begins with one: clients do
/// not ask there whether the terminal total difficulty has been reached. What the genesis does not name has its value
/// for an empty block, and an initial base fee of 1 gwei (EIP-1559). A base fee beyond 64 bits is cut to the largest
/// that a header can hold, so that the hash does not fit the chain.
pub fn genesis_header(genesis: &Genesis, chain: &ChainSpec, state_root: B256) -> Header {
    let number = genesis.number.unwrap_or(0);
    let by_time = ChainSpec {
        merge: chain.merge.map(|_| Merge::Block(0)),
        ..chain.clone()
    };
    let rules = by_time.rules_at(number, genesis.timestamp, None);
    let since = |fork| rules.is_active(fork).then_some(());
    Header {
        parent_hash: genesis.parent_hash.unwrap_or_default(),
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: genesis.coinbase,
        state_root,
        transactions_root: EMPTY_TRANSACTIONS,
        receipts_root: EMPTY_RECEIPTS,
        difficulty: genesis.difficulty,
        number,
        gas_limit: genesis.gas_limit,
        timestamp: genesis.timestamp,
        extra_data: genesis.extra_data.clone(),
        mix_hash: genesis.mix_hash,
        nonce: B64::from(genesis.nonce),
        base_fee_per_gas: since(F::London).map(|()| {
            genesis.base_fee_per_gas.map_or(INITIAL_BASE_FEE, |fee| {
                u64::try_from(fee).unwrap_or(u64::MAX)
            })
        }),
        withdrawals_root: since(F::Shanghai).map(|()| EMPTY_WITHDRAWALS),
        blob_gas_used: since(F::Cancun).map(|()| genesis.blob_gas_used.unwrap_or(0)),
        excess_blob_gas: since(F::Cancun).map(|()| genesis.excess_blob_gas.unwrap_or(0)),
        parent_beacon_block_root: since(F::Cancun).map(|()| B256::ZERO),
        requests_hash: since(F::Prague).map(|()| EMPTY_REQUESTS_HASH),
        // The hash of an empty access list (EIP-7928) is that of any empty RLP list.
        block_access_list_hash: since(F::Amsterdam).map(|()| EMPTY_OMMER_ROOT_HASH),
        slot_number: since(F::Amsterdam).map(|()| genesis.slot_number.unwrap_or(0)),
        ..Header::default()
    }
}

//! Receipts as executed, and their consensus encoding.

use crate::{Engine, block::Transaction};
use alloy_consensus::{Eip658Value, ReceiptEnvelope, ReceiptWithBloom, TxType};
use alloy_eips::Encodable2718;
use alloy_evm::{
    Evm,
    eth::receipt_builder::{ReceiptBuilder, ReceiptBuilderCtx},
};
use alloy_primitives::{B256, Bloom};

/// A receipt with its bloom filter.
pub type Receipt = ReceiptEnvelope;

/// Builds receipts with a status, as from Byzantium on (EIP-658), and without the logs bloom, which is a seventh of the
/// time of an average block and left to [`fill_blooms`] or, in a batch, to [`fill_blooms_in_batch`].
#[derive(Debug, Clone, Copy)]
pub struct Builder;

impl ReceiptBuilder for Builder {
    type Transaction = Transaction;
    type Receipt = Receipt;

    fn build_receipt<E: Evm>(&self, ctx: ReceiptBuilderCtx<'_, TxType, E>) -> Receipt {
        let receipt = alloy_consensus::Receipt {
            status: Eip658Value::Eip658(ctx.result.is_success()),
            cumulative_gas_used: ctx.cumulative_gas_used,
            logs: ctx.result.into_logs(),
        };
        let receipt = ReceiptWithBloom::new(receipt, Bloom::ZERO);
        match ctx.tx_type {
            TxType::Legacy => Receipt::Legacy(receipt),
            TxType::Eip2930 => Receipt::Eip2930(receipt),
            TxType::Eip1559 => Receipt::Eip1559(receipt),
            TxType::Eip4844 => Receipt::Eip4844(receipt),
            TxType::Eip7702 => Receipt::Eip7702(receipt),
        }
    }
}

/// Fills in the logs bloom of each receipt, one hash after the other.
pub fn fill_blooms(receipts: &mut [Receipt]) {
    for receipt in receipts {
        *bloom_of(receipt) = alloy_primitives::logs_bloom(receipt.logs());
    }
}

/// Fills in the logs bloom of each receipt; all that they hash goes to the engine as one batch.
pub fn fill_blooms_in_batch(engine: &Engine, receipts: &mut [Receipt]) {
    let entries = |receipt: &Receipt| {
        let logs = receipt.logs().iter();
        logs.map(|log| 1 + log.topics().len()).sum::<usize>()
    };
    let hashes = {
        let logs = receipts.iter().flat_map(Receipt::logs);
        let messages: Vec<&[u8]> = logs
            .flat_map(|log| {
                let topics = log.topics().iter().map(B256::as_slice);
                std::iter::once(log.address.as_slice()).chain(topics)
            })
            .collect();
        engine.keccak256(&messages)
    };
    let mut hashes = hashes.iter();
    for receipt in receipts {
        let count = entries(receipt);
        let bloom = bloom_of(receipt);
        *bloom = Bloom::ZERO;
        for hash in hashes.by_ref().take(count) {
            bloom.m3_2048_hashed(hash);
        }
    }
}

fn bloom_of(receipt: &mut Receipt) -> &mut Bloom {
    match receipt {
        Receipt::Legacy(inner)
        | Receipt::Eip2930(inner)
        | Receipt::Eip1559(inner)
        | Receipt::Eip4844(inner)
        | Receipt::Eip7702(inner) => &mut inner.logs_bloom,
    }
}

/// Puts the state root after the transaction in the place of the status, as before Byzantium.
///
/// Only legacy receipts can hold one; others are left as they are (no such fork knows them).
pub fn set_state_root(receipt: &mut Receipt, root: B256) {
    if let Receipt::Legacy(inner) = receipt {
        inner.receipt.status = Eip658Value::PostState(root);
    }
}

/// The consensus encoding of each receipt (EIP-2718), the values of the receipts trie.
pub fn encode(receipts: &[Receipt]) -> Vec<Vec<u8>> {
    receipts.iter().map(Encodable2718::encoded_2718).collect()
}

/// The union of the receipts' bloom filters.
pub fn logs_bloom(receipts: &[Receipt]) -> Bloom {
    receipts
        .iter()
        .fold(Bloom::ZERO, |bloom, receipt| bloom | *receipt.logs_bloom())
}

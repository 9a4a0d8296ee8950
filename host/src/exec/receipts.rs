//! Receipts as executed, and their consensus encoding.

use crate::block::Transaction;
use alloy_consensus::{Eip658Value, ReceiptEnvelope, TxType};
use alloy_eips::Encodable2718;
use alloy_evm::{
    Evm,
    eth::receipt_builder::{ReceiptBuilder, ReceiptBuilderCtx},
};
use alloy_primitives::{B256, Bloom};

/// A receipt with its bloom filter.
pub type Receipt = ReceiptEnvelope;

/// Builds receipts with a status, as from Byzantium on (EIP-658).
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
        }
        .with_bloom();
        match ctx.tx_type {
            TxType::Legacy => Receipt::Legacy(receipt),
            TxType::Eip2930 => Receipt::Eip2930(receipt),
            TxType::Eip1559 => Receipt::Eip1559(receipt),
            TxType::Eip4844 => Receipt::Eip4844(receipt),
            TxType::Eip7702 => Receipt::Eip7702(receipt),
        }
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

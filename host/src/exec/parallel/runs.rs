//! A block's transactions in runs: consecutive ones that one thread tries together.
//!
//! What is handed from thread to thread costs about as much as a plain transfer, so cheap transactions go in runs. Within
//! a run each transaction is shown what those before it did; a dear one goes by itself, so that others see what it did as
//! soon as may be.

use crate::block::Transaction;
use alloy_consensus::Transaction as _;
use std::ops::Range;

/// The weight at which a run ends.
const RUN: u32 = 16;
/// What a plain transfer weighs: it takes 1 to 2 µs.
const TRANSFER: u32 = 1;
/// What anything else weighs: a call takes 10 to 100 µs.
const CALL: u32 = 16;

/// True for what is most likely a plain transfer of ether.
pub(crate) fn is_transfer(transaction: &Transaction) -> bool {
    transaction.input().is_empty() && transaction.to().is_some()
}

/// Cuts transactions into runs: all of them, each once, in order.
pub(super) fn cut(transactions: &[Transaction]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut begin = 0;
    let mut weight = 0;
    for (index, transaction) in transactions.iter().enumerate() {
        let own = if is_transfer(transaction) {
            TRANSFER
        } else {
            CALL
        };
        if weight > 0 && weight + own > RUN {
            runs.push(begin..index);
            (begin, weight) = (index, 0);
        }
        weight += own;
    }
    if weight > 0 {
        runs.push(begin..transactions.len());
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::tests::{BOB, transaction};
    use alloy_primitives::TxKind;

    #[test]
    fn every_transaction_is_in_one_run_in_order() {
        let transfer = |_| transaction(0, BOB, 1, []);
        let call = |_| transaction(0, BOB, 1, [1]);
        let create = |_| transaction(0, TxKind::Create, 0, []);
        let mut block: Vec<Transaction> = (0..40).map(transfer).collect();
        block.extend((0..3).map(call));
        block.extend((0..2).map(create));
        block.extend((0..5).map(transfer));
        let runs = cut(&block);
        let expected = [
            0..16,
            16..32,
            32..40,
            40..41,
            41..42,
            42..43,
            43..44,
            44..45,
            45..50,
        ];
        assert_eq!(runs, expected);
        assert!(cut(&[]).is_empty());
    }
}

//! A block's transactions in runs: consecutive ones that one thread tries together.
//!
//! What is handed from thread to thread costs about as much as a plain transfer, so cheap transactions go in runs, by the
//! gas that they may use. Within a run each transaction is shown what those before it did; a dear one goes by itself, so
//! that others see what it did as soon as may be.

use crate::block::Transaction;
use alloy_consensus::Transaction as _;
use std::ops::Range;

/// Cuts transactions into runs: all of them, each once, in order.
pub(super) fn cut(transactions: &[Transaction], run_gas: u64) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut begin = 0;
    let mut gas = 0u64;
    for (index, transaction) in transactions.iter().enumerate() {
        let own = transaction.gas_limit();
        if begin < index && gas.saturating_add(own) > run_gas {
            runs.push(begin..index);
            (begin, gas) = (index, 0);
        }
        gas = gas.saturating_add(own);
    }
    if begin < transactions.len() {
        runs.push(begin..transactions.len());
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::tests::legacy;
    use alloy_consensus::TxLegacy;

    const RUN_GAS: u64 = 336_000;

    #[test]
    fn every_transaction_is_in_one_run_in_order() {
        let with_gas = |gas_limit| {
            legacy(TxLegacy {
                gas_limit,
                ..TxLegacy::default()
            })
        };
        let mut block = vec![with_gas(21_000); 40];
        block.extend([RUN_GAS, RUN_GAS + 1, u64::MAX, 1, 2].map(with_gas));
        assert_eq!(
            cut(&block, RUN_GAS),
            [0..16, 16..32, 32..40, 40..41, 41..42, 42..43, 43..45]
        );
        assert!(cut(&[], RUN_GAS).is_empty());
    }
}

//! Receipts of a made-up block.

use super::Words;
use alloy_consensus::{Eip658Value, Receipt, ReceiptEnvelope, TxType};
use alloy_eips::Encodable2718;
use alloy_primitives::{B256, Bytes, Log};

/// The encodings of receipts (EIP-2718), the items of an index trie. A third has no log, as transfers have none; others
/// have up to 12, of one to four topics and up to 128 bytes of data each.
pub fn encoded(seed: u64, count: usize) -> Vec<Vec<u8>> {
    let mut words = Words::new(seed);
    let mut gas_used = 0;
    let receipt = |_| {
        gas_used += 21_000 + words.below(60_000) as u64 * 3;
        receipt(&mut words, gas_used).encoded_2718()
    };
    (0..count).map(receipt).collect()
}

fn receipt(words: &mut Words, cumulative_gas_used: u64) -> ReceiptEnvelope {
    let logs = match words.below(12) {
        0..4 => 0,
        4..9 => 1 + words.below(3),
        _ => 4 + words.below(9),
    };
    let receipt = Receipt {
        status: Eip658Value::Eip658(words.below(50) > 0),
        cumulative_gas_used,
        logs: (0..logs).map(|_| log(words)).collect(),
    };
    let tx_type = match words.below(10) {
        0..2 => TxType::Legacy,
        2 => TxType::Eip2930,
        3 => TxType::Eip4844,
        _ => TxType::Eip1559,
    };
    ReceiptEnvelope::from_typed(tx_type, receipt.with_bloom())
}

fn log(words: &mut Words) -> Log {
    let address = words.address();
    let topics = 1 + words.below(4);
    let topics = (0..topics).map(|_| B256::new(words.next())).collect();
    let length = 32 * words.below(5);
    let data = Bytes::from(words.bytes(length));
    Log::new_unchecked(address, topics, data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_eips::Decodable2718;

    #[test]
    fn receipts_decode_and_differ() {
        let receipts = encoded(1, 200);
        assert_eq!(receipts, encoded(1, 200));
        let mut logs = Vec::new();
        for bytes in &receipts {
            let receipt = ReceiptEnvelope::<Log>::decode_2718_exact(bytes).expect("a receipt");
            logs.push(receipt.logs().len());
        }
        assert!(
            logs.contains(&0) && logs.iter().max() > Some(&8),
            "{logs:?}"
        );
        let bytes: usize = receipts.iter().map(Vec::len).sum();
        assert!((100_000..300_000).contains(&bytes), "{bytes}");
    }
}

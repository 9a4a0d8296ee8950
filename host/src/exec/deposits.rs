//! The layout of deposit events (EIP-6110), which the block executor reads leniently and the EIP strictly.

use super::Receipt;
use alloy_primitives::{Address, B256, Log, U256, b256};

/// Keccak-256 of `DepositEvent(bytes,bytes,bytes,bytes,bytes)`.
const TOPIC: B256 = b256!("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");
const DATA_LENGTH: usize = 576;
/// Where each field begins in the data, and the length that stands there.
const FIELDS: [(usize, u64); 5] = [(160, 48), (256, 32), (320, 8), (384, 96), (512, 8)];

/// True if every deposit event of the contract has the one layout that the EIP allows; a block with another is invalid.
pub(super) fn have_valid_layout(contract: Address, receipts: &[Receipt]) -> bool {
    let mut logs = receipts.iter().flat_map(Receipt::logs);
    logs.all(|log| {
        let is_deposit = log.address == contract && log.topics().first() == Some(&TOPIC);
        !is_deposit || has_valid_layout(log)
    })
}

fn has_valid_layout(log: &Log) -> bool {
    let data = log.data.data.as_ref();
    let word = |at: usize| Some(U256::from_be_slice(data.get(at..at.checked_add(32)?)?));
    data.len() == DATA_LENGTH
        && FIELDS.iter().enumerate().all(|(index, &(at, length))| {
            word(32 * index) == Some(U256::from(at)) && word(at) == Some(U256::from(length))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_consensus::Receipt as Plain;
    use alloy_primitives::{Bytes, LogData, keccak256};

    fn event() -> Vec<u8> {
        let mut data = vec![0; DATA_LENGTH];
        for (index, (at, length)) in FIELDS.into_iter().enumerate() {
            data[32 * index + 24..32 * index + 32].copy_from_slice(&(at as u64).to_be_bytes());
            data[at + 24..at + 32].copy_from_slice(&length.to_be_bytes());
        }
        data
    }

    fn valid(address: Address, topic: B256, data: Vec<u8>) -> bool {
        let data = LogData::new_unchecked(vec![topic], Bytes::from(data));
        let receipt = Plain {
            logs: vec![Log { address, data }],
            ..Default::default()
        };
        have_valid_layout(Address::ZERO, &[Receipt::Legacy(receipt.with_bloom())])
    }

    #[test]
    fn the_topic_is_the_events_hash() {
        assert_eq!(
            TOPIC,
            keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)")
        );
    }

    #[test]
    fn every_offset_and_length_counts() {
        assert!(valid(Address::ZERO, TOPIC, event()));
        for at in (0..160).step_by(32).chain([160, 256, 320, 384, 512]) {
            for byte in [at, at + 31] {
                let mut data = event();
                data[byte] ^= 1;
                assert!(!valid(Address::ZERO, TOPIC, data), "byte {byte}");
            }
        }
        let mut longer = event();
        longer.push(0);
        assert!(!valid(Address::ZERO, TOPIC, longer));
        assert!(!valid(Address::ZERO, TOPIC, event()[..575].to_vec()));
        assert!(!valid(Address::ZERO, TOPIC, Vec::new()));
    }

    #[test]
    fn other_contracts_and_events_are_free() {
        assert!(valid(Address::repeat_byte(1), TOPIC, Vec::new()));
        assert!(valid(Address::ZERO, B256::ZERO, Vec::new()));
    }
}

//! The accumulator root of an era of headers before the merge.
//!
//! An era is up to 8,192 header records `(block hash, total difficulty)`; its accumulator is the SSZ hash tree root of
//! `List[HeaderRecord, 8192]` (Portal network, "history" header accumulator; era1 file format).

use alloy_primitives::{B256, U256};
use sha2::{Digest, Sha256};

/// Records in a full era.
pub const ERA_LENGTH: usize = 8192;

/// The hash tree root of an era's records; `None` if there are more than [`ERA_LENGTH`].
pub fn root(records: &[(B256, U256)]) -> Option<B256> {
    if records.len() > ERA_LENGTH {
        return None;
    }
    let mut level: Vec<B256> = records
        .iter()
        .map(|(hash, total_difficulty)| pair(hash, &B256::from(total_difficulty.to_le_bytes())))
        .collect();
    let mut padding = B256::ZERO;
    for _ in 0..ERA_LENGTH.ilog2() {
        level = level
            .chunks(2)
            .map(|nodes| match nodes {
                [left, right] => pair(left, right),
                [left] => pair(left, &padding),
                _ => padding,
            })
            .collect();
        padding = pair(&padding, &padding);
    }
    let mut length = B256::ZERO;
    length[..8].copy_from_slice(&(records.len() as u64).to_le_bytes());
    Some(pair(level.first().unwrap_or(&padding), &length))
}

fn pair(left: &B256, right: &B256) -> B256 {
    let mut hasher = Sha256::new();
    hasher.update(left);
    hasher.update(right);
    B256::from_slice(&hasher.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition without shortcuts: all 8,192 leaves, zero where there is no record.
    fn naive(records: &[(B256, U256)]) -> B256 {
        let mut level = vec![B256::ZERO; ERA_LENGTH];
        for (leaf, (hash, td)) in level.iter_mut().zip(records) {
            *leaf = pair(hash, &B256::from(td.to_le_bytes()));
        }
        while level.len() > 1 {
            level = level.chunks(2).map(|n| pair(&n[0], &n[1])).collect();
        }
        let mut length = B256::ZERO;
        length[..8].copy_from_slice(&(records.len() as u64).to_le_bytes());
        pair(&level[0], &length)
    }

    #[test]
    fn agrees_with_the_definition_at_every_kind_of_length() {
        let records: Vec<(B256, U256)> = (0..ERA_LENGTH)
            .map(|i| (B256::with_last_byte(i as u8), U256::from(i * i)))
            .collect();
        for length in [0, 1, 2, 3, 5, 8, 1000, 4096, 4097, 8191, 8192] {
            assert_eq!(
                root(&records[..length]),
                Some(naive(&records[..length])),
                "{length}"
            );
        }
        let too_many = vec![(B256::ZERO, U256::ZERO); ERA_LENGTH + 1];
        assert_eq!(root(&too_many), None);
    }
}

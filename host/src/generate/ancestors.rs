//! Hashes of the last blocks.

use crate::exec::BlockHashes;
use alloy_primitives::B256;
use std::collections::VecDeque;

/// How many ancestors BLOCKHASH reaches.
const REACH: usize = 256;

/// The hashes of the last blocks of a chain, as many as a block can ask for.
#[derive(Debug, Clone)]
pub(super) struct Ancestors {
    latest: B256,
    latest_number: u64,
    /// Those before the latest, the newest first.
    earlier: VecDeque<B256>,
}

impl Ancestors {
    pub(super) fn new(genesis: B256) -> Self {
        Self {
            latest: genesis,
            latest_number: 0,
            earlier: VecDeque::new(),
        }
    }

    pub(super) fn latest(&self) -> B256 {
        self.latest
    }

    pub(super) fn push(&mut self, hash: B256) {
        self.earlier.push_front(self.latest);
        self.earlier.truncate(REACH - 1);
        self.latest = hash;
        self.latest_number += 1;
    }
}

impl BlockHashes for Ancestors {
    fn block_hash(&self, number: u64) -> Option<B256> {
        match self.latest_number.checked_sub(number)? {
            0 => Some(self.latest),
            depth => {
                let place = usize::try_from(depth - 1).ok()?;
                self.earlier.get(place).copied()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_256_blocks() {
        let hash = |number| B256::left_padding_from(&u64::to_be_bytes(number));
        let mut ancestors = Ancestors::new(hash(0));
        assert_eq!(ancestors.block_hash(0), Some(hash(0)));
        for number in 1..=300 {
            ancestors.push(hash(number));
        }
        assert_eq!(ancestors.latest(), hash(300));
        for number in 45..=300 {
            assert_eq!(ancestors.block_hash(number), Some(hash(number)));
        }
        assert_eq!(ancestors.block_hash(44), None);
        assert_eq!(ancestors.block_hash(301), None);
    }
}

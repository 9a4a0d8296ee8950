//! Extra data at the DAO fork (EIP-779).

use super::{HeaderError, HeaderRule};
use crate::chain::Rules;
use alloy_consensus::Header;
use alloy_primitives::hex;

/// "dao-hard-fork", by which both sides of the fork tell their blocks apart.
const DAO_EXTRA_DATA: &[u8] = b"dao-hard-fork";

/// Blocks from the fork block on, that included, for which the extra data is ruled.
const DAO_EXTRA_DATA_BLOCKS: u64 = 10;

pub(super) fn check(rules: &Rules, header: &Header) -> Result<(), HeaderError> {
    let near = |fork: Option<u64>| {
        fork.and_then(|block| header.number.checked_sub(block))
            .is_some_and(|since| since < DAO_EXTRA_DATA_BLOCKS)
    };
    let marked = *header.extra_data == *DAO_EXTRA_DATA;
    let expected = if near(rules.dao_fork_block) && !marked {
        format!("0x{}", hex::encode(DAO_EXTRA_DATA))
    } else if near(rules.dao_refused_block) && marked {
        format!("other than 0x{}", hex::encode(DAO_EXTRA_DATA))
    } else {
        return Ok(());
    };
    let got = &header.extra_data;
    Err(HeaderError::new(HeaderRule::DaoExtraData, expected, got))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::ChainSpec;

    fn check_at(chain: &ChainSpec, number: u64, marked: bool) -> bool {
        let extra = if marked { DAO_EXTRA_DATA } else { b"dao" };
        let header = Header {
            number,
            extra_data: extra.into(),
            ..Header::default()
        };
        check(&chain.rules_at(number, 0, None), &header).is_ok()
    }

    #[test]
    fn ten_blocks_carry_the_mark() {
        assert_eq!(hex::encode(DAO_EXTRA_DATA), "64616f2d686172642d666f726b");
        let chain = ChainSpec::mainnet();
        for number in [1_919_999, 1_920_010] {
            assert!(check_at(&chain, number, false) && check_at(&chain, number, true));
        }
        for number in 1_920_000..1_920_010 {
            assert!(check_at(&chain, number, true) && !check_at(&chain, number, false));
        }
    }

    #[test]
    fn chains_that_refused_refuse_the_mark() {
        let mut chain = ChainSpec::mainnet();
        chain.dao.as_mut().unwrap().taken = false;
        for number in [1_919_999, 1_920_010] {
            assert!(check_at(&chain, number, false) && check_at(&chain, number, true));
        }
        for number in 1_920_000..1_920_010 {
            assert!(check_at(&chain, number, false) && !check_at(&chain, number, true));
        }
    }
}

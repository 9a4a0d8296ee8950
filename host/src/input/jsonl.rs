//! Blocks listed one a line, `{"number", "hash", "block"}`, or with `header` and `txs` in the place of `block`.

use super::{
    InputError, ListedBlock,
    text::{Quantity, short},
};
use crate::block::{Block, BlockDecodeError, Ommers, Transaction, header_hash};
use alloy_consensus::{
    Header,
    constants::{EMPTY_OMMER_ROOT_HASH, EMPTY_ROOT_HASH},
};
use alloy_eips::{
    eip2718::{Decodable2718, Eip2718Error, Encodable2718},
    eip4895::Withdrawals,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, de::IgnoredAny};

#[derive(Deserialize)]
struct Line {
    number: Option<Quantity>,
    hash: Option<B256>,
    block: Option<Bytes>,
    header: Option<Bytes>,
    txs: Option<Vec<Bytes>>,
    senders: Option<Vec<Address>>,
    receipts: Option<Vec<Bytes>>,
    /// Present in an execution witness, which holds a block as well.
    state: Option<IgnoredAny>,
}

/// Reads a line; `None` if it is JSON and something other than a listed block.
pub(super) fn read(line: &[u8]) -> Result<Option<ListedBlock>, InputError> {
    let line: Line = serde_json::from_slice(line)?;
    if line.state.is_some() {
        return Ok(None);
    }
    let block = match (line.block, line.header, line.txs) {
        (Some(block), _, _) => Block::decode(&block),
        (None, Some(header), Some(txs)) => assemble(&header, &txs),
        _ => return Ok(None),
    };
    // Reports call the block by the line's number.
    if let (Ok(block), Some(number)) = (&block, line.number)
        && number.0 != U256::from(block.header.number)
    {
        let reason = format!("the block has number {}", block.header.number);
        return Err(InputError::field("number", reason));
    }
    let label = match (line.number, line.hash) {
        (Some(number), _) => number.0.to_string(),
        (None, Some(hash)) => hash.to_string(),
        (None, None) => "a block".to_owned(),
    };
    Ok(Some(ListedBlock {
        block: block.map(|block| Block {
            claimed_hash: line.hash,
            ..block
        }),
        label,
        senders: line.senders,
        receipts: line.receipts,
    }))
}

/// A line that is no block, kept so that it is counted and reported.
pub(super) fn bad(line: u64, error: &InputError) -> ListedBlock {
    ListedBlock {
        block: Err(BlockDecodeError::Rlp(alloy_rlp::Error::Custom(
            "the line does not hold a block",
        ))),
        label: format!("line {line}: {}", short(&error.to_string())),
        senders: None,
        receipts: None,
    }
}

/// A block of the given header and transactions. Where the header commits to ommers, none is known; to withdrawals, the
/// list is not enough.
fn assemble(header: &[u8], txs: &[Bytes]) -> Result<Block, BlockDecodeError> {
    let decoded = alloy_rlp::decode_exact::<Header>(header)?;
    if alloy_rlp::encode(&decoded) != header {
        return Err(BlockDecodeError::NotCanonical);
    }
    let ommers = if decoded.ommers_hash == EMPTY_OMMER_ROOT_HASH {
        Ommers::Headers(Vec::new())
    } else {
        Ommers::Unknown
    };
    let withdrawals = match decoded.withdrawals_root {
        None => None,
        Some(EMPTY_ROOT_HASH) => Some(Withdrawals::default()),
        Some(_) => {
            let what = "the block has withdrawals, which the list leaves out";
            return Err(alloy_rlp::Error::Custom(what).into());
        }
    };
    let transactions = txs
        .iter()
        .map(|bytes| {
            let mut rest = bytes.as_ref();
            let tx = Transaction::decode_2718(&mut rest).map_err(|error| match error {
                Eip2718Error::RlpError(error) => error,
                _ => alloy_rlp::Error::Custom("unknown transaction type"),
            })?;
            match rest.len() {
                0 if tx.encoded_2718() == bytes.as_ref() => Ok(tx),
                0 => Err(BlockDecodeError::NotCanonical),
                more => Err(BlockDecodeError::Trailing(more)),
            }
        })
        .collect::<Result<_, _>>()?;
    Ok(Block {
        hash: header_hash(&decoded),
        header: decoded,
        claimed_hash: None,
        transactions,
        ommers,
        withdrawals,
        encoded_length: None,
    })
}

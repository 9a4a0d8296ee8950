//! Blocks as `eth_getBlockByNumber` returns them, with whole transactions.

use super::{InputError, json_tx::RpcTransaction, witness::Envelope};
use crate::block::{Block, Ommers, header_hash};
use alloy_consensus::Header;
use alloy_eips::eip4895::Withdrawals;
use alloy_primitives::B256;
use serde::{Deserialize, de::DeserializeOwned};

/// All but the header, whose fields lie between these.
#[derive(Deserialize)]
struct Rest {
    hash: Option<B256>,
    #[serde(default)]
    uncles: Vec<B256>,
    transactions: Vec<RpcTransaction>,
    withdrawals: Option<Withdrawals>,
}

/// Reads a block. Fields that follow from others (`totalDifficulty`, `size`, `author`, a transaction's `hash` and
/// `from`) are not read: whatever the verifier says of the block, it says of its header and signed transactions.
pub(super) fn read(document: &[u8], enveloped: bool) -> Result<Block, InputError> {
    fn part<T: DeserializeOwned>(document: &[u8], enveloped: bool) -> serde_json::Result<T> {
        if enveloped {
            serde_json::from_slice::<Envelope<T>>(document).map(|envelope| envelope.result)
        } else {
            serde_json::from_slice(document)
        }
    }
    let header: Header = part(document, enveloped)?;
    let rest: Rest = part(document, enveloped)?;
    Ok(Block {
        hash: header_hash(&header),
        header,
        claimed_hash: rest.hash,
        transactions: rest
            .transactions
            .into_iter()
            .enumerate()
            .map(|(index, tx)| {
                tx.signed()
                    .map_err(|error| InputError::field(format!("transactions[{index}]"), error))
            })
            .collect::<Result<_, _>>()?,
        ommers: Ommers::Hashes(rest.uncles),
        withdrawals: rest.withdrawals,
        encoded_length: None,
    })
}

//! Blocks as the verifier takes them: decoded, and checked to be the canonical encoding of what they decode to.

use alloy_consensus::{EthereumTxEnvelope, Header, TxEip4844, TxEnvelope};
use alloy_eips::{
    eip2718::{Decodable2718, Encodable2718},
    eip4895::Withdrawals,
};
use alloy_primitives::{B256, keccak256};
use alloy_rlp::{Decodable, Encodable};

/// A signed transaction of any type as it stands in a block: an EIP-4844 transaction without its sidecar.
pub type Transaction = EthereumTxEnvelope<TxEip4844>;

/// The ommers of a block, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ommers {
    /// The whole headers.
    Headers(Vec<Header>),
    /// Only their hashes, as `eth_getBlockByNumber` gives them.
    Hashes(Vec<B256>),
    /// Nothing: the source leaves them out, and the header says that there are some.
    Unknown,
}

impl Ommers {
    /// True if the block is known to have no ommer.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Headers(headers) => headers.is_empty(),
            Self::Hashes(hashes) => hashes.is_empty(),
            Self::Unknown => false,
        }
    }

    /// The whole headers, if they are known.
    pub fn headers(&self) -> Option<&[Header]> {
        match self {
            Self::Headers(headers) => Some(headers),
            Self::Hashes(hashes) if hashes.is_empty() => Some(&[]),
            Self::Hashes(_) | Self::Unknown => None,
        }
    }
}

/// A decoded block and what its source claims of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// Keccak-256 of the header's RLP, computed here.
    pub hash: B256,
    /// The hash that the source names for this block, if it names one.
    pub claimed_hash: Option<B256>,
    /// The transactions in block order.
    pub transactions: Vec<Transaction>,
    /// The ommers.
    pub ommers: Ommers,
    /// The withdrawals, present from Shanghai on.
    pub withdrawals: Option<Withdrawals>,
    /// Length in bytes of the block's RLP (EIP-7934), where the source gives the whole block.
    pub encoded_length: Option<usize>,
}

/// Why bytes are not a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockDecodeError {
    /// The RLP is malformed or holds a value out of its field's range.
    #[error("block RLP: {0}")]
    Rlp(#[from] alloy_rlp::Error),
    /// Bytes follow the block.
    #[error("block RLP: {0} bytes follow the block")]
    Trailing(usize),
    /// Decoding and encoding again gives other bytes.
    #[error("block RLP is not canonical")]
    NotCanonical,
}

type WireBlock = alloy_consensus::Block<Transaction>;

impl Block {
    /// Decodes the RLP of a whole block, `[header, transactions, ommers, withdrawals?]`.
    pub fn decode(bytes: &[u8]) -> Result<Self, BlockDecodeError> {
        let mut rest = bytes;
        let wire = WireBlock::decode(&mut rest)?;
        if !rest.is_empty() {
            return Err(BlockDecodeError::Trailing(rest.len()));
        }
        // Roots and hashes below are computed from re-encoded parts, which is only sound if encoding is an inverse.
        let mut again = Vec::with_capacity(bytes.len());
        wire.encode(&mut again);
        if again != bytes {
            return Err(BlockDecodeError::NotCanonical);
        }
        let body = wire.body;
        Ok(Self {
            hash: header_hash(&wire.header),
            header: wire.header,
            claimed_hash: None,
            transactions: body.transactions,
            ommers: Ommers::Headers(body.ommers),
            withdrawals: body.withdrawals,
            encoded_length: Some(bytes.len()),
        })
    }

    /// Encodes the block as RLP; `None` where its ommers are known by hash only.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let ommers = self.ommers.headers()?;
        let wire = WireBlock {
            header: self.header.clone(),
            body: alloy_consensus::BlockBody {
                transactions: self.transactions.clone(),
                ommers: ommers.to_vec(),
                withdrawals: self.withdrawals.clone(),
            },
        };
        let mut out = Vec::new();
        wire.encode(&mut out);
        Some(out)
    }
}

/// Why bytes are not a signed transaction.
#[derive(Debug, thiserror::Error)]
pub enum TransactionDecodeError {
    /// The bytes are malformed, or others follow the transaction.
    #[error("transaction: {0}")]
    Malformed(#[from] alloy_eips::eip2718::Eip2718Error),
    /// Decoding and encoding again gives other bytes.
    #[error("transaction: the encoding is not canonical")]
    NotCanonical,
}

/// Decodes a signed transaction that stands alone: legacy RLP, or any EIP-2718 type. A blob transaction may come with its
/// sidecar, which is dropped.
pub fn decode_transaction(bytes: &[u8]) -> Result<Transaction, TransactionDecodeError> {
    let transaction = TxEnvelope::decode_2718_exact(bytes)?;
    // What was signed is encoded from the decoded transaction, which is only sound if encoding is an inverse.
    if transaction.encoded_2718() != bytes {
        return Err(TransactionDecodeError::NotCanonical);
    }
    Ok(transaction.map_eip4844(TxEip4844::from))
}

/// Keccak-256 of a header's RLP.
pub fn header_hash(header: &Header) -> B256 {
    let mut rlp = Vec::with_capacity(700);
    header.encode(&mut rlp);
    keccak256(rlp)
}

#[cfg(test)]
mod tests;

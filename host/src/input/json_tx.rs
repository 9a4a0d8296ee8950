//! Transactions as JSON-RPC gives them.

use super::{InputError, text::Quantity};
use crate::block::Transaction;
use alloy_consensus::{Signed, TxEip1559, TxEip2930, TxEip4844, TxEip7702, TxLegacy};
use alloy_eips::{eip2930::AccessList, eip7702::SignedAuthorization};
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};
use serde::Deserialize;

/// The fields of every type; which of them a transaction has depends on its type.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RpcTransaction {
    #[serde(rename = "type")]
    ty: Option<Quantity>,
    chain_id: Option<Quantity>,
    nonce: Quantity,
    gas: Quantity,
    gas_price: Option<Quantity>,
    max_fee_per_gas: Option<Quantity>,
    max_priority_fee_per_gas: Option<Quantity>,
    max_fee_per_blob_gas: Option<Quantity>,
    to: Option<Address>,
    value: Quantity,
    input: Bytes,
    access_list: Option<AccessList>,
    blob_versioned_hashes: Option<Vec<B256>>,
    authorization_list: Option<Vec<SignedAuthorization>>,
    r: Quantity,
    s: Quantity,
    v: Option<Quantity>,
    y_parity: Option<Quantity>,
}

fn need<T>(field: &'static str, value: Option<T>) -> Result<T, InputError> {
    value.ok_or_else(|| InputError::field(field, "is absent"))
}

impl RpcTransaction {
    /// The signed transaction. Its hash is computed from it when asked for, and not what the source says.
    pub(super) fn signed(self) -> Result<Transaction, InputError> {
        let ty: u8 = self.ty.unwrap_or_default().small("type")?;
        let (chain_id, parity) = match ty {
            0 => self.legacy_v()?,
            _ => (
                Some(need("chainId", self.chain_id)?.small("chainId")?),
                self.parity()?,
            ),
        };
        let signature = Signature::new(self.r.0, self.s.0, parity);
        let nonce = self.nonce.small("nonce")?;
        let gas_limit = self.gas.small("gas")?;
        let value = self.value.0;
        let fee = |field, fee: Option<Quantity>| need(field, fee)?.small::<u128>(field);
        let kind = self.to.map_or(TxKind::Create, TxKind::Call);
        if ty == 0 {
            let tx = TxLegacy {
                chain_id,
                nonce,
                gas_price: fee("gasPrice", self.gas_price)?,
                gas_limit,
                to: kind,
                value,
                input: self.input,
            };
            return Ok(Transaction::Legacy(Signed::new_unhashed(tx, signature)));
        }
        let chain_id = need("chainId", chain_id)?;
        let access_list = need("accessList", self.access_list)?;
        if ty == 1 {
            let tx = TxEip2930 {
                chain_id,
                nonce,
                gas_price: fee("gasPrice", self.gas_price)?,
                gas_limit,
                to: kind,
                value,
                access_list,
                input: self.input,
            };
            return Ok(Transaction::Eip2930(Signed::new_unhashed(tx, signature)));
        }
        let max_fee_per_gas = fee("maxFeePerGas", self.max_fee_per_gas)?;
        let max_priority_fee_per_gas = fee("maxPriorityFeePerGas", self.max_priority_fee_per_gas)?;
        match ty {
            2 => {
                let tx = TxEip1559 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to: kind,
                    value,
                    access_list,
                    input: self.input,
                };
                Ok(Transaction::Eip1559(Signed::new_unhashed(tx, signature)))
            }
            3 => {
                let tx = TxEip4844 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to: need("to", self.to)?,
                    value,
                    access_list,
                    blob_versioned_hashes: need("blobVersionedHashes", self.blob_versioned_hashes)?,
                    max_fee_per_blob_gas: fee("maxFeePerBlobGas", self.max_fee_per_blob_gas)?,
                    input: self.input,
                };
                Ok(Transaction::Eip4844(Signed::new_unhashed(tx, signature)))
            }
            4 => {
                let tx = TxEip7702 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to: need("to", self.to)?,
                    value,
                    access_list,
                    authorization_list: need("authorizationList", self.authorization_list)?,
                    input: self.input,
                };
                Ok(Transaction::Eip7702(Signed::new_unhashed(tx, signature)))
            }
            _ => Err(InputError::field("type", format!("{ty} is unknown"))),
        }
    }

    /// Chain and parity of an untyped transaction: both lie in `v` (EIP-155), and a chain named beside it is no part of
    /// the transaction.
    fn legacy_v(&self) -> Result<(Option<u64>, bool), InputError> {
        let v: u128 = need("v", self.v)?.small("v")?;
        match v {
            27 | 28 => Ok((None, v == 28)),
            35.. => {
                let chain = u64::try_from((v - 35) / 2)
                    .map_err(|_| InputError::field("v", "its chain is out of range"))?;
                Ok((Some(chain), (v - 35) % 2 == 1))
            }
            _ => Err(InputError::field("v", format!("{v} is no recovery value"))),
        }
    }

    /// Parity of a typed transaction; sources from before `yParity` give it as `v`.
    fn parity(&self) -> Result<bool, InputError> {
        match need("yParity", self.y_parity.or(self.v))?.0 {
            U256::ZERO => Ok(false),
            U256::ONE => Ok(true),
            other => Err(InputError::field(
                "yParity",
                format!("{other} is neither 0 nor 1"),
            )),
        }
    }
}

//! Pre-states, and what goes with them: codes by hash, ancestor hashes by number.

use super::{
    InputError, PreAccount,
    text::{Quantity, Unique},
};
use alloy_consensus::constants::KECCAK_EMPTY;
use alloy_primitives::{
    Address, B256, Bytes, U256, keccak256,
    map::{AddressMap, HashMap},
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Account {
    balance: Quantity,
    #[serde(default)]
    nonce: Quantity,
    #[serde(alias = "codeHash")]
    code_hash: Option<B256>,
    code: Option<Bytes>,
    #[serde(default)]
    storage: Unique<Quantity, Quantity>,
}

/// Accounts, and the codes that stand with them.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    pub(super) accounts: AddressMap<PreAccount>,
    pub(super) codes: HashMap<B256, Bytes>,
}

/// Reads `{address: {balance, nonce, code_hash | codeHash | code, storage}}`.
pub(super) fn read(document: &[u8]) -> Result<Accounts, InputError> {
    let doc: Unique<Address, Account> = serde_json::from_slice(document)?;
    let mut out = Accounts::default();
    for (address, account) in doc.0 {
        let code = account.code.map(|code| (keccak256(&code), code));
        let code_hash = match (&code, account.code_hash) {
            (Some((actual, _)), Some(claimed)) if *actual != claimed => {
                return Err(InputError::CodeHash {
                    claimed,
                    actual: *actual,
                });
            }
            (Some((hash, _)), _) => *hash,
            (None, claimed) => claimed.unwrap_or(KECCAK_EMPTY),
        };
        out.codes.extend(code);
        let storage: BTreeMap<U256, U256> = account
            .storage
            .0
            .into_iter()
            .map(|(slot, value)| (slot.0, value.0))
            .collect();
        out.accounts.insert(
            address,
            PreAccount {
                balance: account.balance.0,
                nonce: account.nonce.small("nonce")?,
                code_hash,
                storage,
            },
        );
    }
    Ok(out)
}

/// Reads `{hash: code}`, and checks every hash.
pub(super) fn read_codes(document: &[u8]) -> Result<HashMap<B256, Bytes>, InputError> {
    let codes: HashMap<B256, Bytes> = serde_json::from_slice(document)?;
    // The least wrong one is named, so that every run names the same.
    let wrong = codes
        .iter()
        .map(|(claimed, code)| (*claimed, keccak256(code)))
        .filter(|(claimed, actual)| claimed != actual)
        .min();
    match wrong {
        Some((claimed, actual)) => Err(InputError::CodeHash { claimed, actual }),
        None => Ok(codes),
    }
}

/// Reads `{number: hash}`.
pub(super) fn read_block_hashes(document: &[u8]) -> Result<BTreeMap<u64, B256>, InputError> {
    let hashes: Unique<Quantity, B256> = serde_json::from_slice(document)?;
    hashes
        .0
        .into_iter()
        .map(|(number, hash)| Ok((number.small("block number")?, hash)))
        .collect()
}

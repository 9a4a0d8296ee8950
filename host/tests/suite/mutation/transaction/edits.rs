//! Every field of every type of transaction, changed.

use super::super::{
    EXECUTED,
    Expect::{self, By, IfRead},
};
use alloy_consensus::Signed;
use alloy_eips::{
    eip2930::{AccessList, AccessListItem},
    eip7702::{Authorization, SignedAuthorization},
};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use phalanx::{block::Transaction, verdict::Check};

/// A transaction with a changed field under its old signature.
pub(super) struct Edit {
    pub(super) name: &'static str,
    pub(super) changed: Transaction,
    /// What must come of it once its sender has signed it anew.
    pub(super) signed: Expect,
}

/// What is changed shows in the execution.
const SEEN: Expect = By(EXECUTED);
/// What is changed may do nothing: gas that is not used, fees that are not reached.
const MAYBE: Expect = IfRead(EXECUTED);
const INVALID: Expect = By(&[Check::Execution]);
/// Signed for another chain.
const CHAIN: Expect = By(&[Check::Senders]);
/// The same, but a chain id taken away leaves a signature that any chain takes.
const LEGACY_CHAIN: Expect = IfRead(&[Check::Senders]);
const BLOBS: Expect = By(&[Check::HeaderRules]);

macro_rules! table {
    ($signed:expr, $kind:path, $($name:literal $expect:ident |$tx:ident| $edit:expr;)+) => {
        vec![$({
            let mut $tx = $signed.tx().clone();
            $edit;
            let changed = $kind(Signed::new_unhashed($tx, *$signed.signature()));
            Edit { name: $name, changed, signed: $expect }
        }),+]
    };
}

/// All edits of a transaction.
pub(super) fn edits(transaction: &Transaction) -> Vec<Edit> {
    match transaction {
        Transaction::Legacy(signed) => table! { signed, Transaction::Legacy,
            "nonce" INVALID |tx| tx.nonce += 1;
            "gas limit" MAYBE |tx| tx.gas_limit += 1;
            "gas limit below" INVALID |tx| tx.gas_limit = 20_999;
            "gas price" SEEN |tx| tx.gas_price += 1;
            "to" SEEN |tx| tx.to = other_kind(tx.to);
            "value" MAYBE |tx| tx.value += U256::ONE;
            "input" SEEN |tx| tx.input = longer(&tx.input);
            "chain id" LEGACY_CHAIN |tx| tx.chain_id = other_chain(tx.chain_id);
        },
        Transaction::Eip2930(signed) => table! { signed, Transaction::Eip2930,
            "nonce" INVALID |tx| tx.nonce += 1;
            "gas limit" MAYBE |tx| tx.gas_limit += 1;
            "gas limit below" INVALID |tx| tx.gas_limit = 20_999;
            "gas price" SEEN |tx| tx.gas_price += 1;
            "to" SEEN |tx| tx.to = other_kind(tx.to);
            "value" MAYBE |tx| tx.value += U256::ONE;
            "input" SEEN |tx| tx.input = longer(&tx.input);
            "chain id" CHAIN |tx| tx.chain_id += 1;
            "access list" SEEN |tx| extend(&mut tx.access_list);
        },
        Transaction::Eip1559(signed) => table! { signed, Transaction::Eip1559,
            "nonce" INVALID |tx| tx.nonce += 1;
            "gas limit" MAYBE |tx| tx.gas_limit += 1;
            "gas limit below" INVALID |tx| tx.gas_limit = 20_999;
            "fee" MAYBE |tx| tx.max_fee_per_gas += 1;
            "fee below" INVALID |tx| tx.max_fee_per_gas = 0;
            "tip" MAYBE |tx| tx.max_priority_fee_per_gas += 1;
            "tip above" INVALID |tx| tx.max_priority_fee_per_gas = tx.max_fee_per_gas + 1;
            "to" SEEN |tx| tx.to = other_kind(tx.to);
            "value" MAYBE |tx| tx.value += U256::ONE;
            "input" SEEN |tx| tx.input = longer(&tx.input);
            "chain id" CHAIN |tx| tx.chain_id += 1;
            "access list" SEEN |tx| extend(&mut tx.access_list);
        },
        Transaction::Eip4844(signed) => table! { signed, Transaction::Eip4844,
            "nonce" INVALID |tx| tx.nonce += 1;
            "gas limit" MAYBE |tx| tx.gas_limit += 1;
            "gas limit below" INVALID |tx| tx.gas_limit = 20_999;
            "fee" MAYBE |tx| tx.max_fee_per_gas += 1;
            "fee below" INVALID |tx| tx.max_fee_per_gas = 0;
            "tip" MAYBE |tx| tx.max_priority_fee_per_gas += 1;
            "tip above" INVALID |tx| tx.max_priority_fee_per_gas = tx.max_fee_per_gas + 1;
            "to" SEEN |tx| tx.to = other(tx.to);
            "value" MAYBE |tx| tx.value += U256::ONE;
            "input" SEEN |tx| tx.input = longer(&tx.input);
            "chain id" CHAIN |tx| tx.chain_id += 1;
            "access list" SEEN |tx| extend(&mut tx.access_list);
            "blob fee" MAYBE |tx| tx.max_fee_per_blob_gas += 1;
            "blob fee below" INVALID |tx| tx.max_fee_per_blob_gas = 0;
            "blob hash" MAYBE |tx| tx.blob_versioned_hashes[0].0[31] ^= 1;
            "blob hash version" INVALID |tx| tx.blob_versioned_hashes[0].0[0] = 2;
            "blob added" BLOBS |tx| tx.blob_versioned_hashes.push(tx.blob_versioned_hashes[0]);
            "blob dropped" BLOBS |tx| tx.blob_versioned_hashes.truncate(tx.blob_versioned_hashes.len() - 1);
        },
        Transaction::Eip7702(signed) => table! { signed, Transaction::Eip7702,
            "nonce" INVALID |tx| tx.nonce += 1;
            "gas limit" MAYBE |tx| tx.gas_limit += 1;
            "gas limit below" INVALID |tx| tx.gas_limit = 20_999;
            "fee" MAYBE |tx| tx.max_fee_per_gas += 1;
            "fee below" INVALID |tx| tx.max_fee_per_gas = 0;
            "tip" MAYBE |tx| tx.max_priority_fee_per_gas += 1;
            "tip above" INVALID |tx| tx.max_priority_fee_per_gas = tx.max_fee_per_gas + 1;
            "to" SEEN |tx| tx.to = other(tx.to);
            "value" MAYBE |tx| tx.value += U256::ONE;
            "input" SEEN |tx| tx.input = longer(&tx.input);
            "chain id" CHAIN |tx| tx.chain_id += 1;
            "access list" SEEN |tx| extend(&mut tx.access_list);
            "authorization nonce" SEEN |tx| authorize(&mut tx.authorization_list, |a| a.nonce += 1);
            "authorization address" SEEN |tx| authorize(&mut tx.authorization_list, |a| {
                a.address = other(a.address);
            });
            "authorization chain id" SEEN |tx| authorize(&mut tx.authorization_list, |a| {
                a.chain_id += U256::ONE;
            });
            "authorization r" SEEN |tx| sign(&mut tx.authorization_list, |r, _, _| *r ^= U256::ONE);
            "authorization s" SEEN |tx| sign(&mut tx.authorization_list, |_, s, _| *s ^= U256::ONE);
            "authorization s zero" SEEN |tx| sign(&mut tx.authorization_list, |_, s, _| {
                *s = U256::ZERO;
            });
            "authorization parity" SEEN |tx| sign(&mut tx.authorization_list, |_, _, y| *y ^= 1);
            "authorization parity 27" SEEN |tx| sign(&mut tx.authorization_list, |_, _, y| *y += 27);
            "authorization added" SEEN |tx| {
                tx.authorization_list.push(tx.authorization_list[0].clone());
            };
            "authorizations dropped" INVALID |tx| tx.authorization_list.clear();
        },
    }
}

fn other(address: Address) -> Address {
    let mut other = address;
    other.0[3] ^= 0x10;
    other
}

/// Another callee; a call where there was a creation.
fn other_kind(to: TxKind) -> TxKind {
    TxKind::Call(to.to().map_or(Address::repeat_byte(0xee), |to| other(*to)))
}

/// One byte more, not zero: dearer by 16 gas at least, by 68 before Istanbul.
fn longer(input: &Bytes) -> Bytes {
    [input, &[1][..]].concat().into()
}

/// A legacy transaction need not name a chain: one that does is freed of it, one that does not is bound.
fn other_chain(chain_id: Option<u64>) -> Option<u64> {
    chain_id.is_none().then_some(7)
}

fn extend(list: &mut AccessList) {
    list.0.push(AccessListItem {
        address: Address::repeat_byte(0xee),
        storage_keys: vec![B256::ZERO],
    });
}

/// Changes what the first authorization says, and leaves its signature.
fn authorize(list: &mut [SignedAuthorization], change: impl FnOnce(&mut Authorization)) {
    let first = &mut list[0];
    let mut inner = first.inner().clone();
    change(&mut inner);
    let (y, r, s) = (first.y_parity(), first.r(), first.s());
    *first = SignedAuthorization::new_unchecked(inner, y, r, s);
}

/// Changes the signature of the first authorization.
fn sign(list: &mut [SignedAuthorization], change: impl FnOnce(&mut U256, &mut U256, &mut u8)) {
    let first = &mut list[0];
    let (mut y, mut r, mut s) = (first.y_parity(), first.r(), first.s());
    change(&mut r, &mut s, &mut y);
    *first = SignedAuthorization::new_unchecked(first.inner().clone(), y, r, s);
}

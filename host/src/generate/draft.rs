//! Transactions before they are signed.

use super::{
    genesis::CHAIN_ID,
    people::{self, Ticket},
    random::Random,
};
use crate::block::Transaction;
use alloy_consensus::{
    EthereumTypedTransaction, SignableTransaction, TxEip1559, TxEip2930, TxEip4844, TxEip7702,
    TxLegacy,
};
use alloy_eips::{
    eip2930::{AccessList, AccessListItem},
    eip7702::SignedAuthorization,
};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use k256::ecdsa::SigningKey;

/// What a block asks of its transactions, in wei per gas.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prices {
    pub(super) base_fee: u128,
    pub(super) blob_fee: u128,
}

/// What makes a transaction be of a certain type.
#[derive(Debug)]
pub(super) enum Form {
    /// Any type that only calls and creates.
    Any,
    /// Legacy, with exactly this gas price and no gas beyond what is charged before execution.
    Priced(u128),
    /// EIP-4844 with so many blobs.
    Blobs(u64),
    /// EIP-7702. Beside each authorization, who gave it if its signature is valid.
    Authorizations(Vec<(SignedAuthorization, Option<Address>)>),
}

/// A transaction whose type and price are open.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) ticket: Ticket,
    pub(super) to: TxKind,
    pub(super) value: U256,
    pub(super) input: Bytes,
    /// Gas for execution, beyond what is charged before it.
    pub(super) execution_gas: u64,
    /// Slots of `to` that an access list should name.
    pub(super) slots: Vec<B256>,
    pub(super) form: Form,
}

/// A transaction to be signed.
#[derive(Debug)]
pub(super) struct Unsigned {
    transaction: EthereumTypedTransaction<TxEip4844>,
    key: SigningKey,
    pub(super) sender: Address,
    pub(super) gas_limit: u64,
    /// See [`crate::exec::BlockJob::authorities`].
    pub(super) authorities: Vec<Option<Address>>,
}

impl Draft {
    /// A call with everything else at its least.
    pub(super) fn call(ticket: Ticket, to: Address) -> Self {
        Self {
            ticket,
            to: to.into(),
            value: U256::ZERO,
            input: Bytes::new(),
            execution_gas: 0,
            slots: Vec::new(),
            form: Form::Any,
        }
    }

    pub(super) fn with_input(self, input: impl Into<Bytes>, execution_gas: u64) -> Self {
        let input = input.into();
        Self {
            input,
            execution_gas,
            ..self
        }
    }

    pub(super) fn with_value(self, value: U256) -> Self {
        Self { value, ..self }
    }

    pub(super) fn with_form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    pub(super) fn with_slots(self, slots: Vec<B256>) -> Self {
        Self { slots, ..self }
    }

    /// Chooses what is open.
    pub(super) fn finish(self, prices: Prices, random: &mut Random) -> Unsigned {
        let access_list = self.access_list(random);
        let max_priority_fee_per_gas = u128::from(random.below(2_000_000_000));
        let gas_price = prices.base_fee + max_priority_fee_per_gas;
        let max_fee_per_gas = gas_price + prices.base_fee;
        let nonce = self.ticket.nonce;
        let Self {
            to, value, input, ..
        } = self;
        let callee = to.to().copied().unwrap_or_default();
        let draw = random.below(100);
        let authorizations = match &self.form {
            Form::Authorizations(list) => list.len(),
            _ => 0,
        };
        // Of these types alone, the first two can't carry an access list.
        let access_list = match (&self.form, draw) {
            (Form::Any, ..20) | (Form::Priced(_), _) => AccessList::default(),
            _ => access_list,
        };
        let gas_limit = gas_before_execution(&input, to.is_create(), &access_list, authorizations)
            .limit(self.execution_gas);
        let chain_id = CHAIN_ID;
        let legacy = |chain_id, gas_price, input| TxLegacy {
            chain_id,
            nonce,
            gas_price,
            gas_limit,
            to,
            value,
            input,
        };
        let mut authorities = Vec::new();
        let transaction: EthereumTypedTransaction<TxEip4844> = match self.form {
            Form::Priced(price) => legacy(Some(chain_id), price, input).into(),
            // Signatures from before EIP-155 are valid to this day.
            Form::Any if draw < 6 => legacy(None, gas_price, input).into(),
            Form::Any if draw < 20 => legacy(Some(chain_id), gas_price, input).into(),
            Form::Any if draw < 32 => TxEip2930 {
                chain_id,
                nonce,
                gas_price,
                gas_limit,
                to,
                value,
                access_list,
                input,
            }
            .into(),
            Form::Any => TxEip1559 {
                chain_id,
                nonce,
                gas_limit,
                max_fee_per_gas,
                max_priority_fee_per_gas,
                to,
                value,
                access_list,
                input,
            }
            .into(),
            Form::Blobs(count) => {
                let hashes = (0..count).map(|_| {
                    let mut hash = B256::new(random.bytes());
                    // The version of hashes of KZG commitments.
                    hash[0] = 1;
                    hash
                });
                EthereumTypedTransaction::Eip4844(TxEip4844 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to: callee,
                    value,
                    access_list,
                    blob_versioned_hashes: hashes.collect(),
                    max_fee_per_blob_gas: 2 * prices.blob_fee,
                    input,
                })
            }
            Form::Authorizations(list) => {
                let authorization_list;
                (authorization_list, authorities) = list.into_iter().unzip();
                TxEip7702 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to: callee,
                    value,
                    access_list,
                    authorization_list,
                    input,
                }
                .into()
            }
        };
        Unsigned {
            transaction,
            key: self.ticket.key,
            sender: self.ticket.sender,
            gas_limit,
            authorities,
        }
    }

    /// One in three names something: what is used, or for want of that anything.
    fn access_list(&self, random: &mut Random) -> AccessList {
        if !random.one_in(3) {
            return AccessList::default();
        }
        let address = self.to.to().copied();
        let mut storage_keys = self.slots.clone();
        if storage_keys.is_empty() {
            storage_keys.push(B256::with_last_byte(random.below(4) as u8));
        }
        AccessList(vec![AccessListItem {
            address: address.unwrap_or_else(|| Address::new(random.bytes())),
            storage_keys,
        }])
    }
}

impl Unsigned {
    pub(super) fn sign(&self) -> Transaction {
        let signature = people::sign(&self.key, self.transaction.signature_hash());
        self.transaction.clone().into_signed(signature).into()
    }
}

/// Gas that a transaction pays whatever it does.
struct Before {
    /// Before execution.
    intrinsic: u64,
    /// At least, execution included (EIP-7623).
    floor: u64,
}

impl Before {
    fn limit(&self, execution: u64) -> u64 {
        self.floor.max(self.intrinsic + execution)
    }
}

/// EIP-2028, 2930, 3860, 7623 and 7702.
fn gas_before_execution(
    input: &[u8],
    creates: bool,
    access_list: &AccessList,
    authorizations: usize,
) -> Before {
    let tokens: u64 = input.iter().map(|&b| if b == 0 { 1 } else { 4 }).sum();
    let creation = match creates {
        true => 32_000 + 2 * input.len().div_ceil(32) as u64,
        false => 0,
    };
    let named = 2400 * access_list.len() as u64 + 1900 * access_list.storage_keys_count() as u64;
    Before {
        intrinsic: 21_000 + 4 * tokens + creation + named + 25_000 * authorizations as u64,
        floor: 21_000 + 10 * tokens,
    }
}

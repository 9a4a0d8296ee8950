//! What a try was shown, and what it needs.

use super::balance::{LARGE, Need};
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, AddressSet},
};
use revm::{
    bytecode::Bytecode,
    context::TxEnv,
    context_interface::{Transaction, transaction::AuthorizationTr},
    primitives::KECCAK_EMPTY,
    state::AccountInfo,
};

/// What a try was shown, and what it needs.
#[derive(Debug, Default)]
pub(super) struct Trial {
    pub(super) index: usize,
    sender: Address,
    nonce: u64,
    spending: U256,
    /// Accounts as they were shown.
    pub(super) accounts: Vec<(Address, Option<Shown>)>,
    /// Slots as they were shown.
    pub(super) slots: Vec<(Address, U256, U256)>,
    /// Codes as they were shown. A source that answers for a hash that it does not know may answer anything.
    pub(super) codes: Vec<(B256, Bytecode)>,
    /// What is needed of the sender's balance.
    sender_need: Need,
    /// What is needed of others.
    needs: AddressMap<Need>,
    /// Accounts, besides the sender, whose nonce was looked at: authorities, and contracts that create.
    nonces: AddressSet,
    /// True if an amount went from account to account that could make a sum overflow, there or on its way back.
    moves_large: bool,
}

/// An account as it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) nonce: u64,
    pub(super) code_hash: B256,
    pub(super) balance: U256,
}

impl Trial {
    /// A try that was shown nothing yet.
    pub(super) fn new(index: usize, transaction: &TxEnv) -> Self {
        let spending = transaction.max_balance_spending().unwrap_or(U256::MAX);
        Self {
            index,
            sender: transaction.caller,
            nonce: transaction.nonce,
            spending,
            moves_large: spending >= LARGE,
            nonces: authorities(transaction).collect(),
            ..Self::default()
        }
    }

    /// Takes down how an account is shown, which may be what the transaction itself says of it.
    pub(super) fn show(&mut self, address: Address, info: &mut Option<AccountInfo>) {
        if address == self.sender {
            self.predict_sender(info);
        }
        let shown = info.as_ref().map(Shown::from);
        self.accounts.push((address, shown));
    }

    /// The sender has the transaction's nonce and can pay for it: else there would be nothing to try.
    fn predict_sender(&mut self, info: &mut Option<AccountInfo>) {
        let info = info.get_or_insert_default();
        info.nonce = info.nonce.max(self.nonce);
        info.balance = info.balance.max(self.spending);
        self.sender_need.note_debit(info.balance, self.spending);
    }

    /// What is needed of an account's balance.
    pub(super) fn need(&self, address: Address) -> Need {
        let mut need = if address == self.sender {
            self.sender_need
        } else {
            self.needs.get(&address).copied().unwrap_or_default()
        };
        if self.moves_large {
            need.note_exact();
        }
        need
    }

    /// True if the exact nonce of an account matters.
    pub(super) fn needs_nonce(&self, address: Address) -> bool {
        address == self.sender || self.nonces.contains(&address)
    }

    /// The exact nonce of an account matters.
    pub(super) fn note_nonce(&mut self, address: Address) {
        self.nonces.insert(address);
    }

    /// An amount goes from account to account.
    pub(super) fn note_amount(&mut self, amount: U256) {
        self.moves_large |= amount >= LARGE;
    }

    /// What is needed of an account's balance, large amounts aside, to be added to.
    pub(super) fn need_mut(&mut self, address: Address) -> &mut Need {
        if address == self.sender {
            return &mut self.sender_need;
        }
        self.needs.entry(address).or_default()
    }
}

/// The accounts whose authorizations (EIP-7702) a transaction carries: each holds good for one nonce.
fn authorities(transaction: &TxEnv) -> impl Iterator<Item = Address> {
    let list = transaction.authorization_list();
    list.filter_map(|authorization| authorization.authority())
}

impl Shown {
    /// True if the account has neither nonce nor code.
    pub(super) fn is_bare(&self) -> bool {
        let has_code = self.code_hash != KECCAK_EMPTY && !self.code_hash.is_zero();
        self.nonce == 0 && !has_code
    }
}

impl From<&AccountInfo> for Shown {
    fn from(info: &AccountInfo) -> Self {
        Self {
            nonce: info.nonce,
            code_hash: info.code_hash,
            balance: info.balance,
        }
    }
}

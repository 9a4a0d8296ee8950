//! What is known of a block's state beforehand: its access list (EIP-7928), where it comes with one.
//!
//! A list says which value each change left, so that the state before any transaction can be told without running those
//! before it. Nothing of it is believed: what a try was shown is held against what is true once its turn comes.

use alloy_eips::eip7928::AccountChanges;
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, B256Map, HashMap},
};
use revm::{bytecode::Bytecode, primitives::KECCAK_EMPTY, state::AccountInfo};

/// Values by the index of the change that left them, ascending.
type History<T> = Vec<(u64, T)>;

#[derive(Debug, Default)]
struct Account {
    balances: History<U256>,
    nonces: History<u64>,
    codes: History<B256>,
    slots: HashMap<U256, History<U256>>,
}

/// See the module. An empty one knows nothing.
#[derive(Debug, Default)]
pub(super) struct Guide {
    accounts: AddressMap<Account>,
    codes: B256Map<Bytecode>,
}

impl Guide {
    /// What a block's access list says.
    pub(super) fn new(list: &[AccountChanges]) -> Self {
        let mut guide = Self::default();
        for changes in list {
            let mut account = Account::default();
            for change in &changes.balance_changes {
                let at = change.block_access_index.get();
                account.balances.push((at, change.post_balance));
            }
            for change in &changes.nonce_changes {
                account
                    .nonces
                    .push((change.block_access_index.get(), change.new_nonce));
            }
            for change in &changes.code_changes {
                let hash = guide.learn(&change.new_code);
                account.codes.push((change.block_access_index.get(), hash));
            }
            for slot in &changes.storage_changes {
                let history = account.slots.entry(slot.slot).or_default();
                for change in &slot.changes {
                    history.push((change.block_access_index.get(), change.new_value));
                }
                history.sort_by_key(|(at, _)| *at);
            }
            account.balances.sort_by_key(|(at, _)| *at);
            account.nonces.sort_by_key(|(at, _)| *at);
            account.codes.sort_by_key(|(at, _)| *at);
            guide.accounts.insert(changes.address, account);
        }
        guide
    }

    fn learn(&mut self, code: &alloy_primitives::Bytes) -> B256 {
        if code.is_empty() {
            return KECCAK_EMPTY;
        }
        let code = super::super::bytecode(code.clone());
        let hash = code.hash_slow();
        self.codes.insert(hash, code);
        hash
    }

    /// Puts what is known of an account before a transaction in the place of what was read.
    pub(super) fn predict_account(
        &self,
        transaction: usize,
        address: Address,
        info: &mut Option<AccountInfo>,
    ) {
        let Some(account) = self.accounts.get(&address) else {
            return;
        };
        let balance = before(&account.balances, transaction);
        let nonce = before(&account.nonces, transaction);
        let code = before(&account.codes, transaction);
        if balance.is_none() && nonce.is_none() && code.is_none() {
            return;
        }
        let known = info.get_or_insert_default();
        known.balance = balance.unwrap_or(known.balance);
        known.nonce = nonce.unwrap_or(known.nonce);
        known.code_hash = code.unwrap_or(known.code_hash);
        // An account made up here would come with empty code under whatever hash it has.
        known.code = None;
        if known.is_empty() {
            *info = None;
        }
    }

    /// A slot before a transaction, if it is known.
    pub(super) fn predict_slot(
        &self,
        transaction: usize,
        address: Address,
        slot: U256,
    ) -> Option<U256> {
        let account = self.accounts.get(&address)?;
        before(account.slots.get(&slot)?, transaction)
    }

    /// A code that the block brings.
    pub(super) fn code(&self, hash: B256) -> Option<Bytecode> {
        self.codes.get(&hash).cloned()
    }
}

/// The last value left before a transaction. In a list, index 0 is what comes before the transactions, and transaction
/// `n`, counted from 0, has index `n + 1`.
fn before<T: Copy>(history: &History<T>, transaction: usize) -> Option<T> {
    let own = u64::try_from(transaction).ok()?.checked_add(1)?;
    let count = history.partition_point(|(at, _)| *at < own);
    Some(history.get(count.checked_sub(1)?)?.1)
}

//! The changes of a block as its access list (EIP-7928) has them.

use super::{BlockOutput, StateChanges};
use alloy_eips::eip7928::{
    AccountChanges, BalanceChange, BlockAccessIndex, CodeChange, NonceChange, SlotChanges,
    StorageChange,
};
use alloy_primitives::{Address, B256, U256};
use revm::primitives::KECCAK_EMPTY;
use std::collections::BTreeMap;

/// The changes of an access list, in its order, from the output of a job that asked for a step a transaction
/// ([`BlockJob::step_per_transaction`](super::BlockJob::step_per_transaction)).
///
/// What is only read is not in it, and what comes before the transactions counts with the first of them, since no step
/// parts the two: this is a list to execute by, not the one that a header commits to.
pub fn changes(output: &BlockOutput) -> Vec<AccountChanges> {
    let mut accounts: BTreeMap<Address, Account> = BTreeMap::new();
    for (index, step) in (1..).zip(&output.steps) {
        note(&mut accounts, BlockAccessIndex::new(index), step);
    }
    let lists = accounts.into_iter();
    lists
        .map(|(address, account)| account.into_changes(address))
        .collect()
}

#[derive(Debug, Default)]
struct Account {
    balances: Vec<BalanceChange>,
    nonces: Vec<NonceChange>,
    codes: Vec<CodeChange>,
    code_hash: Option<B256>,
    slots: BTreeMap<U256, Vec<StorageChange>>,
}

fn note(accounts: &mut BTreeMap<Address, Account>, index: BlockAccessIndex, step: &StateChanges) {
    for (address, change) in &step.accounts {
        let account = accounts.entry(*address).or_default();
        let info = change.info.clone().unwrap_or_default();
        if account.balances.last().map(|last| last.post_balance) != Some(info.balance) {
            account.balances.push(BalanceChange {
                block_access_index: index,
                post_balance: info.balance,
            });
        }
        if account.nonces.last().map(|last| last.new_nonce) != Some(info.nonce) {
            account.nonces.push(NonceChange {
                block_access_index: index,
                new_nonce: info.nonce,
            });
        }
        let is_emptied = info.code_hash == KECCAK_EMPTY
            && account.code_hash.is_some_and(|hash| hash != KECCAK_EMPTY);
        let code = info.code.filter(|code| !code.is_empty());
        if code.is_some() || is_emptied {
            account.code_hash = Some(info.code_hash);
            account.codes.push(CodeChange {
                block_access_index: index,
                new_code: code.map(|code| code.original_bytes()).unwrap_or_default(),
            });
        }
        if change.storage_wiped {
            for changes in account.slots.values_mut() {
                changes.push(StorageChange {
                    block_access_index: index,
                    new_value: U256::ZERO,
                });
            }
        }
        for (slot, value) in &change.storage {
            account.slots.entry(*slot).or_default().push(StorageChange {
                block_access_index: index,
                new_value: *value,
            });
        }
    }
}

impl Account {
    fn into_changes(self, address: Address) -> AccountChanges {
        let slots = self.slots.into_iter();
        AccountChanges {
            storage_changes: slots
                .map(|(slot, changes)| SlotChanges { slot, changes })
                .collect(),
            balance_changes: self.balances,
            nonce_changes: self.nonces,
            code_changes: self.codes,
            ..AccountChanges::new(address)
        }
    }
}

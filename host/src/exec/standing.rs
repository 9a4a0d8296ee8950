//! One account as a block's execution has it, and the rule by which a transaction changes it.

use super::{AccountChange, StateChanges};
use alloy_primitives::{
    Address, B256, U256,
    map::{Entry, HashMap},
};
use revm::{
    bytecode::Bytecode,
    state::{Account, AccountInfo, EvmStorageSlot},
};

/// One account as it stands now.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// The account without its code; `None` if it does not exist.
    pub(super) info: Option<AccountInfo>,
    /// True if storage that is not in `storage` is zero, whatever the source says.
    pub(super) storage_wiped: bool,
    /// Slots read or written.
    pub(super) storage: HashMap<U256, U256>,
}

impl Standing {
    /// As the source has it.
    pub(super) fn from_source(info: Option<AccountInfo>) -> Self {
        Self {
            storage_wiped: info.is_none(),
            info,
            storage: HashMap::default(),
        }
    }

    /// As a transaction found it that read it elsewhere.
    pub(super) fn from_original(account: &Account) -> Self {
        let absent = account.is_loaded_as_not_existing();
        Self::from_source((!absent).then(|| account.original_info()))
    }

    /// A slot, where it is known without the source.
    pub(super) fn slot(&self, slot: &U256) -> Option<U256> {
        let known = self.storage.get(slot).copied();
        known.or_else(|| self.storage_wiped.then_some(U256::ZERO))
    }

    /// Takes in roughly what a transaction would make of the account: enough to predict what comes next.
    pub(super) fn foresee(&mut self, account: &Account) {
        let gone = account.is_selfdestructed() || (!account.is_created() && account.is_empty());
        if gone || account.is_created() {
            self.storage_wiped = true;
            self.storage.clear();
        }
        self.info = (!gone).then(|| AccountInfo {
            code: None,
            ..account.info.clone()
        });
        let slots = account.storage.iter().filter(|_| !gone);
        self.storage
            .extend(slots.map(|(slot, value)| (*slot, value.present_value)));
    }

    /// Takes in what a transaction made of the account, and adds it to the changes. Code that is new is published.
    ///
    /// The journal has already turned the rules before EIP-161 into these terms: an account that is touched and empty
    /// here is to be deleted.
    pub(super) fn commit(
        &mut self,
        address: Address,
        account: Account,
        changes: &mut StateChanges,
        publish: impl FnOnce(B256, &Bytecode),
    ) {
        if !account.is_touched() {
            return;
        }
        let created = account.is_created();
        let gone = account.is_selfdestructed() || (!created && account.is_empty());
        if gone && self.info.is_none() {
            return;
        }
        let wiped = gone || created;
        let changed_slots = account
            .storage
            .iter()
            .filter(|(_, slot)| {
                if wiped {
                    !slot.present_value.is_zero()
                } else {
                    slot.is_changed()
                }
            })
            .map(|(key, slot): (&U256, &EvmStorageSlot)| (*key, slot.present_value));

        let mut info = (!gone).then_some(account.info);
        if let Some(info) = &mut info {
            info.account_id = None;
            let is_new = self
                .info
                .as_ref()
                .is_none_or(|old| old.code_hash != info.code_hash);
            info.code = info.code.take().filter(|code| is_new && !code.is_empty());
            if let Some(code) = &info.code {
                publish(info.code_hash, code);
            }
        }
        let mut changed_slots = if gone { None } else { Some(changed_slots) }
            .into_iter()
            .flatten()
            .peekable();
        if !wiped && changed_slots.peek().is_none() && same_account(&self.info, &info) {
            return;
        }

        let change = match changes.accounts.entry(address) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => entry.insert(AccountChange::default()),
        };
        if wiped {
            self.storage_wiped = true;
            self.storage.clear();
            change.storage_wiped = true;
            change.storage.clear();
        }
        for (slot, value) in changed_slots {
            self.storage.insert(slot, value);
            change.storage.insert(slot, value);
        }
        self.info = info.clone().map(|info| AccountInfo { code: None, ..info });
        // Code that was new earlier in the same step must not be lost by a later change of balance alone.
        let earlier_code = change
            .info
            .take()
            .and_then(|old| Some((old.code_hash, old.code?)));
        if let (Some(info), Some((hash, code))) = (&mut info, earlier_code)
            && info.code.is_none()
            && info.code_hash == hash
        {
            info.code = Some(code);
        }
        change.info = info;
    }
}

fn same_account(a: &Option<AccountInfo>, b: &Option<AccountInfo>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            a.nonce == b.nonce && a.balance == b.balance && a.code_hash == b.code_hash
        }
        _ => false,
    }
}

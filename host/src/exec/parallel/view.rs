//! The state as one thread's EVM sees it.
//!
//! At the head it is the committed state, and commits go there. During a try it is a prediction: the committed state as
//! it happens to be at each read, with what is known of the transaction already. Each value that is shown is recorded,
//! and the try counts only if it turns out to be the right one ([`judge`](super::judge)). So a prediction may come from
//! anywhere: a wrong one costs time and nothing else.

use super::{
    super::{StateChanges, StateSource, evm::BlockDatabase, standing::Standing},
    balance::{LARGE, Need},
    committed::Committed,
    guide::Guide,
    instructions::NotesBalances,
};
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, AddressSet, B256Map},
};
use revm::{
    DatabaseCommit,
    bytecode::Bytecode,
    context::TxEnv,
    context_interface::{Transaction, transaction::AuthorizationTr},
    database_interface::{DBErrorMarker, Database},
    primitives::KECCAK_EMPTY,
    state::{Account, AccountInfo},
};
use std::fmt;

/// See the module.
pub(super) struct View<'b, 'a, S> {
    committed: &'b Committed<'a, S>,
    guide: &'b Guide,
    is_stopped: &'b (dyn Fn() -> bool + Sync),
    trial: Option<Trial>,
    /// What the tries of this run did so far: the next ones are shown it.
    foreseen: Foreseen,
    changes: StateChanges,
    /// True if a read failed. The EVM hands errors on in several disguises; this one is plain.
    failed: bool,
}

/// What a try was shown, and what it needs.
#[derive(Debug, Default)]
pub(super) struct Trial {
    index: usize,
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

#[derive(Debug, Default)]
struct Foreseen {
    accounts: AddressMap<Standing>,
    codes: B256Map<Bytecode>,
}

/// Why a view can't be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ViewError<E> {
    /// The source failed.
    #[error(transparent)]
    Source(E),
    /// The block is given up.
    #[error("the parallel execution of the block was given up")]
    Stopped,
}

impl<E: std::error::Error + Send + Sync + 'static> DBErrorMarker for ViewError<E> {}

impl<'b, 'a, S: StateSource> View<'b, 'a, S> {
    /// A view at the head.
    pub(super) fn new(
        committed: &'b Committed<'a, S>,
        guide: &'b Guide,
        is_stopped: &'b (dyn Fn() -> bool + Sync),
    ) -> Self {
        Self {
            committed,
            guide,
            is_stopped,
            trial: None,
            foreseen: Foreseen::default(),
            changes: StateChanges::default(),
            failed: false,
        }
    }

    /// From here on tries are shown the committed state and each other's changes, not those of earlier runs.
    pub(super) fn begin_run(&mut self) {
        self.foreseen.accounts.clear();
        self.foreseen.codes.clear();
    }

    /// Shows later tries of the run what one did, as if it had been committed.
    pub(super) fn foresee(&mut self, changes: &AddressMap<Account>) {
        for (address, account) in changes {
            if account.is_touched() {
                let standing = self.foreseen.accounts.entry(*address).or_default();
                standing.foresee(account);
                // Of a new contract, or a delegation (EIP-7702) of an account that is not new at all.
                if let Some(code) = account.info.code.as_ref().filter(|code| !code.is_empty()) {
                    self.foreseen
                        .codes
                        .insert(account.info.code_hash, code.clone());
                }
            }
        }
    }

    /// From here on the view is that of a try.
    pub(super) fn begin_trial(&mut self, index: usize, transaction: &TxEnv) {
        self.failed = false;
        let spending = transaction.max_balance_spending().unwrap_or(U256::MAX);
        self.trial = Some(Trial {
            index,
            sender: transaction.caller,
            nonce: transaction.nonce,
            spending,
            moves_large: spending >= LARGE,
            nonces: authorities(transaction).collect(),
            ..Trial::default()
        });
    }

    /// From here on the view is at the head again. `None` if a read of the try failed.
    pub(super) fn end_trial(&mut self) -> Option<Trial> {
        let failed = std::mem::take(&mut self.failed);
        self.trial.take().filter(|_| !failed)
    }

    /// True if a read has failed at the head.
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    fn note<T>(&mut self, result: Result<T, S::Error>) -> Result<T, ViewError<S::Error>> {
        result.map_err(|error| {
            self.failed = true;
            ViewError::Source(error)
        })
    }

    fn go_on(&mut self) -> Result<(), ViewError<S::Error>> {
        if (self.is_stopped)() {
            self.failed = true;
            return Err(ViewError::Stopped);
        }
        Ok(())
    }
}

impl Trial {
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

    fn need_mut(&mut self, address: Address) -> &mut Need {
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

impl<S: StateSource> Database for View<'_, '_, S> {
    type Error = ViewError<S::Error>;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        self.go_on()?;
        let foreseen = self
            .trial
            .as_ref()
            .and_then(|_| self.foreseen.accounts.get(&address));
        let mut info = match foreseen {
            Some(standing) => standing.info.clone(),
            None => {
                let result = self.committed.basic(address);
                self.note(result)?
            }
        };
        if let Some(trial) = &mut self.trial {
            self.guide.predict_account(trial.index, address, &mut info);
            if address == trial.sender {
                trial.predict_sender(&mut info);
            }
            trial
                .accounts
                .push((address, info.as_ref().map(Shown::from)));
        }
        Ok(info)
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Self::Error> {
        self.go_on()?;
        let foreseen = self.trial.as_ref().and_then(|_| {
            let guided = self.guide.code(code_hash);
            guided.or_else(|| self.foreseen.codes.get(&code_hash).cloned())
        });
        let code = match foreseen {
            Some(code) => code,
            None => {
                let result = self.committed.code(code_hash);
                self.note(result)?
            }
        };
        if let Some(trial) = &mut self.trial {
            trial.codes.push((code_hash, code.clone()));
        }
        Ok(code)
    }

    fn storage(&mut self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        self.go_on()?;
        if let Some(trial) = &mut self.trial {
            let predicted = self
                .guide
                .predict_slot(trial.index, address, slot)
                .or_else(|| self.foreseen.accounts.get(&address)?.slot(&slot));
            if let Some(value) = predicted {
                trial.slots.push((address, slot, value));
                return Ok(value);
            }
        }
        let result = self.committed.storage(address, slot);
        let value = self.note(result)?;
        if let Some(trial) = &mut self.trial {
            trial.slots.push((address, slot, value));
        }
        Ok(value)
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Self::Error> {
        self.go_on()?;
        let result = self.committed.block_hash(number);
        self.note(result)
    }
}

impl<S: StateSource> DatabaseCommit for View<'_, '_, S> {
    fn commit(&mut self, changes: AddressMap<Account>) {
        for (address, account) in changes {
            self.committed.commit(address, account, &mut self.changes);
        }
    }
}

impl<S: StateSource> BlockDatabase for View<'_, '_, S> {
    fn has_leftovers(&self) -> bool {
        false
    }

    fn is_leftover(&self, _: Address) -> bool {
        false
    }

    fn changes(&mut self) -> &mut StateChanges {
        &mut self.changes
    }
}

impl<S: StateSource> NotesBalances for View<'_, '_, S> {
    fn note_exact(&mut self, address: Address) {
        if let Some(trial) = &mut self.trial {
            trial.need_mut(address).note_exact();
        }
    }

    fn note_nonce(&mut self, address: Address) {
        if let Some(trial) = &mut self.trial {
            trial.nonces.insert(address);
        }
    }

    fn note_all(&mut self, address: Address, balance: U256) {
        if let Some(trial) = &mut self.trial {
            trial.moves_large |= balance >= LARGE;
            trial.need_mut(address).note_exact();
        }
    }

    fn note_debit(&mut self, address: Address, balance: U256, amount: U256) {
        if let Some(trial) = &mut self.trial {
            trial.moves_large |= amount >= LARGE;
            trial.need_mut(address).note_debit(balance, amount);
        }
    }
}

impl<S> fmt::Debug for View<'_, '_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("trial", &self.trial)
            .finish_non_exhaustive()
    }
}

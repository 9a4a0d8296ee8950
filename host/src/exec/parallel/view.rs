//! The state as one thread's EVM sees it.
//!
//! At the head it is the committed state, and commits go there. During a try it is a prediction: the committed state as
//! it happens to be at each read, with what is known of the transaction already. Each value that is shown is recorded,
//! and the try counts only if it turns out to be the right one ([`judge`](super::judge)). So a prediction may come from
//! anywhere: a wrong one costs time and nothing else.

use super::{
    super::{StateChanges, StateSource, evm::BlockDatabase, standing::Standing},
    committed::Committed,
    guide::Guide,
    instructions::NotesBalances,
    trial::Trial,
};
use alloy_primitives::{
    Address, B256, U256,
    map::{AddressMap, B256Map},
};
use revm::{
    DatabaseCommit,
    bytecode::Bytecode,
    context::TxEnv,
    database_interface::{DBErrorMarker, Database},
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
        self.trial = Some(Trial::new(index, transaction));
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
            trial.show(address, &mut info);
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
            trial.note_nonce(address);
        }
    }

    fn note_all(&mut self, address: Address, balance: U256) {
        if let Some(trial) = &mut self.trial {
            trial.note_amount(balance);
            trial.need_mut(address).note_exact();
        }
    }

    fn note_debit(&mut self, address: Address, balance: U256, amount: U256) {
        if let Some(trial) = &mut self.trial {
            trial.note_amount(amount);
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

//! A block around its transactions: what comes before and after them, gas admission, receipts.
//!
//! Everything that depends on the order of transactions happens here and nowhere else, whoever executes them: a
//! transaction counts once it goes through [`Frame::execute`] or, executed elsewhere, through [`Frame::commit`].

use super::{
    BlockJob, BlockOutput, Receipt, StateChanges, deposits,
    evm::{BlockDatabase, BlockEvm},
    receipts::Builder,
};
use crate::{block::Transaction, chain::Rules};
use alloy_consensus::{TxEip7702, transaction::Recovered};
use alloy_eips::{
    eip7002, eip7251,
    eip7702::{RecoveredAuthority, RecoveredAuthorization},
};
use alloy_evm::{
    Evm, FromRecoveredTx,
    block::{BlockExecutionError, BlockExecutor, BlockValidationError},
    eth::{EthBlockExecutionCtx, EthBlockExecutor},
};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::Address;
use revm::{
    context::{TxEnv, result::ResultAndState},
    context_interface::either::Either,
};
use std::{borrow::Cow, mem::swap};

/// Where a block went wrong, and why.
pub(super) type At = (Option<usize>, String);

/// See the module.
pub(super) struct Frame<'j, DB: BlockDatabase> {
    job: &'j BlockJob<'j>,
    executor: EthBlockExecutor<'j, BlockEvm<DB>, &'j Rules, Builder>,
    steps: Vec<StateChanges>,
}

/// What a frame knows of the transactions that have been committed. Frames of several threads that share a database
/// pass it on, so that each can commit the next transaction.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    receipts: Vec<Receipt>,
    cumulative_gas: u64,
    regular_gas: u64,
    state_gas: u64,
    blob_gas: u64,
    changes: StateChanges,
    steps: Vec<StateChanges>,
}

impl<'j, DB: BlockDatabase> Frame<'j, DB> {
    /// A block before its first transaction.
    pub(super) fn new(job: &'j BlockJob<'j>, database: DB) -> Self {
        let context = EthBlockExecutionCtx {
            parent_hash: job.header.parent_hash,
            parent_beacon_block_root: job.header.parent_beacon_block_root,
            ommers: job.ommers,
            withdrawals: job
                .withdrawals
                .map(|withdrawals| Cow::Borrowed(withdrawals.as_slice())),
            extra_data: job.header.extra_data.clone(),
            tx_count_hint: None,
            slot_number: job.header.slot_number,
        };
        let evm = BlockEvm::new(job, database);
        Self {
            job,
            executor: EthBlockExecutor::new(evm, context, job.rules, Builder),
            steps: Vec::new(),
        }
    }

    /// The system calls before the first transaction (EIP-4788, EIP-2935).
    pub(super) fn begin(&mut self) -> Result<(), At> {
        if self.job.senders.len() != self.job.transactions.len() {
            let reason = "senders and authorities do not match the transactions";
            return Err((None, reason.into()));
        }
        self.executor
            .apply_pre_execution_changes()
            .map_err(|error| (None, error.to_string()))
    }

    /// The EVM's view of a transaction.
    pub(super) fn environment(&self, index: usize) -> Result<TxEnv, At> {
        let at = |reason: &str| (Some(index), reason.to_owned());
        let transaction = self.job.transactions.get(index);
        let transaction = transaction.ok_or_else(|| at("no such transaction"))?;
        let sender = self.job.senders.sender(index);
        let sender = sender.ok_or_else(|| at("its signature is not valid"))?;
        let authorities = self.job.senders.authorities(index);
        Ok(environment(transaction, sender, authorities))
    }

    /// Runs a transaction on the state as it is, and changes nothing.
    pub(super) fn attempt(
        &mut self,
        environment: TxEnv,
    ) -> Result<ResultAndState, <BlockEvm<DB> as Evm>::Error> {
        self.executor.evm_mut().transact_raw(environment)
    }

    /// Runs the next transaction and commits it.
    pub(super) fn execute(&mut self, index: usize) -> Result<(), At> {
        let environment = self.environment(index)?;
        self.admit(index, environment)
    }

    /// Commits the next transaction with the outcome that it is known to have.
    pub(super) fn commit(&mut self, index: usize, outcome: ResultAndState) -> Result<(), At> {
        self.executor.evm_mut().prepare(outcome);
        self.admit(index, TxEnv::default())
    }

    fn admit(&mut self, index: usize, environment: TxEnv) -> Result<(), At> {
        let transaction = &self.job.transactions[index];
        let recovered = Recovered::new_unchecked(transaction, environment.caller);
        self.executor
            .execute_transaction((environment, recovered))
            .map_err(|error| (Some(index), transaction_reason(&error)))?;
        if self.job.has_step_per_transaction() {
            let step = self.database().take_changes();
            self.steps.push(step);
        }
        Ok(())
    }

    /// The database.
    pub(super) fn database(&mut self) -> &mut DB {
        self.executor.evm_mut().db_mut()
    }

    /// The EVM.
    pub(super) fn evm(&mut self) -> &mut BlockEvm<DB> {
        self.executor.evm_mut()
    }

    /// Exchanges what this frame knows of committed transactions with a ledger.
    pub(super) fn exchange(&mut self, ledger: &mut Ledger) {
        let executor = &mut self.executor;
        swap(&mut executor.receipts, &mut ledger.receipts);
        swap(
            &mut executor.cumulative_tx_gas_used,
            &mut ledger.cumulative_gas,
        );
        swap(
            &mut executor.block_regular_gas_used,
            &mut ledger.regular_gas,
        );
        swap(&mut executor.block_state_gas_used, &mut ledger.state_gas);
        swap(&mut executor.blob_gas_used, &mut ledger.blob_gas);
        swap(&mut self.steps, &mut ledger.steps);
        swap(self.database().changes(), &mut ledger.changes);
    }

    /// What comes after the last transaction: system calls, requests, rewards and withdrawals. `blooms` fills in the
    /// receipts' logs blooms.
    pub(super) fn finish(mut self, blooms: impl FnOnce(&mut [Receipt])) -> Result<BlockOutput, At> {
        let rules = self.job.rules;
        if let Some(contract) = rules.deposit_contract
            && rules.is_active(EthereumHardfork::Prague)
            && !deposits::have_valid_layout(contract, self.executor.receipts())
        {
            let reason = "a deposit event has another layout than EIP-6110 gives";
            return Err((None, reason.into()));
        }
        if rules.is_active(EthereumHardfork::Prague) {
            have_code(self.database()).map_err(|reason| (None, reason))?;
        }
        let finished = self.executor.finish();
        let (mut evm, mut result) = finished.map_err(|error| (None, error.to_string()))?;
        self.steps.push(evm.db_mut().take_changes());
        blooms(&mut result.receipts);
        Ok(BlockOutput {
            receipts: result.receipts,
            gas_used: result.gas_used,
            requests: result.requests,
            steps: self.steps,
        })
    }
}

/// EIP-7002, EIP-7251: a block at whose end a request contract has no code is invalid. The call itself would succeed.
fn have_code<DB: BlockDatabase>(database: &mut DB) -> Result<(), String> {
    for contract in [
        eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
        eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
    ] {
        let info = database
            .basic(contract)
            .map_err(|error| error.to_string())?;
        if info.is_none_or(|info| info.is_empty_code_hash()) {
            return Err(format!("the system contract {contract} has no code"));
        }
    }
    Ok(())
}

/// Authorities come from the batch; the EVM recovers nothing itself.
fn environment(
    transaction: &Transaction,
    sender: Address,
    authorities: &[Option<Address>],
) -> TxEnv {
    let Transaction::Eip7702(signed) = transaction else {
        return TxEnv::from_recovered_tx(transaction, sender);
    };
    let list = &signed.tx().authorization_list;
    let bare = TxEip7702 {
        authorization_list: Vec::new(),
        ..signed.tx().clone()
    };
    let recovered = list.iter().enumerate().map(|(index, authorization)| {
        let authority = authorities.get(index).copied().flatten();
        Either::Right(RecoveredAuthorization::new_unchecked(
            authorization.inner().clone(),
            authority.map_or(RecoveredAuthority::Invalid, RecoveredAuthority::Valid),
        ))
    });
    TxEnv {
        authorization_list: recovered.collect(),
        ..TxEnv::from_recovered_tx(&bare, sender)
    }
}

/// The rule without the transaction's hash, since the verdict names the transaction by its index.
fn transaction_reason(error: &BlockExecutionError) -> String {
    match error {
        BlockExecutionError::Validation(BlockValidationError::InvalidTx { error, .. }) => {
            error.to_string()
        }
        other => other.to_string(),
    }
}

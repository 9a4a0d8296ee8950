//! One transaction after the other: the oracle and the final judge of every other executor.

use super::{
    BlockJob, BlockOutput, ExecError, Executor, StateSource, deposits, evm::BlockEvm,
    overlay::Overlay, receipts::Builder,
};
use crate::block::Transaction;
use alloy_consensus::{TxEip7702, transaction::Recovered};
use alloy_eips::{
    eip7002, eip7251,
    eip7702::{RecoveredAuthority, RecoveredAuthorization},
};
use alloy_evm::{
    Evm, FromRecoveredTx,
    block::{BlockExecutionError, BlockExecutor, BlockValidationError},
    eth::{EthBlockExecutionCtx, EthBlockExecutor, dao_fork},
};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::{Address, U256};
use revm::{context::TxEnv, context_interface::either::Either, database_interface::Database};
use std::borrow::Cow;

/// Executes a block's transactions in order on the calling thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct Serial;

impl Executor for Serial {
    fn execute<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError> {
        let overlay = Overlay::new(state);
        let fault = overlay.fault();
        // Whatever the EVM makes of it, a block whose state could not be read has not been judged.
        run(job, overlay).map_err(|(transaction, reason)| match fault.get() {
            Some(fault) => ExecError::State {
                transaction,
                reason: fault.clone(),
            },
            None => ExecError::Invalid {
                transaction,
                reason,
            },
        })
    }
}

type At = (Option<usize>, String);

fn run<S: StateSource>(job: &BlockJob<'_>, mut overlay: Overlay<'_, S>) -> Result<BlockOutput, At> {
    let block_level = |error: BlockExecutionError| (None, error.to_string());
    let lengths = [job.senders.len(), job.authorities.len()];
    if lengths
        .iter()
        .any(|&length| length != job.transactions.len())
    {
        return Err((
            None,
            "senders and authorities do not match the transactions".into(),
        ));
    }
    if job.rules.dao_fork_block == Some(job.header.number) {
        move_dao_funds(&mut overlay)
            .map_err(|error| (None, format!("DAO fork transfer: {error}")))?;
    }
    let evm = BlockEvm::new(job, overlay);
    let ctx = EthBlockExecutionCtx {
        parent_hash: job.header.parent_hash,
        parent_beacon_block_root: job.header.parent_beacon_block_root,
        ommers: job.ommers,
        withdrawals: job
            .withdrawals
            .map(|withdrawals| Cow::Borrowed(withdrawals.as_slice())),
        extra_data: job.header.extra_data.clone(),
        tx_count_hint: Some(job.transactions.len()),
        slot_number: job.header.slot_number,
    };
    let mut executor = EthBlockExecutor::new(evm, ctx, job.rules, Builder);
    executor
        .apply_pre_execution_changes()
        .map_err(block_level)?;

    let step_per_transaction = job.rules.receipts_carry_state_root();
    let mut steps = Vec::new();
    let people = job.senders.iter().zip(job.authorities);
    for (index, (transaction, (sender, authorities))) in
        job.transactions.iter().zip(people).enumerate()
    {
        let env = transaction_env(transaction, *sender, authorities);
        executor
            .execute_transaction((env, Recovered::new_unchecked(transaction, *sender)))
            .map_err(|error| (Some(index), transaction_reason(&error)))?;
        if step_per_transaction {
            steps.push(executor.evm_mut().db_mut().take_changes());
        }
    }
    if let Some(contract) = job.rules.deposit_contract
        && job.rules.is_active(EthereumHardfork::Prague)
        && !deposits::have_valid_layout(contract, executor.receipts())
    {
        return Err((
            None,
            "a deposit event has another layout than EIP-6110 gives".into(),
        ));
    }
    if job.rules.is_active(EthereumHardfork::Prague) {
        have_code(executor.evm_mut().db_mut()).map_err(|reason| (None, reason))?;
    }
    let (mut evm, result) = executor.finish().map_err(block_level)?;
    steps.push(evm.db_mut().take_changes());
    Ok(BlockOutput {
        receipts: result.receipts,
        gas_used: result.gas_used,
        requests: result.requests,
        steps,
    })
}

/// EIP-7002, EIP-7251: a block at whose end a request contract has no code is invalid. The call itself would succeed.
fn have_code<S: StateSource>(overlay: &mut Overlay<'_, S>) -> Result<(), String> {
    for contract in [
        eip7002::WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS,
        eip7251::CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS,
    ] {
        let info = overlay.basic(contract).map_err(|error| error.to_string())?;
        if info.is_none_or(|info| info.is_empty_code_hash()) {
            return Err(format!("the system contract {contract} has no code"));
        }
    }
    Ok(())
}

/// EIP-779: before the fork block's transactions, the listed balances go to the refund contract. Every account touched
/// by that exists afterwards.
fn move_dao_funds<S: StateSource>(overlay: &mut Overlay<'_, S>) -> Result<(), S::Error> {
    let balance = |overlay: &mut Overlay<'_, S>, address| {
        Ok(overlay
            .basic(address)?
            .map_or(U256::ZERO, |info| info.balance))
    };
    let mut total = balance(overlay, dao_fork::DAO_HARDFORK_BENEFICIARY)?;
    for address in dao_fork::DAO_HARDFORK_ACCOUNTS {
        // All ether there ever was is far from this bound.
        total = total.saturating_add(balance(overlay, address)?);
        overlay.set_balance(address, U256::ZERO)?;
    }
    overlay.set_balance(dao_fork::DAO_HARDFORK_BENEFICIARY, total)
}

/// The EVM's view of a transaction. Authorities come from the batch; the EVM recovers nothing itself.
fn transaction_env(
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

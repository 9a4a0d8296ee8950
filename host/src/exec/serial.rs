//! One transaction after the other: the oracle and the final judge of every other executor.

use super::{
    BlockJob, BlockOutput, ExecError, Executor, StateSource, constantinople, overlay::Overlay,
    receipts::Builder,
};
use crate::block::Transaction;
use alloy_consensus::{TxEip7702, transaction::Recovered};
use alloy_eips::eip7702::{RecoveredAuthority, RecoveredAuthorization};
use alloy_evm::{
    EthEvm, Evm, EvmEnv, FromRecoveredTx,
    block::{BlockExecutionError, BlockExecutor, BlockValidationError},
    eth::{EthBlockExecutionCtx, EthBlockExecutor, EthEvmContext, dao_fork},
    precompiles::PrecompilesMap,
};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::Address;
use revm::{
    Context, MainBuilder, MainContext,
    context::TxEnv,
    context_interface::either::Either,
    database_interface::DatabaseCommitExt,
    inspector::NoOpInspector,
    precompile::{PrecompileSpecId, Precompiles},
};
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
    let evm = evm(job, overlay);
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
    let (mut evm, result) = executor.finish().map_err(block_level)?;
    steps.push(evm.db_mut().take_changes());
    Ok(BlockOutput {
        receipts: result.receipts,
        gas_used: result.gas_used,
        requests: result.requests,
        steps,
    })
}

/// EIP-779: before the fork block's transactions, the listed balances go to the refund contract.
fn move_dao_funds<S: StateSource>(overlay: &mut Overlay<'_, S>) -> Result<(), S::Error> {
    let drained = overlay.drain_balances(dao_fork::DAO_HARDFORK_ACCOUNTS)?;
    let total = drained.into_iter().fold(0u128, u128::saturating_add);
    overlay.increment_balances([(dao_fork::DAO_HARDFORK_BENEFICIARY, total)])
}

fn evm<'a, S: StateSource>(
    job: &BlockJob<'_>,
    overlay: Overlay<'a, S>,
) -> EthEvm<Overlay<'a, S>, NoOpInspector, PrecompilesMap> {
    let rules = job.rules;
    let mut env = EvmEnv::for_eth_block(job.header, rules, rules.chain_id, rules.blob);
    let constantinople = rules.fork == EthereumHardfork::Constantinople;
    if env.cfg_env.spec != rules.spec_id {
        env.cfg_env = env.cfg_env.with_spec_and_mainnet_gas_params(rules.spec_id);
    }
    if constantinople {
        constantinople::set_gas(&mut env.cfg_env.gas_params);
    }
    let precompiles = Precompiles::new(PrecompileSpecId::from_spec_id(rules.spec_id));
    let context: EthEvmContext<Overlay<'a, S>> = Context::mainnet()
        .with_block(env.block_env)
        .with_cfg(env.cfg_env)
        .with_db(overlay);
    let mut inner = context
        .build_mainnet_with_inspector(NoOpInspector {})
        .with_precompiles(PrecompilesMap::from_static(precompiles));
    if constantinople {
        constantinople::set_instruction(&mut inner.instruction);
    }
    EthEvm::new(inner, false)
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

//! One transaction after the other: the oracle and the final judge of every other executor.

use super::{
    BlockJob, BlockOutput, ExecError, Executor, Receipt, StateSource,
    frame::{At, Frame},
    overlay::Overlay,
    receipts,
};
use alloy_evm::eth::dao_fork;
use alloy_primitives::U256;
use revm::database_interface::Database;

/// Executes a block's transactions in order on the calling thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct Serial;

impl Executor for Serial {
    fn execute<S: StateSource>(
        &self,
        job: &BlockJob<'_>,
        state: &S,
    ) -> Result<BlockOutput, ExecError> {
        execute(job, state, receipts::fill_blooms)
    }
}

/// Executes in order, with any way to fill in the receipts' blooms.
pub(super) fn execute<S: StateSource>(
    job: &BlockJob<'_>,
    state: &S,
    blooms: impl FnOnce(&mut [Receipt]),
) -> Result<BlockOutput, ExecError> {
    let overlay = Overlay::new(state);
    let fault = overlay.fault();
    // Whatever the EVM makes of it, a block whose state could not be read has not been judged.
    run(job, overlay, blooms).map_err(|(transaction, reason)| match fault.get() {
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

fn run<S: StateSource>(
    job: &BlockJob<'_>,
    mut overlay: Overlay<'_, S>,
    blooms: impl FnOnce(&mut [Receipt]),
) -> Result<BlockOutput, At> {
    if job.rules.dao_fork_block == Some(job.header.number) {
        move_dao_funds(&mut overlay)
            .map_err(|error| (None, format!("DAO fork transfer: {error}")))?;
    }
    let mut frame = Frame::new(job, overlay);
    frame.begin()?;
    for index in 0..job.transactions.len() {
        frame.execute(index)?;
    }
    frame.finish(blooms)
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

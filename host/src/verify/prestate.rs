//! A block with the accounts and slots that it reads, on their source's word: everything but the state root.

use super::{
    body, execution,
    groundwork::Groundwork,
    header::{self, Surroundings},
    senders,
};
use crate::{
    Engine,
    block::Block,
    chain::ChainSpec,
    exec::{Executor, Senders, StateSource, bytecode_of},
    input::{PreState, PreStateCase},
    verdict::BlockVerdict,
};
use alloy_primitives::{Address, B256, U256};
use revm::{
    bytecode::Bytecode,
    database_interface::{DBErrorMarker, DatabaseRef},
    primitives::KECCAK_EMPTY,
    state::AccountInfo,
};

/// Verifies a block over its pre-state.
pub fn verify<E: Executor>(
    engine: &Engine,
    executor: &E,
    spec: &ChainSpec,
    case: &PreStateCase,
) -> BlockVerdict {
    let surroundings = Surroundings::alone(spec);
    over_source(engine, executor, &surroundings, &case.block, &case.state)
}

/// Verifies a block over any state source: what a client calls that holds the state itself. The source answers
/// BLOCKHASH too. The state root is not checkable and stays with the client.
pub fn over_source<E: Executor, S: StateSource>(
    engine: &Engine,
    executor: &E,
    surroundings: &Surroundings<'_>,
    block: &Block,
    state: &S,
) -> BlockVerdict {
    let groundwork = Groundwork::of_one(engine, block);
    judge(engine, executor, surroundings, block, state, groundwork)
}

/// The same with what was worked out of the block beforehand.
pub fn judge<E: Executor, S: StateSource>(
    engine: &Engine,
    executor: &E,
    surroundings: &Surroundings<'_>,
    block: &Block,
    state: &S,
    groundwork: Groundwork,
) -> BlockVerdict {
    let (mut verdict, rules) = header::check(surroundings, block);
    body::check(block, &groundwork.roots, &mut verdict);
    let recovery = groundwork.recovery;
    let execute = |senders: &dyn Senders, verdict: &mut BlockVerdict| {
        let ready = execution::Ready {
            block,
            rules: &rules,
            senders,
        };
        execution::over_source(engine, executor, ready, state, verdict);
        Some(())
    };
    senders::execute_with(engine, block, &rules, recovery, &mut verdict, execute);
    verdict
}

/// What a pre-state does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PreStateError {
    /// A slot of an account that the pre-state lists, but without that slot.
    #[error("the pre-state lacks slot {slot:#x} of {address}")]
    Slot {
        /// The account.
        address: Address,
        /// The slot.
        slot: U256,
    },
    /// A code.
    #[error("the pre-state lacks the code with hash {0}")]
    Code(B256),
    /// An ancestor's hash.
    #[error("the pre-state lacks the hash of ancestor {0} (BLOCKHASH)")]
    BlockHash(u64),
}

impl DBErrorMarker for PreStateError {}

impl DatabaseRef for PreState {
    type Error = PreStateError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, PreStateError> {
        Ok(self.accounts.get(&address).map(|account| AccountInfo {
            balance: account.balance,
            nonce: account.nonce,
            code_hash: account.code_hash,
            code: None,
            ..AccountInfo::default()
        }))
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, PreStateError> {
        if code_hash == KECCAK_EMPTY {
            return Ok(Bytecode::default());
        }
        let code = self
            .codes
            .get(&code_hash)
            .ok_or(PreStateError::Code(code_hash))?;
        Ok(bytecode_of(code_hash, code.clone()))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, PreStateError> {
        match self.accounts.get(&address) {
            None => Ok(U256::ZERO),
            Some(account) => account
                .storage
                .get(&slot)
                .copied()
                .ok_or(PreStateError::Slot { address, slot }),
        }
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, PreStateError> {
        self.block_hashes
            .get(&number)
            .copied()
            .ok_or(PreStateError::BlockHash(number))
    }
}

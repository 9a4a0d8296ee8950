//! Contract creation at an address that has storage but neither nonce nor code (EIP-7610).
//!
//! Such accounts were left by creations before EIP-161. The EIP makes creation over them fail like over a contract;
//! revm can't tell them from others, since its view of an account has no storage root. A state source that can tell
//! marks them ([`storage_without_code`]). One that can't loses nothing on mainnet, where no key or factory is known to
//! lead to one of the 28 addresses.

use super::evm::BlockDatabase;
use alloy_evm::eth::EthEvmContext;
use alloy_primitives::Bytes;
use revm::{
    Inspector,
    context_interface::{ContextTr, JournalTr, journaled_state::account::JournaledAccountTr},
    interpreter::{CreateInputs, CreateOutcome, Gas, InstructionResult, InterpreterResult},
    primitives::{KECCAK_EMPTY, constants::CALL_STACK_LIMIT},
    state::AccountId,
};

/// The `account_id` by which a state source marks an account that has storage but neither nonce nor code.
pub fn storage_without_code() -> Option<AccountId> {
    AccountId::new(0)
}

/// True once an account has been loaded over which creation must fail.
pub(super) fn is_possible<DB: BlockDatabase>(database: &DB) -> bool {
    database.has_leftovers()
}

/// Lets creation fail over leftover storage, and nothing else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Collision;

impl<DB: BlockDatabase> Inspector<EthEvmContext<DB>> for Collision {
    /// Takes the steps that the creation itself would take first, in its order, and leaves every other outcome to it.
    fn create(
        &mut self,
        context: &mut EthEvmContext<DB>,
        inputs: &mut CreateInputs,
    ) -> Option<CreateOutcome> {
        let journal = context.journal_mut();
        if journal.depth() > CALL_STACK_LIMIT as usize {
            return None;
        }
        let nonce = {
            let caller = journal.load_account_mut(inputs.caller()).ok()?;
            if *caller.balance() < inputs.value() {
                return None;
            }
            caller.nonce()
        };
        nonce.checked_add(1)?;
        let address = inputs.created_address(nonce);
        let target = journal.load_account(address).ok()?;
        let bare = target.info.nonce == 0 && target.info.code_hash == KECCAK_EMPTY;
        if !bare || !context.db().is_leftover(address) {
            return None;
        }
        context
            .journal_mut()
            .load_account_mut(inputs.caller())
            .ok()?
            .bump_nonce();
        Some(CreateOutcome {
            result: InterpreterResult {
                result: InstructionResult::CreateCollision,
                gas: Gas::new_with_regular_gas_and_reservoir(
                    inputs.gas_limit(),
                    inputs.reservoir(),
                ),
                output: Bytes::new(),
            },
            address: None,
            charged_create_state_gas: inputs.charged_create_state_gas(),
        })
    }
}

//! Instructions that look at a balance, or take from it, say so first.
//!
//! They are revm's own in everything else. Whatever else reads a balance does so before or after the EVM: the fee of the
//! sender, which the try notes itself, and rewards and refunds, which only add.

use super::super::evm::BlockDatabase;
use alloy_evm::eth::EthEvmContext;
use alloy_primitives::{Address, U256};
use revm::{
    bytecode::opcode as op,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult,
        instructions::{InstructionTable, contract, host},
        interpreter::EthInterpreter,
        interpreter_types::InputsTr,
    },
};

/// A database that is told of the balances that matter.
pub(super) trait NotesBalances: BlockDatabase {
    /// The exact balance of the account matters.
    fn note_exact(&mut self, address: Address);

    /// All of the account's balance is to go elsewhere, however much it is.
    fn note_all(&mut self, address: Address, balance: U256);

    /// An amount may be taken from the account's balance.
    fn note_debit(&mut self, address: Address, balance: U256, amount: U256);
}

type Context<'a, DB> = InstructionContext<'a, EthEvmContext<DB>, EthInterpreter>;

/// Puts the instructions into the table.
pub(super) fn set<DB: NotesBalances>(
    table: &mut InstructionTable<EthInterpreter, EthEvmContext<DB>>,
) {
    table[usize::from(op::BALANCE)] = Instruction::new(balance);
    table[usize::from(op::SELFBALANCE)] = Instruction::new(self_balance);
    table[usize::from(op::SELFDESTRUCT)] = Instruction::new(self_destruct);
    table[usize::from(op::CALL)] = Instruction::new(call);
    table[usize::from(op::CALLCODE)] = Instruction::new(call_code);
    table[usize::from(op::CREATE)] = Instruction::new(create::<DB, false>);
    table[usize::from(op::CREATE2)] = Instruction::new(create::<DB, true>);
}

fn balance<DB: NotesBalances>(context: Context<'_, DB>) -> InstructionExecResult {
    if let Ok(word) = context.interpreter.stack.peek(0) {
        let address = Address::from_word(word.into());
        context.host.journaled_state.database.note_exact(address);
    }
    host::balance(context)
}

fn self_balance<DB: NotesBalances>(context: Context<'_, DB>) -> InstructionExecResult {
    let own = context.interpreter.input.target_address();
    context.host.journaled_state.database.note_exact(own);
    host::selfbalance(context)
}

fn self_destruct<DB: NotesBalances>(mut context: Context<'_, DB>) -> InstructionExecResult {
    let (own, balance) = own_balance(&mut context);
    let database = &mut context.host.journaled_state.database;
    database.note_all(own, balance);
    host::selfdestruct(context)
}

fn call<DB: NotesBalances>(mut context: Context<'_, DB>) -> InstructionExecResult {
    note_value(&mut context, 2);
    contract::call::<{ op::CALL }, _, _>(context)
}

/// Moves nothing, and fails all the same where the balance is less than the value.
fn call_code<DB: NotesBalances>(mut context: Context<'_, DB>) -> InstructionExecResult {
    note_value(&mut context, 2);
    contract::call::<{ op::CALLCODE }, _, _>(context)
}

fn create<DB: NotesBalances, const IS_CREATE2: bool>(
    mut context: Context<'_, DB>,
) -> InstructionExecResult {
    note_value(&mut context, 0);
    contract::create::<IS_CREATE2, _, _>(context)
}

/// Notes the debit of the value that stands on the stack, so many words from the top.
fn note_value<DB: NotesBalances>(context: &mut Context<'_, DB>, depth: usize) {
    let Ok(value) = context.interpreter.stack.peek(depth) else {
        return;
    };
    if value.is_zero() {
        return;
    }
    let (own, balance) = own_balance(context);
    let database = &mut context.host.journaled_state.database;
    database.note_debit(own, balance, value);
}

/// The account that runs, and what it has at this moment.
fn own_balance<DB: NotesBalances>(context: &mut Context<'_, DB>) -> (Address, U256) {
    let own = context.interpreter.input.target_address();
    let account = context.host.journaled_state.inner.state.get(&own);
    (
        own,
        account.map_or(U256::ZERO, |account| account.info.balance),
    )
}

//! SSTORE as Constantinople metered it (EIP-1283), which Petersburg took back before mainnet ever ran it.
//!
//! revm knows Petersburg alone. The two forks differ in nothing else, and EIP-1283 is EIP-2200 with a 200 gas
//! SLOAD and without the stipend check, so revm's later accounting serves with other constants.

use revm::{
    bytecode::opcode::SSTORE,
    context_interface::{Host, cfg::GasParams, cfg::gas_params::GasId},
    handler::instructions::EthInstructions,
    interpreter::{
        Instruction, InstructionContext, InstructionExecResult, InstructionResult,
        InterpreterTypes, instructions::host::sstore_with_gas_accounting,
    },
};

const NOOP: u64 = 200;
const SET: u64 = 20_000;
const RESET: u64 = 5_000;

/// Puts EIP-1283's constants into the gas table.
pub(super) fn set_gas(params: &mut GasParams) {
    params.override_gas([
        (GasId::sstore_static(), NOOP),
        (GasId::sstore_set_without_load_cost(), SET - NOOP),
        (GasId::sstore_reset_without_cold_load_cost(), RESET - NOOP),
        (GasId::sstore_set_refund(), SET - NOOP),
        (GasId::sstore_reset_refund(), RESET - NOOP),
    ]);
}

/// Puts EIP-1283's SSTORE into the instruction table.
pub(super) fn set_instruction<IT: InterpreterTypes, H: Host>(
    instructions: &mut EthInstructions<IT, H>,
) {
    instructions.insert_instruction(SSTORE, Instruction::new(sstore::<IT, H>), 0);
}

fn sstore<IT: InterpreterTypes, H: Host>(
    context: InstructionContext<'_, H, IT>,
) -> InstructionExecResult {
    const NET_METERING: bool = true;
    sstore_with_gas_accounting(context, |context, _, load| {
        let params = context.host.gas_params();
        let cost = params.sstore_dynamic_gas(NET_METERING, &load.data, false);
        let refund = params.sstore_refund(NET_METERING, &load.data);
        if !context.interpreter.gas.record_regular_cost(cost) {
            return Err(InstructionResult::OutOfGas);
        }
        context.interpreter.gas.record_refund(refund);
        Ok(())
    })
}

//! The EVM that blocks run on: revm's, with what revm leaves out of consensus put back.
//!
//! Three things differ from alloy-evm's `EthEvm`:
//! - Constantinople's SSTORE ([`constantinople`](super::constantinople));
//! - contract creation over leftover storage fails (EIP-7610, [`collision`](super::collision));
//! - a system call has 30,000,000 gas before Amsterdam (EIP-4788, 2935, 7002, 7251). revm gives every fork the larger
//!   limit of Amsterdam, so that a system contract which runs out of gas would be thought to succeed.

use super::{
    BlockJob, StateChanges,
    collision::{self, Collision},
    constantinople,
};
use crate::precompiles::precompiles;
use alloy_evm::{Evm, EvmEnv, eth::EthEvmContext, precompiles::PrecompilesMap};
use alloy_hardforks::EthereumHardfork;
use alloy_primitives::{Address, Bytes, map::AddressSet};
use revm::{
    Context, DatabaseCommit, ExecuteEvm, InspectEvm, MainBuilder, MainContext,
    context::{
        BlockEnv, CfgEnv, Evm as RevmEvm, TxEnv,
        result::{EVMError, HaltReason, ResultAndState},
    },
    context_interface::{ContextSetters, JournalTr},
    handler::{EthFrame, Handler, MainnetHandler, SystemCallTx, instructions::EthInstructions},
    interpreter::{instructions::InstructionTable, interpreter::EthInterpreter},
    precompile::PrecompileSpecId,
    primitives::hardfork::SpecId,
};

/// Gas of a system call before Amsterdam.
const SYSTEM_CALL_GAS: u64 = 30_000_000;

type Inner<DB> = RevmEvm<
    EthEvmContext<DB>,
    Collision,
    EthInstructions<EthInterpreter, EthEvmContext<DB>>,
    PrecompilesMap,
    EthFrame,
>;

/// What a block's EVM needs of its database besides reads and commits.
pub(super) trait BlockDatabase: alloy_evm::Database + DatabaseCommit {
    /// True if an account has been loaded that has storage but neither nonce nor code.
    fn has_leftovers(&self) -> bool;

    /// True if the account was loaded with storage but neither nonce nor code, and still has that storage.
    fn is_leftover(&self, address: Address) -> bool;

    /// What has been committed since this was last emptied.
    fn changes(&mut self) -> &mut StateChanges;

    /// Empties [`changes`](Self::changes).
    fn take_changes(&mut self) -> StateChanges {
        std::mem::take(self.changes())
    }
}

/// See the module.
pub(super) struct BlockEvm<DB: BlockDatabase> {
    inner: Inner<DB>,
    /// The outcome that the next transaction is known to have.
    prepared: Option<ResultAndState>,
}

impl<DB: BlockDatabase> BlockEvm<DB> {
    /// An EVM in the environment of a block.
    pub(super) fn new(job: &BlockJob<'_>, database: DB) -> Self {
        let rules = job.rules;
        let mut env = EvmEnv::for_eth_block(job.header, rules, rules.chain_id, rules.blob);
        let constantinople = rules.fork == EthereumHardfork::Constantinople;
        if env.cfg_env.spec != rules.spec_id {
            env.cfg_env = env.cfg_env.with_spec_and_mainnet_gas_params(rules.spec_id);
        }
        if constantinople {
            constantinople::set_gas(&mut env.cfg_env.gas_params);
        }
        let precompiles = precompiles(PrecompileSpecId::from_spec_id(rules.spec_id));
        let context: EthEvmContext<DB> = Context::mainnet()
            .with_block(env.block_env)
            .with_cfg(env.cfg_env)
            .with_db(database);
        let mut inner = context
            .build_mainnet_with_inspector(Collision)
            .with_precompiles(PrecompilesMap::from_static(precompiles));
        if constantinople {
            constantinople::set_instruction(&mut inner.instruction);
        }
        Self {
            inner,
            prepared: None,
        }
    }

    /// Makes an outcome that of the next transaction, which is then not run.
    pub(super) fn prepare(&mut self, outcome: ResultAndState) {
        self.prepared = Some(outcome);
    }

    /// The meaning of each opcode.
    pub(super) fn instructions(
        &mut self,
    ) -> &mut InstructionTable<EthInterpreter, EthEvmContext<DB>> {
        self.inner.instruction.instruction_table_mut()
    }
}

impl<DB: BlockDatabase> Evm for BlockEvm<DB> {
    type DB = DB;
    type Tx = TxEnv;
    type Error = EVMError<DB::Error>;
    type HaltReason = HaltReason;
    type Spec = SpecId;
    type BlockEnv = BlockEnv;
    type Precompiles = PrecompilesMap;
    type Inspector = Collision;

    fn block(&self) -> &BlockEnv {
        &self.inner.ctx.block
    }

    fn cfg_env(&self) -> &CfgEnv {
        &self.inner.ctx.cfg
    }

    fn chain_id(&self) -> u64 {
        self.inner.ctx.cfg.chain_id
    }

    /// Nothing is committed here, so a transaction that turns out to load an account with leftover storage can be run
    /// again under inspection, which costs time at every instruction and is almost never needed.
    fn transact_raw(&mut self, tx: TxEnv) -> Result<ResultAndState, Self::Error> {
        if let Some(outcome) = self.prepared.take() {
            return Ok(outcome);
        }
        let result = self.inner.transact(tx);
        if !collision::is_possible(self.db()) {
            return result;
        }
        let tx = self.inner.ctx.tx.clone();
        self.inner.inspect_tx(tx)
    }

    fn transact_system_call(
        &mut self,
        caller: Address,
        contract: Address,
        data: Bytes,
    ) -> Result<ResultAndState, Self::Error> {
        let mut tx = TxEnv::new_system_tx_with_caller(caller, contract, data);
        if !self.inner.ctx.cfg.spec.is_enabled_in(SpecId::AMSTERDAM) {
            tx.gas_limit = SYSTEM_CALL_GAS;
        }
        self.inner.ctx.set_tx(tx);
        // A system call begins with no warm address, whatever this EVM has run before; the next transaction fills them in.
        let journal = &mut self.inner.ctx.journaled_state;
        journal.warm_precompiles(&AddressSet::default());
        let mut handler = MainnetHandler::<_, Self::Error, EthFrame>::default();
        let result = handler.run_system_call(&mut self.inner)?;
        let state = self.inner.finalize();
        Ok(ResultAndState::new(result, state))
    }

    fn finish(self) -> (Self::DB, EvmEnv) {
        let Context {
            block: block_env,
            cfg: cfg_env,
            journaled_state,
            ..
        } = self.inner.ctx;
        (journaled_state.database, EvmEnv { block_env, cfg_env })
    }

    /// Inspection goes on and off by itself.
    fn set_inspector_enabled(&mut self, _: bool) {}

    fn components(&self) -> (&Self::DB, &Self::Inspector, &Self::Precompiles) {
        let Inner {
            ctx,
            inspector,
            precompiles,
            ..
        } = &self.inner;
        (&ctx.journaled_state.database, inspector, precompiles)
    }

    fn components_mut(&mut self) -> (&mut Self::DB, &mut Self::Inspector, &mut Self::Precompiles) {
        let Inner {
            ctx,
            inspector,
            precompiles,
            ..
        } = &mut self.inner;
        (&mut ctx.journaled_state.database, inspector, precompiles)
    }
}

//! Small blocks over a client's own kind of database, revm's `CacheDB`. Each is run by every executor.

mod assembly;
mod balances;
mod block;
mod blocks;
mod changing_delegations;
mod code;
mod coinbase;
mod collision;
mod composition;
mod constantinople;
mod dao;
mod delegations;
mod everyone;
mod false_lists;
mod faults;
mod hostile;
mod lifetimes;
mod nonces;
mod pooled;
mod precompiles;
mod random;
mod refusals;
mod rewards;
mod rigged;
mod sources;
mod stress;
mod system;

use super::{
    BlockJob, BlockOutput, ExecError, Executor, KnownSenders, Senders, Serial, StateChanges,
    StateSource,
};
use crate::{
    block::Transaction,
    chain::{ChainSpec, Rules},
};
use alloy_consensus::{Header, Signed, TxLegacy};
use alloy_eips::eip4895::Withdrawals;
use alloy_primitives::{Address, B256, Bytes, Signature, TxKind, U256};
use revm::{
    DatabaseRef,
    bytecode::opcode as op,
    database::{CacheDB, DbAccount, EmptyDB},
    state::AccountInfo,
};
use std::collections::BTreeMap;

pub(super) type Db = CacheDB<EmptyDB>;

pub(super) const ALICE: Address = Address::repeat_byte(0xa1);
pub(super) const BOB: Address = Address::repeat_byte(0xb0);
pub(super) const MINER: Address = Address::repeat_byte(0xc0);
pub(super) const CONTRACT: Address = Address::repeat_byte(0xcc);
pub(super) const GAS: u64 = 1_000_000;

/// The rules of a block where all forks up to one hold from genesis on.
pub(super) fn rules(fork: &str) -> Rules {
    let spec = ChainSpec::from_fixture_network(fork, &BTreeMap::new(), 1).unwrap();
    spec.rules_at(1, 1000, None)
}

/// A state and a block without transactions.
#[derive(Clone)]
pub(super) struct World {
    pub(super) db: Db,
    pub(super) rules: Rules,
    pub(super) header: Header,
    pub(super) ommers: Vec<Header>,
    pub(super) withdrawals: Option<Withdrawals>,
}

impl World {
    /// Alice has ether; from Prague on there are the system contracts that each block needs.
    pub(super) fn new(fork: &str) -> Self {
        let rules = rules(fork);
        let header = Header {
            number: 1,
            timestamp: 1000,
            gas_limit: 30_000_000,
            beneficiary: MINER,
            base_fee_per_gas: rules
                .is_active(alloy_hardforks::EthereumHardfork::London)
                .then_some(0),
            excess_blob_gas: rules.blob.is_some().then_some(0),
            parent_beacon_block_root: rules.blob.is_some().then_some(B256::ZERO),
            ..Header::default()
        };
        let mut world = Self {
            db: Db::default(),
            rules,
            header,
            ommers: Vec::new(),
            withdrawals: None,
        };
        world.account(ALICE, 1_000_000_000, 0);
        if world
            .rules
            .is_active(alloy_hardforks::EthereumHardfork::Prague)
        {
            for address in system::REQUEST_CONTRACTS {
                world.contract(address, [op::STOP]);
            }
        }
        world
    }

    pub(super) fn account(&mut self, address: Address, balance: u64, nonce: u64) {
        let info = AccountInfo::from_balance(U256::from(balance)).with_nonce(nonce);
        self.db.insert_account_info(address, info);
    }

    pub(super) fn contract(&mut self, address: Address, code: impl Into<Vec<u8>>) {
        let code = super::bytecode(Bytes::from(code.into()));
        let info = AccountInfo::default().with_nonce(1).with_code(code);
        self.db.insert_account_info(address, info);
    }

    pub(super) fn slot(&mut self, address: Address, slot: u64, value: u64) {
        let (slot, value) = (U256::from(slot), U256::from(value));
        self.db
            .insert_account_storage(address, slot, value)
            .unwrap();
    }

    pub(super) fn run(&self, transactions: &[Transaction]) -> Result<BlockOutput, ExecError> {
        self.run_over(&self.db, transactions)
    }

    /// Runs transactions of Alice's.
    pub(super) fn run_over<S: StateSource>(
        &self,
        state: &S,
        transactions: &[Transaction],
    ) -> Result<BlockOutput, ExecError> {
        let authorities = vec![Vec::new(); transactions.len()];
        self.run_with(state, transactions, &authorities)
    }

    pub(super) fn run_with<S: StateSource>(
        &self,
        state: &S,
        transactions: &[Transaction],
        authorities: &[Vec<Option<Address>>],
    ) -> Result<BlockOutput, ExecError> {
        let senders = vec![ALICE; transactions.len()];
        let senders = KnownSenders {
            senders: &senders,
            authorities,
        };
        everyone::agreed(&self.job(transactions, &senders), state)
    }

    /// Transactions of anyone's as a block.
    pub(super) fn job<'a>(
        &'a self,
        transactions: &'a [Transaction],
        senders: &'a dyn Senders,
    ) -> BlockJob<'a> {
        BlockJob {
            ommers: &self.ommers,
            withdrawals: self.withdrawals.as_ref(),
            ..BlockJob::new(&self.rules, &self.header, transactions, senders)
        }
    }

    /// The state after a block's steps.
    pub(super) fn after(&self, output: &BlockOutput) -> Db {
        let mut db = self.db.clone();
        output.steps.iter().for_each(|step| apply(&mut db, step));
        db
    }
}

/// The transaction for which a block is refused, and why.
pub(super) fn refused(result: Result<BlockOutput, ExecError>) -> (Option<usize>, String) {
    match result {
        Err(ExecError::Invalid {
            transaction,
            reason,
        }) => (transaction, reason),
        other => panic!("{other:?}"),
    }
}

/// What [`StateChanges`] mean, word by word.
pub(super) fn apply(db: &mut Db, changes: &StateChanges) {
    for (address, change) in &changes.accounts {
        let account = db.load_account(*address).unwrap();
        if change.storage_wiped {
            account.storage.clear();
        }
        let Some(info) = &change.info else {
            assert!(change.storage_wiped && change.storage.is_empty());
            *account = DbAccount::new_not_existing();
            continue;
        };
        for (slot, value) in &change.storage {
            account.storage.insert(*slot, *value);
        }
        db.insert_account_info(*address, info.clone());
    }
}

pub(super) fn balance(db: &Db, address: Address) -> Option<U256> {
    db.basic_ref(address).unwrap().map(|info| info.balance)
}

pub(super) fn slot(db: &Db, address: Address, slot: u64) -> u64 {
    let value = db.storage_ref(address, U256::from(slot)).unwrap();
    value.to()
}

/// A transaction without fee. Senders are given, so that no signature is ever looked at.
pub(super) fn transaction(
    nonce: u64,
    to: impl Into<TxKind>,
    value: u64,
    input: impl Into<Vec<u8>>,
) -> Transaction {
    legacy(TxLegacy {
        nonce,
        gas_limit: GAS,
        to: to.into(),
        value: U256::from(value),
        input: Bytes::from(input.into()),
        ..TxLegacy::default()
    })
}

pub(super) fn legacy(transaction: TxLegacy) -> Transaction {
    let signature = Signature::test_signature();
    Transaction::Legacy(Signed::new_unchecked(transaction, signature, B256::ZERO))
}

/// The 32-byte words of numbers.
pub(super) fn words(values: &[u64]) -> Vec<u8> {
    let words = values.iter().map(|value| B256::from(U256::from(*value)));
    words.flat_map(|word| word.0).collect()
}

/// Init code that runs `first` and returns `runtime`, which has at most 255 bytes.
pub(super) fn deploying(first: &[u8], runtime: &[u8]) -> Vec<u8> {
    let length = u8::try_from(runtime.len()).unwrap();
    let offset = u8::try_from(first.len() + 12).unwrap();
    let tail = [
        [op::PUSH1, length, op::PUSH1, offset, op::PUSH1, 0],
        [op::CODECOPY, op::PUSH1, length, op::PUSH1, 0, op::RETURN],
    ];
    [first, &tail.concat(), runtime].concat()
}

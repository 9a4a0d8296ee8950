//! Blocks of several senders, run by every executor or on a forced schedule.

use super::{
    everyone::{agreed, assert_same, parallel},
    rigged::{Read, Rigged},
    *,
};
use crate::exec::parallel::{Counts, Parallel};
use std::collections::HashMap;

/// One of many.
pub(super) fn person(index: usize) -> Address {
    let index = u8::try_from(index).unwrap();
    let mut address = Address::repeat_byte(0x77);
    address[19] = index;
    address
}

/// Transactions with their senders.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    pub(super) transactions: Vec<Transaction>,
    pub(super) senders: Vec<Option<Address>>,
    pub(super) authorities: Vec<Vec<Option<Address>>>,
    nonces: HashMap<Address, u64>,
}

impl Block {
    /// The sender's next transaction, with as much gas as most need.
    pub(super) fn send(
        &mut self,
        sender: Address,
        to: impl Into<TxKind>,
        value: u64,
        input: impl Into<Vec<u8>>,
    ) {
        self.pay(sender, to, value, input, 0);
    }

    /// The same at a price of gas.
    pub(super) fn pay(
        &mut self,
        sender: Address,
        to: impl Into<TxKind>,
        value: u64,
        input: impl Into<Vec<u8>>,
        gas_price: u128,
    ) {
        let transaction = TxLegacy {
            nonce: self.next_nonce(sender),
            gas_price,
            gas_limit: GAS,
            to: to.into(),
            value: U256::from(value),
            input: Bytes::from(input.into()),
            ..TxLegacy::default()
        };
        self.push(sender, legacy(transaction), Vec::new());
    }

    pub(super) fn push(
        &mut self,
        sender: Address,
        transaction: Transaction,
        authorities: Vec<Option<Address>>,
    ) {
        self.transactions.push(transaction);
        self.senders.push(Some(sender));
        self.authorities.push(authorities);
    }

    /// Leaves the first so many transactions.
    pub(super) fn truncate(&mut self, count: usize) {
        self.transactions.truncate(count);
        self.senders.truncate(count);
        self.authorities.truncate(count);
    }

    /// Counts every account's nonce from 0 again.
    pub(super) fn forget_nonces(&mut self) {
        self.nonces.clear();
    }

    /// The nonce that an account's next transaction or authorization has to have.
    pub(super) fn next_nonce(&mut self, account: Address) -> u64 {
        let nonce = self.nonces.entry(account).or_default();
        *nonce += 1;
        *nonce - 1
    }
}

impl Senders for Block {
    fn len(&self) -> usize {
        self.senders.len()
    }

    fn sender(&self, index: usize) -> Option<Address> {
        self.senders[index]
    }

    fn authorities(&self, index: usize) -> &[Option<Address>] {
        &self.authorities[index]
    }
}

impl World {
    /// The first so many people have ether.
    pub(super) fn people(&mut self, count: usize) {
        for index in 0..count {
            self.account(person(index), 1_000_000_000, 0);
        }
    }

    pub(super) fn job_of<'a>(&'a self, block: &'a Block) -> BlockJob<'a> {
        self.job(&block.transactions, block)
    }

    /// What every executor gives for a block.
    pub(super) fn agreed(&self, block: &Block) -> Result<BlockOutput, ExecError> {
        agreed(&self.job_of(block), &self.db)
    }

    /// The output of a block on a schedule of two threads in which the read `held` is not answered before the read
    /// `until` is made, and how its transactions came to be committed. It is the serial output.
    ///
    /// With what the first transaction reads first held until the last one's try begins, the tries between them are
    /// certainly shown the state before the block.
    pub(super) fn forced(&self, block: &Block, held: Read, until: Read) -> (BlockOutput, Counts) {
        let state = Rigged::new(&self.db).holding(held, until);
        self.forced_over(block, &state, &parallel(2, 1000))
    }

    /// [`Self::forced`] over a state that holds reads, by an executor of two threads.
    pub(super) fn forced_over(
        &self,
        block: &Block,
        state: &Rigged<'_>,
        executor: &Parallel,
    ) -> (BlockOutput, Counts) {
        let job = self.job_of(block);
        let wanted = Serial.execute(&job, &self.db);
        let (got, counts) = executor.execute_counted(&job, state);
        assert!(!state.was_late(), "a read was not made in time");
        assert_same(&wanted, &got, "forced schedule");
        (got.unwrap(), counts.expect("executed in parallel"))
    }

    /// [`Self::forced`] for a block in which person 0 sends the first transaction and person n the last.
    pub(super) fn stale(&self, block: &Block) -> (BlockOutput, Counts) {
        let last = block.senders.last().copied().flatten().unwrap();
        let until = Read::Account(last);
        let (output, counts) = self.forced(block, Read::Account(person(0)), until);
        let all = counts.tried + counts.repeated + counts.at_the_head;
        assert_eq!(all, block.transactions.len());
        assert_eq!(counts.at_the_head, 1, "the first alone is not tried");
        (output, counts)
    }
}

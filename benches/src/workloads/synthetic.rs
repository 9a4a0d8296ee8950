//! Made-up blocks, each of one kind of conflict among its transactions, over a state in memory.

mod contracts;

use super::{
    Words,
    memory::{Memory, Stored},
    whole::People,
};
use alloy_consensus::{Header, Signed, TxEip1559};
use alloy_primitives::{
    Address, B256, Bytes, Signature, TxKind, U256, keccak256,
    map::{B256Map, HashMap},
};
use phalanx::{
    block::{Block, Ommers, Transaction, header_hash},
    chain::{ChainSpec, Rules},
    exec::{BlockJob, BlockOutput},
};
use revm::{bytecode::Bytecode, state::AccountInfo};
use std::sync::Arc;

const GWEI: u64 = 1_000_000_000;
/// What a sender has before the block.
const WEALTH: u64 = 1_000_000 * GWEI;
/// In Cancun.
const NUMBER: u64 = 19_500_000;
const TIME: u64 = 1_711_000_000;

/// A block, what it runs over, and what it leads to.
#[derive(Debug)]
pub struct Synthetic {
    /// How reports name it.
    pub name: &'static str,
    /// The state before.
    pub state: Memory,
    block: Block,
    rules: Rules,
    people: People,
    balances: Vec<(Address, U256)>,
    slots: Vec<(Address, U256, U256)>,
}

impl Synthetic {
    /// What an executor is handed.
    pub fn job(&self) -> BlockJob<'_> {
        self.people.job(&self.rules, &self.block)
    }

    /// The number of transactions.
    pub fn transactions(&self) -> usize {
        self.block.transactions.len()
    }

    /// Panics if the output is not what the block leads to.
    pub fn check(&self, output: &BlockOutput) {
        assert_eq!(output.receipts.len(), self.transactions());
        assert!(output.receipts.iter().all(|receipt| receipt.status()));
        let [changes] = output.steps.as_slice() else {
            panic!("one step: {}", output.steps.len());
        };
        let account = |address: &Address| {
            let change = changes.accounts.get(address);
            change.unwrap_or_else(|| panic!("{}: {address} is not changed", self.name))
        };
        let tips = (
            self.block.header.beneficiary,
            U256::from(output.gas_used * GWEI),
        );
        for (address, balance) in self.balances.iter().chain([&tips]) {
            let info = account(address).info.as_ref();
            assert_eq!(
                info.map(|info| info.balance),
                Some(*balance),
                "{}",
                self.name
            );
        }
        for (address, slot, value) in &self.slots {
            let found = account(address).storage.get(slot);
            assert_eq!(found, Some(value), "{}", self.name);
        }
    }
}

/// Transfers of ether, each from a sender of its own to somebody who has nothing.
pub fn transfers(count: usize) -> Synthetic {
    let mut draft = Draft::new(21);
    for value in (1..).take(count) {
        let (sender, recipient) = (draft.sender(), draft.words.address());
        draft.send(sender, recipient, value, Vec::new(), 21_000);
        // A base fee and a tip of one gwei each.
        let left = WEALTH - value - 2 * GWEI * 21_000;
        draft.balances.push((sender, U256::from(left)));
        draft.balances.push((recipient, U256::from(value)));
    }
    draft.block("independent transfers of ether")
}

/// Transfers of one ERC-20 token between pairs of their own.
pub fn tokens(count: usize) -> Synthetic {
    let mut draft = Draft::new(22);
    let token = draft.contract(contracts::token());
    for value in (1..).take(count) {
        let (sender, recipient) = (draft.sender(), draft.words.address());
        draft.give(token, sender, WEALTH);
        let call = contracts::moving(sender, recipient, value);
        draft.send(sender, token, 0, call, 100_000);
        draft.holds(token, sender, U256::from(WEALTH - value));
        draft.holds(token, recipient, U256::from(value));
    }
    draft.block("token transfers between distinct pairs")
}

/// Swaps, so many in each of so many pools of two tokens, in random order, each by a sender of its own.
pub fn swaps(pools: usize, each: usize) -> Synthetic {
    const RESERVE: u64 = 1 << 50;
    let mut draft = Draft::new(23);
    let tokens = [contracts::token(), contracts::token()].map(|code| draft.contract(code));
    let mut reserves: Vec<(Address, [U256; 2])> = Vec::new();
    for _ in 0..pools {
        let pool = draft.contract(contracts::pool(tokens));
        for (slot, token) in (0..).zip(tokens) {
            let stored = draft.state.accounts.entry(pool).or_default();
            let reserve = U256::from(RESERVE);
            stored.storage.insert(U256::from(slot), reserve);
            draft.give(token, pool, RESERVE);
        }
        reserves.push((pool, [U256::from(RESERVE); 2]));
    }
    let mut order: Vec<usize> = (0..pools * each).map(|place| place % pools).collect();
    for place in (1..order.len()).rev() {
        let other = draft.words.below(place + 1);
        order.swap(place, other);
    }
    for place in order {
        let sender = draft.sender();
        let paid = 1_000_000 + draft.words.below(60_000) as u64;
        draft.give(tokens[0], sender, paid);
        let (pool, [mine, theirs]) = &mut reserves[place];
        draft.send(sender, *pool, 0, contracts::swapping(paid), 400_000);
        let fee_paid = U256::from(paid * 997);
        let got = *theirs * fee_paid / (*mine * U256::from(1000) + fee_paid);
        *mine += U256::from(paid);
        *theirs -= got;
        draft.holds(tokens[1], sender, got);
    }
    for (pool, both) in reserves {
        for ((slot, token), reserve) in (0..).zip(tokens).zip(both) {
            draft.slots.push((pool, U256::from(slot), reserve));
            draft.holds(token, pool, reserve);
        }
    }
    draft.block("swaps in clusters")
}

/// One chain: each transaction hashes what the one before has left in a slot.
pub fn chain(count: usize) -> Synthetic {
    const ROUNDS: usize = 64;
    let mut draft = Draft::new(24);
    let contract = draft.contract(contracts::hashing(ROUNDS));
    for _ in 0..count {
        let sender = draft.sender();
        draft.send(sender, contract, 0, Vec::new(), 200_000);
    }
    let last = (0..count * ROUNDS).fold(B256::ZERO, |word, _| keccak256(word));
    draft.slots.push((contract, U256::ZERO, last.into()));
    draft.block("one chain of dependent transactions")
}

/// A block being written.
struct Draft {
    words: Words,
    state: Memory,
    codes: B256Map<Bytecode>,
    transactions: Vec<Transaction>,
    people: People,
    balances: Vec<(Address, U256)>,
    slots: Vec<(Address, U256, U256)>,
}

impl Draft {
    fn new(seed: u64) -> Self {
        Self {
            words: Words::new(seed),
            state: Memory::default(),
            codes: B256Map::default(),
            transactions: Vec::new(),
            people: People {
                senders: Vec::new(),
                authorities: Vec::new(),
            },
            balances: Vec::new(),
            slots: Vec::new(),
        }
    }

    /// A new account that has ether.
    fn sender(&mut self) -> Address {
        let address = self.words.address();
        let info = AccountInfo {
            balance: U256::from(WEALTH),
            code: None,
            ..AccountInfo::default()
        };
        let storage = HashMap::default();
        self.state
            .accounts
            .insert(address, Stored { info, storage });
        address
    }

    fn contract(&mut self, code: Vec<u8>) -> Address {
        let address = self.words.address();
        let code_hash = keccak256(&code);
        self.codes
            .insert(code_hash, Bytecode::new_legacy(Bytes::from(code)));
        let info = AccountInfo {
            nonce: 1,
            code_hash,
            code: None,
            ..AccountInfo::default()
        };
        let storage = HashMap::default();
        self.state
            .accounts
            .insert(address, Stored { info, storage });
        address
    }

    fn give(&mut self, token: Address, holder: Address, amount: u64) {
        let stored = self.state.accounts.entry(token).or_default();
        let slot = contracts::balance_slot(holder);
        stored.storage.insert(slot, U256::from(amount));
    }

    fn holds(&mut self, token: Address, holder: Address, amount: U256) {
        self.slots
            .push((token, contracts::balance_slot(holder), amount));
    }

    fn send(&mut self, sender: Address, to: Address, value: u64, input: Vec<u8>, gas: u64) {
        let tx = TxEip1559 {
            chain_id: 1,
            gas_limit: gas,
            max_fee_per_gas: u128::from(2 * GWEI),
            max_priority_fee_per_gas: u128::from(GWEI),
            to: TxKind::Call(to),
            value: U256::from(value),
            input: input.into(),
            ..TxEip1559::default()
        };
        let hash = self.words.next().into();
        let signed = Signed::new_unchecked(tx, Signature::test_signature(), hash);
        self.transactions.push(Transaction::Eip1559(signed));
        self.people.senders.push(sender);
        self.people.authorities.push(Vec::new());
    }

    fn block(mut self, name: &'static str) -> Synthetic {
        let header = Header {
            number: NUMBER,
            timestamp: TIME,
            beneficiary: self.words.address(),
            gas_limit: 400_000 * self.transactions.len() as u64,
            base_fee_per_gas: Some(GWEI),
            parent_beacon_block_root: Some(B256::ZERO),
            excess_blob_gas: Some(0),
            blob_gas_used: Some(0),
            ..Header::default()
        };
        self.state.codes = Arc::new(self.codes);
        Synthetic {
            name,
            state: self.state,
            rules: ChainSpec::mainnet().rules_at(NUMBER, TIME, None),
            block: Block {
                hash: header_hash(&header),
                header,
                claimed_hash: None,
                transactions: self.transactions,
                ommers: Ommers::Headers(Vec::new()),
                withdrawals: Some(Vec::new().into()),
                encoded_length: None,
            },
            people: self.people,
            balances: self.balances,
            slots: self.slots,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use phalanx::exec::{Executor, Serial};

    fn output(block: &Synthetic) -> BlockOutput {
        Serial
            .execute(&block.job(), &block.state)
            .expect("a sound block")
    }

    #[test]
    fn blocks_lead_where_they_should() {
        for block in [transfers(40), tokens(40), swaps(4, 10), chain(40)] {
            assert_eq!(block.transactions(), 40, "{}", block.name);
            assert!(block.balances.len() + block.slots.len() > 0);
            block.check(&output(&block));
        }
    }

    #[test]
    fn two_logs_of_a_swaps_tokens_and_its_own() {
        let block = swaps(2, 3);
        let logs = output(&block)
            .receipts
            .iter()
            .map(|receipt| receipt.logs().len())
            .sum::<usize>();
        assert_eq!(logs, 3 * 6);
    }

    #[test]
    #[should_panic(expected = "one chain")]
    fn another_end_is_seen() {
        let mut block = chain(3);
        block.slots[0].2 += U256::from(1);
        block.check(&output(&block));
    }
}

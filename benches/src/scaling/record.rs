//! What the transactions of a block read of each other, and how long each takes.
//!
//! alloy-evm executes the block in order, with the receipts' blooms left out, which can be filled in later. The journal
//! of each transaction holds every account and slot that it loaded, in calls that failed as well, with the values before
//! and after. Locations are an account's balance, its nonce, its code with its existence, and each slot. All loaded slots
//! and codes count as read, whatever changes in value as written. What is read of balances and nonces is a matter of
//! [`Rule`]s; an instruction that asks for a balance is not seen.

use super::simulate::Task;
use crate::{
    engines::best_practice::context,
    measure::Quartiles,
    workloads::whole::{People, PreStateBlock},
};
use alloy_consensus::transaction::Recovered;
use alloy_evm::{
    EvmEnv, EvmFactory,
    block::BlockExecutor,
    eth::{EthBlockExecutor, EthEvmFactory},
};
use alloy_primitives::{Address, U256, map::HashMap};
use phalanx::exec::receipts::Builder;
use revm::{
    database::State,
    database_interface::WrapDatabaseRef,
    state::{Account, EvmState},
};
use std::time::Instant;

/// Something that a transaction reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Location {
    Balance(Address),
    Nonce(Address),
    Code(Address),
    Slot(Address, U256),
}

/// What a transaction reads of balances and nonces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A balance is a bound, which whoever made it larger or smaller leaves as it is, and the sender's nonce is taken for
    /// granted: so Phalanx executes. A nonce is read by a contract that creates another one.
    Granted,
    /// A nonce is read by who changes it, and a balance by whose it is made smaller. Credits commute, the beneficiary's
    /// fees above all.
    Strict,
}

/// The transactions of a block under each [`Rule`], each with the time that a quarter of so many executions stay below: on a
/// busy machine a median has others' work in it.
pub fn tasks(block: &PreStateBlock, people: &People, executions: usize) -> [Vec<Task>; 2] {
    let mut writers = [Rule::Granted, Rule::Strict].map(Writers::new);
    let mut tasks = [Vec::new(), Vec::new()];
    let mut times: Vec<Vec<(f64, f64)>> = Vec::new();
    for execution in 0..executions.max(1) {
        execute(
            block,
            people,
            execution == 0,
            |index, run, commit, loaded| {
                if let Some(state) = loaded {
                    for (writers, tasks) in writers.iter_mut().zip(&mut tasks) {
                        let reads = writers.reads(index, people.senders[index], &state);
                        tasks.push(Task { run, commit, reads });
                    }
                    times.push(Vec::new());
                }
                times[index].push((run, commit));
            },
        );
    }
    for tasks in &mut tasks {
        for (task, times) in tasks.iter_mut().zip(&times) {
            task.run = Quartiles::of(times.iter().map(|(run, _)| *run)).low;
            task.commit = Quartiles::of(times.iter().map(|(_, commit)| *commit)).low;
        }
    }
    tasks
}

/// Executes a block in order; hands on each transaction's index, the seconds that it ran and was committed in, and what
/// it loaded, where that is asked for.
fn execute(
    block: &PreStateBlock,
    people: &People,
    record: bool,
    mut each: impl FnMut(usize, f64, f64, Option<EvmState>),
) {
    let chain = block.chain();
    let header = &block.block.header;
    let ommers = block.block.ommers.headers().unwrap_or_default();
    let state = State::builder().with_database(WrapDatabaseRef(&block.state));
    let mut state = state.with_bundle_update().build();
    let env = EvmEnv::for_eth_block(header, &chain, chain.id(), chain.blob());
    let evm = EthEvmFactory::default().create_evm(&mut state, env);
    let ctx = context(header, ommers, block.block.withdrawals.as_ref());
    let mut executor = EthBlockExecutor::new(evm, ctx, &chain, Builder);
    executor
        .apply_pre_execution_changes()
        .expect("a mainnet block");
    let transactions = block.block.transactions.iter().zip(&people.senders);
    for (index, (transaction, sender)) in transactions.enumerate() {
        let recovered = Recovered::new_unchecked(transaction, *sender);
        let start = Instant::now();
        let result = executor.execute_transaction_without_commit(recovered);
        let result = result.expect("a mainnet block");
        let run = start.elapsed().as_secs_f64();
        let loaded = record.then(|| result.result.state.clone());
        let start = Instant::now();
        executor.commit_transaction(result);
        let commit = start.elapsed().as_secs_f64();
        each(index, run, commit, loaded);
    }
    let result = executor
        .apply_post_execution_changes()
        .expect("a mainnet block");
    assert_eq!(result.gas_used, header.gas_used);
}

/// Who wrote each location since it was last both read and written.
#[derive(Debug)]
struct Writers {
    rule: Rule,
    of: HashMap<Location, Vec<usize>>,
}

impl Writers {
    fn new(rule: Rule) -> Self {
        let of = HashMap::default();
        Self { rule, of }
    }

    /// The earlier transactions whose writes this one reads; its own writes are noted.
    fn reads(&mut self, index: usize, sender: Address, state: &EvmState) -> Vec<usize> {
        let mut reads = Vec::new();
        let mut writes = Vec::new();
        for (address, account) in state {
            self.note_reads(*address, account, *address == sender, &mut reads);
            note_writes(*address, account, &mut writes);
        }
        let earlier = reads.iter().filter_map(|location| self.of.get(location));
        let mut earlier: Vec<usize> = earlier.flatten().copied().collect();
        earlier.sort_unstable();
        earlier.dedup();
        for location in writes {
            let writers = self.of.entry(location).or_default();
            // Who reads what it writes stands for all before.
            if reads.contains(&location) {
                writers.clear();
            }
            writers.push(index);
        }
        earlier
    }

    fn note_reads(
        &self,
        address: Address,
        account: &Account,
        is_sender: bool,
        reads: &mut Vec<Location>,
    ) {
        let (before, after) = (account.original_info(), &account.info);
        let strict = self.rule == Rule::Strict;
        reads.push(Location::Code(address));
        if strict && (is_sender || after.balance < before.balance) {
            reads.push(Location::Balance(address));
        }
        if match is_sender {
            true => strict,
            false => after.nonce != before.nonce,
        } {
            reads.push(Location::Nonce(address));
        }
        let slots = account.storage.keys();
        reads.extend(slots.map(|slot| Location::Slot(address, *slot)));
    }
}

fn note_writes(address: Address, account: &Account, writes: &mut Vec<Location>) {
    let (before, after) = (account.original_info(), &account.info);
    let [balance, nonce, code] = [Location::Balance, Location::Nonce, Location::Code];
    if !account.is_touched() {
        return;
    }
    let comes = account.is_loaded_as_not_existing() != account.is_empty();
    if account.is_created() || account.is_selfdestructed() || comes {
        writes.extend([balance(address), nonce(address), code(address)]);
    } else {
        let changed = [
            (balance(address), before.balance != after.balance),
            (nonce(address), before.nonce != after.nonce),
            (code(address), before.code_hash != after.code_hash),
        ];
        let changed = changed.iter().filter(|(_, is)| *is);
        writes.extend(changed.map(|(location, _)| *location));
    }
    let slots = account.storage.iter().filter(|(_, slot)| slot.is_changed());
    writes.extend(slots.map(|(slot, _)| Location::Slot(address, *slot)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use revm::state::{AccountInfo, EvmStorageSlot, TransactionId};

    const SENDER: Address = Address::repeat_byte(1);
    const OTHER: Address = Address::repeat_byte(2);

    fn account(balance: u64, after: u64, slot: Option<(u64, u64)>) -> Account {
        let info = AccountInfo::from_balance(U256::from(balance));
        let mut account = Account::from(info.with_nonce(1));
        account.info.balance = U256::from(after);
        account.mark_touch();
        if let Some((before, after)) = slot {
            let [before, after] = [before, after].map(U256::from);
            let slot = EvmStorageSlot::new_changed(before, after, TransactionId::ZERO);
            account.storage.insert(U256::ZERO, slot);
        }
        account
    }

    type Transaction<'a> = (Address, &'a [(Address, Account)]);

    fn reads(rule: Rule, transactions: &[Transaction<'_>]) -> Vec<Vec<usize>> {
        let mut writers = Writers::new(rule);
        let of = |(index, (sender, state)): (usize, &Transaction<'_>)| {
            let state: EvmState = state.iter().cloned().collect();
            writers.reads(index, *sender, &state)
        };
        transactions.iter().enumerate().map(of).collect()
    }

    #[test]
    fn credits_commute_and_debits_read_all_of_them_unless_granted() {
        let sender = |byte: u8| Address::repeat_byte(byte);
        let credit = |byte| {
            [
                (sender(byte), account(9, 8, None)),
                (OTHER, account(5, 6, None)),
            ]
        };
        let (first, second) = (credit(3), credit(4));
        let debit = [(OTHER, account(7, 1, None))];
        let after = [(SENDER, account(7, 7, None)), (OTHER, account(1, 0, None))];
        let transactions: [Transaction<'_>; 4] = [
            (sender(3), &first),
            (sender(4), &second),
            (OTHER, &debit),
            (SENDER, &after),
        ];
        let found = reads(Rule::Strict, &transactions);
        assert_eq!(found, [vec![], vec![], vec![0, 1], vec![2]]);
        let found = reads(Rule::Granted, &transactions);
        assert!(found.iter().all(Vec::is_empty), "{found:?}");
    }

    #[test]
    fn slots_are_read_by_all_who_load_them() {
        let call = |slot| [(OTHER, account(5, 5, Some(slot)))];
        let (write, read) = (call((1, 2)), call((2, 2)));
        let senders: Vec<Address> = (3..7).map(Address::repeat_byte).collect();
        for rule in [Rule::Granted, Rule::Strict] {
            let found = reads(
                rule,
                &[
                    (senders[0], &read),
                    (senders[1], &write),
                    (senders[2], &read),
                    (senders[3], &write),
                ],
            );
            assert_eq!(found, [vec![], vec![], vec![1], vec![1]], "{rule:?}");
        }
    }
}

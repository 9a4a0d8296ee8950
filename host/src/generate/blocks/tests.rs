use super::*;
use crate::{
    Backend,
    exec::BlockHashes,
    generate::{
        contracts::{address, mapping_slot},
        genesis::TOKENS,
        mix::{Deck, Kind, WEIGHTS},
    },
};
use alloy_consensus::{Transaction as _, TxReceipt, transaction::SignerRecoverable};
use alloy_eips::eip7840::BlobParams;
use alloy_primitives::{
    KECCAK256_EMPTY, U256, keccak256,
    map::{AddressMap, HashMap},
};
use std::collections::BTreeSet;

const BLOCKS: usize = 5;
const TRANSACTIONS: u64 = 40;

struct Made {
    before: WorldState,
    block: Block,
    output: BlockOutput,
}

fn engine() -> Engine {
    let builder = Engine::builder().backend(Backend::Portable);
    builder.threads(1).build().unwrap()
}

fn of_kind(kind: Kind) -> (Blocks, Vec<Made>) {
    blocks_of(kind, TRANSACTIONS)
}

/// Blocks whose transactions all are of one kind.
fn blocks_of(kind: Kind, transactions: u64) -> (Blocks, Vec<Made>) {
    let plan = Plan {
        seed: 9,
        blocks: BLOCKS as u64,
        transactions,
    };
    let mut blocks = Blocks::new(&plan, &engine()).unwrap().1;
    blocks.workload.deck = Deck::of(kind, BLOCKS * TRANSACTIONS as usize);
    let made = (0..BLOCKS)
        .map(|_| {
            let before = blocks.state.clone();
            let super::Made {
                encoded, output, ..
            } = blocks.make().unwrap();
            Made {
                before,
                block: Block::decode(&encoded).unwrap(),
                output,
            }
        })
        .collect();
    (blocks, made)
}

fn successes(made: &[Made]) -> usize {
    let receipts = made.iter().flat_map(|one| &one.output.receipts);
    receipts.filter(|receipt| receipt.status()).count()
}

fn users() -> BTreeSet<Address> {
    let cast = Cast::new(9, TRANSACTIONS);
    cast.users.iter().map(|user| user.address).collect()
}

fn slot(state: &WorldState, address: Address, slot: B256) -> U256 {
    state.slot(address, slot.into()).unwrap()
}

#[test]
fn each_kind_fails_where_it_is_meant_to() {
    let all = BLOCKS * TRANSACTIONS as usize;
    for (kind, _) in WEIGHTS {
        let expected = match kind {
            Kind::Revert | Kind::OutOfGas | Kind::Burn => 0..=0,
            Kind::Token | Kind::Factory => all * 7 / 10..=all - 1,
            Kind::Create => all / 2..=all - 1,
            // Direct calls of precompiles that refuse their input.
            Kind::Probe => all * 7 / 10..=all - 1,
            // Calls of an account that is delegated to a delegation, which is no code that runs.
            Kind::SetCode | Kind::Wallet => all * 7 / 10..=all,
            // Requests beyond what a block takes make those that follow dearer than what is paid for them.
            Kind::Withdrawal | Kind::Consolidation => all / 2..=all,
            _ => all..=all,
        };
        let successes = successes(&of_kind(kind).1);
        assert!(
            expected.contains(&successes),
            "{kind:?}: {successes} of {all}"
        );
    }
}

#[test]
fn tokens_move_as_their_logs_say() {
    let (blocks, made) = of_kind(Kind::Token);
    let genesis = &made[0].before;
    let mut balances: HashMap<(Address, Address), U256> = HashMap::default();
    for log in made
        .iter()
        .flat_map(|one| &one.output.receipts)
        .flat_map(TxReceipt::logs)
    {
        let token = log.address;
        assert!(TOKENS.map(address).contains(&token));
        let [_, from, to] = log.topics() else {
            panic!("{log:?}")
        };
        let amount = U256::from_be_slice(&log.data.data);
        let mut balance_of = |holder: B256| {
            let holder = Address::from_word(holder);
            let before = || slot(genesis, token, mapping_slot(holder, 0));
            *balances.entry((token, holder)).or_insert_with(before)
        };
        let paid = balance_of(*from) - amount;
        balance_of(*to);
        balances.insert((token, Address::from_word(*from)), paid);
        *balances.get_mut(&(token, Address::from_word(*to))).unwrap() += amount;
    }
    assert!(balances.len() > 100);
    for ((token, holder), balance) in balances {
        let held = slot(&blocks.state, token, mapping_slot(holder, 0));
        assert_eq!(held, balance, "{token} {holder}");
    }
}

#[test]
fn the_pool_pays_out_by_its_formula() {
    let (blocks, made) = of_kind(Kind::Pool);
    let pool = address("pool");
    let mut reserves = [0, 1].map(|place| slot(&made[0].before, pool, B256::with_last_byte(place)));
    let mut credits: AddressMap<[U256; 2]> = AddressMap::default();
    for one in &made {
        for transaction in &one.block.transactions {
            let sender = transaction.recover_signer().unwrap();
            let amount = U256::from_be_slice(transaction.input());
            let paid_in = usize::from(amount.bit(0));
            reserves[paid_in] += amount;
            let paid_out = reserves[1 - paid_in] * amount / reserves[paid_in];
            reserves[1 - paid_in] -= paid_out;
            credits.entry(sender).or_default()[1 - paid_in] += paid_out;
        }
    }
    for place in [0, 1] {
        let held = slot(&blocks.state, pool, B256::with_last_byte(place));
        assert_eq!(held, reserves[usize::from(place)]);
        for (sender, credit) in &credits {
            let held = slot(&blocks.state, pool, mapping_slot(*sender, place.into()));
            assert_eq!(held, credit[usize::from(place)]);
        }
    }
}

#[test]
fn accounts_disappear_with_contracts_created_in_the_same_transaction_only() {
    let gone = |kind| {
        let (blocks, made) = of_kind(kind);
        let mut gone = 0;
        for one in &made {
            for (address, change) in one.output.steps.iter().flat_map(|step| &step.accounts) {
                if change.info.is_none() && one.before.account(*address).unwrap().is_some() {
                    gone += 1;
                }
            }
        }
        (gone, blocks)
    };
    assert!(gone(Kind::Ephemeral).0 > 1);
    let (gone, blocks) = gone(Kind::Destruct);
    assert_eq!(gone, 0);
    let mortal = blocks.state.account(address("mortal")).unwrap().unwrap();
    assert_ne!(mortal.code_hash, KECCAK256_EMPTY);
}

#[test]
fn relays_leave_nothing_behind() {
    let (blocks, made) = of_kind(Kind::Relay);
    let users = users();
    let mut relays = 0;
    for transaction in made.iter().flat_map(|one| &one.block.transactions) {
        let sender = transaction.recover_signer().unwrap();
        if !users.contains(&sender) {
            let account = blocks.state.account(sender).unwrap().unwrap();
            assert_eq!((account.nonce, account.balance), (1, U256::ZERO));
            relays += 1;
        }
    }
    assert!(relays > 100);
}

#[test]
fn toggles_clear_what_they_set() {
    let (_, made) = of_kind(Kind::Toggle);
    let [mut set, mut cleared] = [0, 0];
    for step in made.iter().flat_map(|one| &one.output.steps) {
        let Some(change) = step.accounts.get(&address("toggle")) else {
            continue;
        };
        for value in change.storage.values() {
            match value.is_zero() {
                true => cleared += 1,
                false => set += 1,
            }
        }
    }
    assert!(set > 0 && cleared > 0, "{set} {cleared}");
}

#[test]
fn deposits_become_requests() {
    for one in of_kind(Kind::Deposit).1 {
        let fields = one.block.transactions.iter().map(|t| &t.input()[..]);
        let mut expected = vec![0];
        expected.extend(fields.collect::<Vec<_>>().concat());
        assert_eq!(one.output.requests.first().unwrap()[..], expected);
    }
}

#[test]
fn wallets_delegate_and_withdraw() {
    let (_, made) = of_kind(Kind::SetCode);
    let [mut delegated, mut renewed, mut withdrawn] = [0, 0, 0];
    for one in &made {
        for (address, change) in one.output.steps.iter().flat_map(|step| &step.accounts) {
            let Some(now) = change.info.as_ref().map(|info| info.code_hash) else {
                continue;
            };
            let before = one.before.account(*address).unwrap();
            let before = before.map_or(KECCAK256_EMPTY, |account| account.code_hash);
            match (before == KECCAK256_EMPTY, now == KECCAK256_EMPTY) {
                (true, false) => delegated += 1,
                (false, true) => withdrawn += 1,
                (false, false) if now != before => renewed += 1,
                _ => {}
            }
        }
    }
    assert!(delegated > 0 && renewed > 0 && withdrawn > 0);
}

#[test]
fn ambient_reads_what_stands_around() {
    // One transaction a block: nobody has paid the coinbase before it reads that balance.
    let (blocks, made) = blocks_of(Kind::Ambient, 1);
    let Made { block, before, .. } = &made[BLOCKS - 1];
    let transaction = &block.transactions[0];
    let sender = transaction.recover_signer().unwrap();
    assert_ne!(sender, block.header.beneficiary);
    let depth = U256::from_be_slice(transaction.input());
    let header = &block.header;
    let ancestor = U256::from(header.number)
        .checked_sub(depth)
        .filter(|_| !depth.is_zero())
        .and_then(|number| blocks.ancestors.block_hash(number.to()));
    let coinbase = before.account(header.beneficiary).unwrap();
    let base_fee = header.base_fee_per_gas.unwrap();
    let words = [
        ancestor.unwrap_or_default().into(),
        U256::from(BlobParams::osaka().calc_blob_fee(header.excess_blob_gas.unwrap())),
        header.mix_hash.into(),
        U256::from(base_fee),
        U256::from(header.timestamp),
        U256::from(header.gas_limit),
        U256::from(1337),
        U256::ZERO,
        U256::from(transaction.effective_gas_price(Some(base_fee))),
        sender.into_word().into(),
        coinbase.map_or(U256::ZERO, |account| account.balance),
        coinbase.map_or(U256::ZERO, |account| account.code_hash.into()),
        U256::ZERO,
    ];
    let hash = keccak256(words.map(|word| word.to_be_bytes::<32>()).concat());
    let stored = slot(&blocks.state, address("ambient"), sender.into_word());
    assert_eq!(B256::from(stored), hash);
}

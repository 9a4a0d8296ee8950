//! State changes of random blocks against revm's own state over the same transactions.

use super::*;
use crate::exec::{
    evm::{BlockDatabase, BlockEvm},
    overlay::Overlay,
};
use alloy_evm::{Evm, FromRecoveredTx};
use alloy_primitives::keccak256;
use proptest::{collection::vec, prelude::*, sample::select};
use revm::{
    Database, DatabaseCommit,
    context::TxEnv,
    database::{State, WrapDatabaseRef},
};

const FORKS: [&str; 13] = [
    "Frontier",
    "Homestead",
    "EIP150",
    "EIP158",
    "Byzantium",
    "ConstantinopleFix",
    "Istanbul",
    "Berlin",
    "London",
    "Paris",
    "Shanghai",
    "Cancun",
    "Osaka",
];
const FACTORY: Address = Address::repeat_byte(0xfa);
/// Destroys in the same transaction what it makes.
const ABORTER: Address = Address::repeat_byte(0xfb);
/// Exists and is empty, as is possible before EIP-161.
const EMPTY: Address = Address::repeat_byte(0xee);

/// With two words stores the second in the slot of the first; with one self-destructs in favour of it.
const JACK: [u8; 19] = [
    op::CALLDATASIZE,
    op::PUSH1,
    64,
    op::EQ,
    op::PUSH1,
    11,
    op::JUMPI,
    op::PUSH1,
    0,
    op::CALLDATALOAD,
    op::SELFDESTRUCT,
    op::JUMPDEST,
    op::PUSH1,
    32,
    op::CALLDATALOAD,
    op::PUSH1,
    0,
    op::CALLDATALOAD,
    op::SSTORE,
];

/// Init code of a jack that has slot 2 set, and would have slot 3 set had it not cleared it again.
fn child() -> Vec<u8> {
    let store = |value, slot| [op::PUSH1, value, op::PUSH1, slot, op::SSTORE];
    let first = [store(7, 2), store(1, 3), store(0, 3)].concat();
    deploying(&first, &JACK)
}

/// Creates from its call data; `then` finds the address on the stack.
fn factory(then: &[u8]) -> Vec<u8> {
    [&assembly::create2()[..], then].concat()
}

fn made_by(factory: Address) -> Address {
    factory.create2(B256::ZERO, keccak256(child()))
}

fn people() -> Vec<Address> {
    let mut people = vec![
        ALICE,
        BOB,
        MINER,
        CONTRACT,
        FACTORY,
        ABORTER,
        EMPTY,
        made_by(FACTORY),
        made_by(ABORTER),
    ];
    people.extend((0..12).map(|nonce| ALICE.create(nonce)));
    people
}

#[derive(Debug, Clone)]
enum Action {
    Store(Address, u64, u64),
    Destroy(Address, Address),
    Make(Address, u64),
    Send(Address, u64),
    Deploy(u64),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let jacks = || select(vec![CONTRACT, made_by(FACTORY), ALICE.create(0)]);
    let anyone = || select(people());
    let one = prop_oneof![
        4 => (jacks(), 0..4u64, 0..3u64).prop_map(|(to, slot, value)| Action::Store(to, slot, value)),
        2 => (jacks(), anyone()).prop_map(|(to, heir)| Action::Destroy(to, heir)),
        2 => (select(vec![FACTORY, ABORTER]), 0..2u64).prop_map(|(to, value)| Action::Make(to, value)),
        2 => (anyone(), 0..2u64).prop_map(|(to, value)| Action::Send(to, value)),
        1 => (0..2u64).prop_map(Action::Deploy),
    ];
    vec(one, 1..12)
}

fn transactions(actions: &[Action]) -> Vec<Transaction> {
    let nonces = 0..;
    nonces
        .zip(actions)
        .map(|(nonce, action)| match action {
            Action::Store(to, slot, value) => transaction(nonce, *to, 0, words(&[*slot, *value])),
            Action::Destroy(to, heir) => transaction(nonce, *to, 1, heir.into_word().0),
            Action::Make(to, value) => transaction(nonce, *to, *value, child()),
            Action::Send(to, value) => transaction(nonce, *to, *value, []),
            Action::Deploy(value) => transaction(nonce, TxKind::Create, *value, child()),
        })
        .collect()
}

fn world(fork: &str) -> World {
    let mut world = World::new(fork);
    world.contract(CONTRACT, JACK);
    world.slot(CONTRACT, 0, 1);
    world.slot(CONTRACT, 1, 2);
    world.contract(FACTORY, factory(&[]));
    let zeros = [op::PUSH1, 0, op::PUSH1, 0, op::PUSH1, 32, op::PUSH1, 0];
    let call = [op::PUSH1, 0, op::DUP6, op::GAS, op::CALL];
    world.contract(ABORTER, factory(&[&zeros[..], &call].concat()));
    world.account(EMPTY, 0, 0);
    world
}

type Seen = Vec<(Address, Option<(u64, U256, Bytes)>, [U256; 5])>;

fn seen(db: &mut impl Database<Error: std::fmt::Debug>) -> Seen {
    let mut look = |address| {
        let info = db.basic(address).unwrap();
        let code = info
            .as_ref()
            .map(|info| match &info.code {
                Some(code) => code.clone(),
                None => db.code_by_hash(info.code_hash).unwrap(),
            })
            .map(|code| code.original_bytes());
        let info = info.zip(code);
        let slots = [0, 1, 2, 3, 4u64].map(|slot| db.storage(address, U256::from(slot)).unwrap());
        let info = info.map(|(info, code)| (info.nonce, info.balance, code));
        (address, info, slots)
    };
    people().into_iter().map(&mut look).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changes_are_those_of_revms_state(actions in actions()) {
        for fork in FORKS {
            let world = world(fork);
            let transactions = transactions(&actions);
            let senders = vec![ALICE; transactions.len()];
            let senders = KnownSenders {
                senders: &senders,
                authorities: &[],
            };
            let job = BlockJob::new(&world.rules, &world.header, &transactions, &senders);
            let mut together = BlockEvm::new(&job, Overlay::new(&world.db));
            let mut apart = BlockEvm::new(&job, Overlay::new(&world.db));
            let mut oracle = State::builder().with_database_ref(&world.db).build();
            let mut stepped = world.db.clone();
            for transaction in &transactions {
                let env = TxEnv::from_recovered_tx(transaction, ALICE);
                let result = together.transact(env.clone()).unwrap();
                oracle.commit(result.state.clone());
                together.db_mut().commit(result.state);
                let again = apart.transact(env).unwrap();
                prop_assert_eq!(&again.result, &result.result, "{}", fork);
                apart.db_mut().commit(again.state);
                let step = apart.db_mut().take_changes();
                for (address, change) in &step.accounts {
                    let before = stepped.basic_ref(*address).unwrap();
                    let same = change.storage.is_empty() && before.map(|info| AccountInfo {
                        code: None, ..info
                    }) == change.info;
                    prop_assert!(!same || change.storage_wiped, "{fork}: {address} did not change");
                }
                apply(&mut stepped, &step);
                let now = seen(&mut oracle);
                prop_assert_eq!(&seen(apart.db_mut()), &now, "{} overlay", fork);
                prop_assert_eq!(&seen(&mut WrapDatabaseRef(&stepped)), &now, "{} steps", fork);
            }
            let mut at_once = world.db.clone();
            apply(&mut at_once, &together.db_mut().take_changes());
            let end = seen(&mut oracle);
            prop_assert_eq!(&seen(&mut WrapDatabaseRef(&at_once)), &end, "{} at once", fork);
            prop_assert!(together.db_mut().take_changes().accounts.is_empty());
        }
    }
}

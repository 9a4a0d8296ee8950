//! Creation over storage that has neither nonce nor code (EIP-7610).

use super::*;
use crate::{Engine, trie::WorldState};
use alloy_genesis::GenesisAccount;
use alloy_primitives::keccak256;

/// Init code of an empty contract.
const INIT: [u8; 4] = [op::PUSH0, op::PUSH0, op::RETURN, op::STOP];

/// Puts INIT, padded, in memory and creates; the address goes to slot 0.
fn creator(with_salt: bool) -> Vec<u8> {
    let mut code = [&[op::PUSH4][..], &INIT, &[op::PUSH1, 0, op::MSTORE]].concat();
    if with_salt {
        code.extend([op::PUSH1, 0]);
    }
    code.extend([op::PUSH1, 4, op::PUSH1, 28, op::PUSH1, 0]);
    code.push(if with_salt { op::CREATE2 } else { op::CREATE });
    code.extend([op::PUSH1, 0, op::SSTORE]);
    code
}

struct Way {
    name: &'static str,
    transaction: Transaction,
    creator: Address,
    target: Address,
    code: Vec<u8>,
}

fn ways() -> [Way; 3] {
    let create2 = CONTRACT.create2(B256::ZERO, keccak256(INIT));
    [
        Way {
            name: "CREATE",
            transaction: transaction(0, CONTRACT, 0, []),
            creator: CONTRACT,
            target: CONTRACT.create(1),
            code: creator(false),
        },
        Way {
            name: "CREATE2",
            transaction: transaction(0, CONTRACT, 0, []),
            creator: CONTRACT,
            target: create2,
            code: creator(true),
        },
        Way {
            name: "transaction",
            transaction: transaction(0, TxKind::Create, 0, INIT),
            creator: ALICE,
            target: ALICE.create(0),
            code: Vec::new(),
        },
    ]
}

fn world(way: &Way, balance: u64) -> World {
    let mut world = World::new("Shanghai");
    if !way.code.is_empty() {
        world.contract(CONTRACT, way.code.clone());
    }
    world.account(way.target, balance, 0);
    world.slot(way.target, 3, 4);
    world
}

fn trie(engine: &Engine, db: &Db) -> WorldState {
    let accounts = db.cache.accounts.iter().map(|(address, account)| {
        let code = db.code_by_hash_ref(account.info.code_hash);
        let code = code.map_or_else(|_| Bytes::new(), |code| code.original_bytes());
        let storage = account.storage.iter();
        let storage = storage.map(|(slot, value)| ((*slot).into(), (*value).into()));
        let genesis = GenesisAccount::default()
            .with_balance(account.info.balance)
            .with_nonce(Some(account.info.nonce))
            .with_code(Some(code).filter(|code| !code.is_empty()))
            .with_storage(Some(storage.collect()));
        (*address, genesis)
    });
    WorldState::from_genesis_alloc(engine, &accounts.collect())
}

#[test]
fn fails_where_the_source_can_tell() {
    let engine = Engine::builder().threads(1).build().unwrap();
    for way in ways() {
        for balance in [0, 5] {
            let name = way.name;
            let world = world(&way, balance);
            let state = trie(&engine, &world.db);
            let output = world
                .run_over(&state, std::slice::from_ref(&way.transaction))
                .unwrap();
            let after = world.after(&output);
            assert_eq!(slot(&after, way.target, 3), 4, "{name}: storage stays");
            let target = after.basic_ref(way.target).unwrap().unwrap();
            assert_eq!((target.nonce, target.balance), (0, U256::from(balance)));
            let nonce_before = world.db.basic_ref(way.creator).unwrap().unwrap().nonce;
            let nonce = after.basic_ref(way.creator).unwrap().unwrap().nonce;
            assert_eq!(
                nonce,
                nonce_before + 1,
                "{name}: the creator's nonce counts"
            );
            if way.creator == ALICE {
                assert!(!output.receipts[0].status());
                assert_eq!(output.gas_used, GAS, "{name}: all gas is gone");
            } else {
                assert!(output.receipts[0].status(), "{name}");
                assert_eq!(slot(&after, CONTRACT, 0), 0, "{name} gives no address");
                // One part in 64 is kept back (EIP-150).
                assert!(output.gas_used > GAS - GAS / 64, "{name}: its gas is gone");
            }
        }
    }
}

#[test]
fn succeeds_and_wipes_where_it_can_not() {
    for way in ways() {
        let world = world(&way, 0);
        let output = world.run(std::slice::from_ref(&way.transaction)).unwrap();
        let after = world.after(&output);
        assert_eq!(slot(&after, way.target, 3), 0, "{}", way.name);
        let target = after.basic_ref(way.target).unwrap().unwrap();
        assert_eq!(target.nonce, 1, "{}", way.name);
        assert!(output.gas_used < 100_000);
    }
}

/// The mark must do nothing where nothing is created: whatever else happens to such an account happens as ever.
#[test]
fn calls_and_transfers_are_as_ever() {
    let engine = Engine::builder().threads(1).build().unwrap();
    let [way, ..] = ways();
    let world = world(&way, 5);
    let state = trie(&engine, &world.db);
    let transactions = [
        transaction(0, way.target, 7, []),
        transaction(1, BOB, 1, []),
    ];
    let marked = world.run_over(&state, &transactions).unwrap();
    let unmarked = world.run(&transactions).unwrap();
    assert_eq!(marked.gas_used, unmarked.gas_used);
    assert_eq!(marked.steps, unmarked.steps);
    assert_eq!(
        balance(&world.after(&marked), way.target),
        Some(U256::from(12))
    );
}

/// Creation fails before the collision is looked at, for want of balance: then no nonce is bumped, no gas taken.
#[test]
fn want_of_balance_goes_before() {
    let engine = Engine::builder().threads(1).build().unwrap();
    let [way, ..] = ways();
    let mut world = world(&way, 0);
    let code = creator(false);
    // The value, pushed last before CREATE, is 1 in place of 0; the contract has nothing.
    let at = code.iter().position(|byte| *byte == op::CREATE).unwrap();
    let mut code = code;
    code[at - 1] = 1;
    world.contract(CONTRACT, code);
    let state = trie(&engine, &world.db);
    let output = world.run_over(&state, &[way.transaction]).unwrap();
    assert!(output.gas_used < 100_000);
    let after = world.after(&output);
    assert_eq!(after.basic_ref(CONTRACT).unwrap().unwrap().nonce, 1);
}

//! Blocks that must be refused, and states that can't be read: the error is the serial one.

use super::{assembly::*, block::*, everyone::*, rigged::*, *};

const PEOPLE: usize = 20;

fn world() -> World {
    let mut world = World::new("Osaka");
    world.people(PEOPLE);
    world.contract(CONTRACT, count(0));
    world
}

fn good() -> Block {
    let mut block = Block::default();
    for index in 0..PEOPLE {
        block.send(person(index), CONTRACT, 1, [1]);
    }
    block
}

#[test]
fn invalid_transactions_at_any_place() {
    type Change = fn(&mut TxLegacy);
    let changes: [(Change, &str); 5] = [
        (|tx| tx.nonce = 1, "nonce"),
        (|tx| tx.value = U256::from(1_000_000_001), "fund"),
        (|tx| tx.value = U256::MAX, "fund"),
        (|tx| tx.gas_limit = 100, "gas"),
        (|tx| tx.chain_id = Some(9), "chain"),
    ];
    let world = world();
    for at in [0, 1, PEOPLE / 2, PEOPLE - 1] {
        for (change, word) in changes {
            let mut block = good();
            let mut transaction = TxLegacy {
                gas_limit: GAS,
                to: CONTRACT.into(),
                ..TxLegacy::default()
            };
            change(&mut transaction);
            block.transactions[at] = legacy(transaction);
            let (index, reason) = refused(world.agreed(&block));
            assert_eq!(index, Some(at), "{reason}");
            assert!(reason.contains(word), "{word}: {reason}");
        }
    }
}

#[test]
fn two_that_are_invalid_and_the_first_counts() {
    let world = world();
    let mut block = good();
    block.senders[12] = None;
    block.transactions[7] = transaction(3, CONTRACT, 0, [1]);
    let (index, reason) = refused(world.agreed(&block));
    assert_eq!(index, Some(7), "{reason}");
}

#[test]
fn a_signature_that_is_not_valid() {
    let world = world();
    for at in [0, 1, PEOPLE - 1] {
        let mut block = good();
        block.senders[at] = None;
        let (index, reason) = refused(world.agreed(&block));
        assert_eq!(index, Some(at));
        assert!(reason.contains("signature"), "{reason}");
    }
}

#[test]
fn the_blocks_gas_is_used_up() {
    let mut world = world();
    let used = world.agreed(&good()).unwrap().receipts;
    let before = |index: usize| used[index - 1].cumulative_gas_used();
    for at in [1, 7, PEOPLE - 1] {
        world.header.gas_limit = before(at) + GAS - 1;
        let (index, reason) = refused(world.agreed(&good()));
        assert_eq!(index, Some(at));
        assert!(reason.contains("gas"), "{reason}");
        world.header.gas_limit += 1;
        let output = world.agreed(&{
            let mut block = good();
            block.truncate(at + 1);
            block
        });
        assert_eq!(output.unwrap().receipts.len(), at + 1);
    }
}

/// Accounts with code don't send (EIP-3607), also when the code is a few transactions old.
#[test]
fn a_sender_that_has_become_a_contract() {
    let mut world = world();
    let made = person(1).create(0);
    world.account(made, 100, 0);
    let mut block = Block::default();
    block.send(person(0), CONTRACT, 0, [1]);
    block.send(made, BOB, 1, [1]);
    block.send(person(2), CONTRACT, 0, [1]);
    world.agreed(&block).unwrap();
    let mut block = Block::default();
    block.send(person(0), CONTRACT, 0, [1]);
    block.send(person(1), TxKind::Create, 0, deploying(&[], &[op::STOP]));
    block.next_nonce(made);
    block.send(made, BOB, 1, [1]);
    let (index, reason) = refused(world.agreed(&block));
    assert_eq!(index, Some(2), "{reason}");
}

/// What serial execution gives over a state that fails, from every executor; it failed for the state's sake.
fn fault(world: &World, block: &Block, read: Read) -> Option<usize> {
    let state = Rigged::new(&world.db).failing(read);
    match agreed(&world.job_of(block), &state) {
        Err(ExecError::State {
            transaction,
            reason,
        }) => {
            assert!(reason.contains("rigged"), "{reason}");
            transaction
        }
        other => panic!("{read:?}: {other:?}"),
    }
}

#[test]
fn states_that_fail() {
    let world = world();
    let block = good();
    for at in [0, 1, PEOPLE / 2, PEOPLE - 1] {
        let read = Read::Account(person(at));
        assert_eq!(fault(&world, &block, read), Some(at));
    }
    assert_eq!(fault(&world, &block, Read::Account(CONTRACT)), Some(0));
    assert_eq!(fault(&world, &block, Read::Slot(CONTRACT, 0)), Some(0));
    assert_eq!(fault(&world, &block, Read::Account(MINER)), Some(0));
    let code = world.db.basic_ref(CONTRACT).unwrap().unwrap().code_hash;
    assert_eq!(fault(&world, &block, Read::Code(code)), Some(0));
    let [contract, _] = system::REQUEST_CONTRACTS;
    assert_eq!(fault(&world, &block, Read::Account(contract)), None);
}

/// A call that swallows its failure does not swallow the state's.
#[test]
fn states_that_fail_inside_of_calls() {
    let mut world = world();
    let outer = Address::repeat_byte(0xdd);
    world.contract(outer, call(&push(CONTRACT), &[op::PUSH1, 0]));
    let mut block = good();
    block.transactions[9] = transaction(0, outer, 0, [1]);
    block.transactions[3] = transaction(0, BOB, 0, [1]);
    for index in (0..PEOPLE).filter(|index| ![3, 9].contains(index)) {
        block.transactions[index] = transaction(0, BOB, 1, [1]);
    }
    for read in [Read::Slot(CONTRACT, 0), Read::Account(CONTRACT)] {
        assert_eq!(fault(&world, &block, read), Some(9));
    }
}

/// Reading the same code in another block beforehand helps nobody over a state that lacks it.
#[test]
fn code_that_another_block_has_read() {
    let mut world = world();
    // Code of this test alone: the executors live as long as the process.
    world.contract(CONTRACT, [count(0), b"another block".to_vec()].concat());
    let block = good();
    world.agreed(&block).unwrap();
    let code = world.db.basic_ref(CONTRACT).unwrap().unwrap().code_hash;
    let lacking = Rigged::new(&world.db).failing(Read::Code(code));
    let job = world.job_of(&block);
    let wanted = Serial.execute(&job, &lacking);
    assert!(matches!(wanted, Err(ExecError::State { .. })));
    for kind in crate::exec::ExecutorKind::ALL {
        let executor = crate::exec::Chosen::new(engine(2), kind);
        let whole = executor.execute(&job, &world.db);
        assert_same(&Serial.execute(&job, &world.db), &whole, kind.name());
        let got = executor.execute(&job, &lacking);
        assert_same(&wanted, &got, kind.name());
    }
}

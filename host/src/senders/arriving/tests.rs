//! Threads that ask in any order; and one that panics.

use super::*;
use crate::{block::Block, generate::Plan, senders::recover_transactions};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    sync::{Arc, Barrier, mpsc},
    thread,
    time::Duration,
};

fn block(engine: &Engine) -> Block {
    let plan = Plan {
        blocks: 1,
        ..Plan::default()
    };
    let (_, blocks) = plan.build(engine).expect("a chain");
    Block::decode(&blocks[0]).expect("a block")
}

#[test]
fn threads_that_ask_in_any_order_get_what_one_batch_gives() {
    let engine = Engine::builder().threads(1).build().expect("an engine");
    let block = block(&engine);
    let all: Vec<_> = block.transactions.iter().map(|tx| (tx, false)).collect();
    let expected = recover_transactions(&engine, &all);
    assert!(expected.len() > 2 * CHUNK);
    for threads in [1, 2, 5] {
        let arriving = Arriving::new(&engine, &block.transactions);
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (arriving, expected) = (&arriving, &expected);
                scope.spawn(move || {
                    for step in 0..expected.len() {
                        let index = (step * 7 + thread * 31) % expected.len();
                        assert_eq!(arriving.recovered(index), Some(&expected[index]));
                        let authorities = arriving.authorities(index);
                        assert_eq!(authorities.len(), expected[index].authorities.len());
                    }
                });
            }
        });
        assert_eq!(arriving.recovered(expected.len()), None);
        assert_eq!(arriving.into_recovered(), expected);
    }
}

#[test]
fn what_nobody_asked_for_is_recovered_in_the_end() {
    let engine = Engine::builder().threads(1).build().expect("an engine");
    let block = block(&engine);
    let all: Vec<_> = block.transactions.iter().map(|tx| (tx, false)).collect();
    let arriving = Arriving::new(&engine, &block.transactions);
    arriving.recovered(40);
    assert_eq!(
        arriving.into_recovered(),
        recover_transactions(&engine, &all)
    );
    assert!(Arriving::new(&engine, &[]).into_recovered().is_empty());
}

/// One thread panics at a chunk for which others wait. None of them waits for ever or has an answer for that chunk; all
/// have the others.
#[test]
fn a_panic_is_one_for_all_who_ask() {
    const BAD: usize = 2;
    const ASKING: usize = 3;
    const PATIENCE: Duration = Duration::from_secs(60);
    let engine = Engine::builder().threads(1).build().expect("an engine");
    let block = block(&engine);
    let all: Vec<_> = block.transactions.iter().map(|tx| (tx, false)).collect();
    let expected = Arc::new(recover_transactions(&engine, &all));
    // Threads that hang are left behind with what they hold.
    let (engine, block) = (Box::leak(Box::new(engine)), Box::leak(Box::new(block)));
    let arriving = Arc::new(Arriving::new(engine, &block.transactions));
    let begun = Arc::new(Barrier::new(1 + ASKING));
    let (sender, ended) = mpsc::channel();
    let spawn = |work: Box<dyn FnOnce() + Send>| {
        let sender = sender.clone();
        thread::spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(work));
            sender.send(result.is_ok()).expect("it is waited for");
        });
    };
    let (at_fault, all_there) = (Arc::clone(&arriving), Arc::clone(&begun));
    spawn(Box::new(move || {
        let recover = |_| {
            all_there.wait();
            // Time for the others to come to wait for this.
            thread::sleep(Duration::from_millis(20));
            panic_any("a panic made for this test")
        };
        let result = catch_unwind(AssertUnwindSafe(|| at_fault.fill(BAD, recover)));
        assert!(result.is_err());
    }));
    for thread in 0..ASKING {
        let (arriving, begun) = (Arc::clone(&arriving), Arc::clone(&begun));
        let expected = Arc::clone(&expected);
        spawn(Box::new(move || {
            begun.wait();
            // The first asks for the chunk at fault before all others.
            let first = if thread == 0 { BAD * CHUNK } else { 0 };
            for step in 0..expected.len() {
                let index = (first + step) % expected.len();
                let ask = || arriving.recovered(index).cloned();
                match catch_unwind(AssertUnwindSafe(ask)) {
                    Ok(got) => assert_eq!(got.as_ref(), Some(&expected[index])),
                    Err(_) => assert_eq!(index / CHUNK, BAD),
                }
                let asks = || arriving.authorities(index).len();
                let is_bad = catch_unwind(AssertUnwindSafe(asks)).is_err();
                assert_eq!(is_bad, index / CHUNK == BAD);
            }
            arriving.recover_ahead();
        }));
    }
    for _ in 0..1 + ASKING {
        assert_eq!(ended.recv_timeout(PATIENCE), Ok(true), "nobody hangs");
    }
    let arriving = Arc::into_inner(arriving).expect("nobody has it any more");
    let rest = catch_unwind(AssertUnwindSafe(|| arriving.into_recovered()));
    assert!(rest.is_err(), "no block is judged without its senders");
}

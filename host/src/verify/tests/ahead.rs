//! The walk to what a block names: nobody's answer depends on it.

use crate::{Engine, trie::ReadAhead, verify::execution::reading_ahead};
use alloy_primitives::{Address, B256, U256};
use revm::{
    DatabaseRef,
    database::EmptyDB,
    state::{AccountInfo, Bytecode},
};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread::yield_now,
    time::{Duration, Instant},
};

/// A state without accounts that panics when it is walked through.
#[derive(Debug, Default)]
struct Trap {
    walked: AtomicUsize,
}

impl DatabaseRef for Trap {
    type Error = <EmptyDB as DatabaseRef>::Error;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Self::Error> {
        EmptyDB::new().basic_ref(address)
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, Self::Error> {
        EmptyDB::new().code_by_hash_ref(code_hash)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Self::Error> {
        EmptyDB::new().storage_ref(address, slot)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, Self::Error> {
        EmptyDB::new().block_hash_ref(number)
    }
}

impl ReadAhead for Trap {
    fn read_ahead(&self, _: Address) {
        self.walked.fetch_add(1, Ordering::SeqCst);
        panic!("a walk that must not matter");
    }
}

fn engine() -> Engine {
    let engine = Engine::builder().threads(2).build();
    engine.expect("an engine")
}

fn named(count: u8) -> Vec<Address> {
    (0..count).map(Address::repeat_byte).collect()
}

#[test]
fn a_walk_that_panics_changes_no_answer() {
    let (engine, trap) = (engine(), Trap::default());
    let answer = engine.install(|| {
        reading_ahead(&engine, &trap, &named(40), || {
            // The other thread of the pool has nothing else to do.
            let start = Instant::now();
            while trap.walked.load(Ordering::SeqCst) == 0 {
                assert!(start.elapsed() < Duration::from_secs(30), "nobody walks");
                yield_now();
            }
            7
        })
    });
    assert_eq!(answer, 7);
    assert_eq!(trap.walked.into_inner(), 1, "the walk ended there");
}

/// One from outside would wait for a pool thread to end the walk, and here none ever could.
#[test]
fn a_caller_from_outside_waits_for_nobody() {
    let (engine, trap) = (engine(), Trap::default());
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    for _ in 0..engine.threads() {
        let held = held.clone();
        engine.spawn(move || {
            let _ = held.lock().map(|held| held.recv());
        });
    }
    let answer = reading_ahead(&engine, &trap, &named(40), || 7);
    drop(release);
    assert_eq!(answer, 7);
    assert_eq!(trap.walked.into_inner(), 0);
}

#[test]
fn few_names_are_not_worth_a_walk() {
    let (engine, trap) = (engine(), Trap::default());
    assert_eq!(
        engine.install(|| reading_ahead(&engine, &trap, &named(3), || 7)),
        7
    );
    assert_eq!(trap.walked.into_inner(), 0);
}

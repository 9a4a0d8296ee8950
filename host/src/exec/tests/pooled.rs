//! States that have the engine's threads do work while they are read, as one whose nodes are hashed or fetched there does.

use super::{block::*, faults, *};
use crate::{
    Engine,
    exec::{Parallel, parallel::Limits},
};
use revm::bytecode::Bytecode;
use std::{
    convert::Infallible,
    sync::{
        Condvar, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

const PEOPLE: usize = 30;
const PATIENCE: Duration = Duration::from_secs(20);

/// What a read of an account does first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// Two halves, one of which another thread may take.
    Join,
    /// Takes up whatever the pool has to do.
    Yield,
    /// Two halves that can't end without each other; only for the first person, and when another thread is at later ones.
    Meet,
}

struct Pooled<'a> {
    db: &'a Db,
    engine: &'a Engine,
    work: Work,
    ahead: Gate,
    late: AtomicBool,
}

/// Opens when enough have come.
#[derive(Default)]
struct Gate {
    came: AtomicUsize,
    lock: Mutex<()>,
    changed: Condvar,
}

impl Gate {
    fn come(&self) {
        self.came.fetch_add(1, Ordering::SeqCst);
        drop(self.lock.lock().unwrap());
        self.changed.notify_all();
    }

    /// False if they have not come in time.
    fn wait_for(&self, count: usize) -> bool {
        let lock = self.lock.lock().unwrap();
        let missing = |_: &mut ()| self.came.load(Ordering::SeqCst) < count;
        let waited = self.changed.wait_timeout_while(lock, PATIENCE, missing);
        !waited.unwrap().1.timed_out()
    }
}

impl<'a> Pooled<'a> {
    fn new(db: &'a Db, engine: &'a Engine, work: Work) -> Self {
        Self {
            db,
            engine,
            work,
            ahead: Gate::default(),
            late: AtomicBool::new(false),
        }
    }

    fn meet(&self) {
        let both = Gate::default();
        let half = || {
            both.come();
            if !both.wait_for(2) {
                self.late.store(true, Ordering::SeqCst);
            }
        };
        self.engine.install(|| rayon::join(half, half));
    }

    fn work(&self, address: Address) {
        let half = || std::thread::sleep(Duration::from_micros(20));
        match self.work {
            Work::Join => _ = self.engine.install(|| rayon::join(half, half)),
            Work::Yield => _ = self.engine.install(rayon::yield_now),
            Work::Meet if address == person(0) => {
                if !self.ahead.wait_for(1) {
                    self.late.store(true, Ordering::SeqCst);
                }
                self.meet();
            }
            Work::Meet if address == person(5) => self.ahead.come(),
            Work::Meet => {}
        }
    }
}

impl DatabaseRef for Pooled<'_> {
    type Error = Infallible;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        self.work(address);
        self.db.basic_ref(address)
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, Infallible> {
        self.db.code_by_hash_ref(code_hash)
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, Infallible> {
        self.db.storage_ref(address, slot)
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, Infallible> {
        self.db.block_hash_ref(number)
    }
}

fn scene() -> (World, Block) {
    let mut world = World::new("Osaka");
    world.people(PEOPLE);
    let mut block = Block::default();
    for index in 0..PEOPLE {
        block.send(person(index), person(index + 100), 1, [1]);
    }
    (world, block)
}

fn executor(engine: &Engine, stall: Duration) -> Parallel {
    Parallel::new(engine).with_limits(Limits {
        window_per_thread: 8,
        stall,
        ..Limits::default()
    })
}

/// A thread that waits for its state and takes up a call for help meanwhile does not wait for itself.
#[test]
fn reads_that_take_up_other_work() {
    let (world, block) = scene();
    let job = world.job_of(&block);
    let wanted = Serial.execute(&job, &world.db);
    for threads in [1, 2, 3, 8] {
        // No other test's work is taken up.
        let engine = Engine::builder().threads(threads).build().unwrap();
        let executor = executor(&engine, PATIENCE);
        for work in [Work::Join, Work::Yield] {
            for _ in 0..5 {
                let state = Pooled::new(&world.db, &engine, work);
                let (got, counts) = executor.execute_counted(&job, &state);
                everyone::assert_same(&wanted, &got, &format!("{work:?}, {threads} threads"));
                assert!(counts.is_some(), "{work:?}, {threads} threads: given up");
            }
        }
    }
}

/// A read that needs a thread beside its own while all are at the block: they give it up, come free, and it is done
/// serially.
#[test]
fn reads_that_need_a_thread_beside() {
    let (world, block) = scene();
    let job = world.job_of(&block);
    let wanted = Serial.execute(&job, &world.db);
    let engine = Engine::builder().threads(2).build().unwrap();
    let executor = executor(&engine, Duration::from_millis(30));
    let state = Pooled::new(&world.db, &engine, Work::Meet);
    let ((got, counts), log) = faults::Log::of(|| executor.execute_counted(&job, &state));
    assert!(!state.late.load(Ordering::SeqCst), "nobody came");
    everyone::assert_same(&wanted, &got, "redone");
    assert_eq!(counts, None);
    assert!(log.contains("no transaction was committed"), "{log}");
    assert!(log.contains("executing the block serially"), "{log}");
}

//! Threads that panic or get stuck: the block is executed serially, and the log says so.

use super::{assembly::*, block::*, everyone::*, rigged::*, *};
use crate::{
    Engine,
    exec::{Parallel, parallel::Limits},
};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    sync::{Arc, Mutex},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};
use tracing_subscriber::fmt::MakeWriter;

const PEOPLE: usize = 30;
const STALL: Duration = Duration::from_millis(30);

fn scene() -> (World, Block) {
    let mut world = World::new("Osaka");
    world.people(PEOPLE);
    world.contract(CONTRACT, count(0));
    let mut block = Block::default();
    for index in 0..PEOPLE {
        let to = if index % 5 == 0 {
            CONTRACT
        } else {
            person(index + 100)
        };
        block.send(person(index), to, 1, [1]);
    }
    (world, block)
}

/// What was logged, in words.
#[derive(Debug, Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(super) fn of<R>(work: impl FnOnce() -> R) -> (R, String) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(log.clone())
            .with_ansi(false)
            .with_max_level(tracing::Level::WARN)
            .finish();
        let result = tracing::subscriber::with_default(subscriber, work);
        let bytes = log.0.lock().unwrap().clone();
        (result, String::from_utf8(bytes).unwrap())
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn executor(engine: &Engine) -> Parallel {
    Parallel::new(engine).with_limits(Limits {
        window_per_thread: 8,
        stall: STALL,
        ..Limits::default()
    })
}

/// The block is executed serially over this state, rightly, with this word in the log.
fn assert_done_serially(
    world: &World,
    block: &Block,
    threads: usize,
    state: &Rigged<'_>,
    word: &str,
) {
    let job = world.job_of(block);
    let wanted = Serial.execute(&job, &world.db);
    // All threads are free for the block, and none is at another test's.
    let engine = Engine::builder().threads(threads).build().unwrap();
    let ((got, counts), log) = Log::of(|| executor(&engine).execute_counted(&job, state));
    assert_same(&wanted, &got, word);
    assert_eq!(counts, None, "{word}");
    assert!(log.contains("ERROR") && log.contains(word), "{word}: {log}");
    assert!(log.contains("serially"), "{log}");
    // The threads are free again: the next block is executed in parallel.
    let (again, counts) = Parallel::new(&engine).execute_counted(&job, &world.db);
    assert_same(&wanted, &again, "the next block");
    assert!(counts.is_some());
}

#[test]
fn a_thread_that_panics() {
    let (world, block) = scene();
    for threads in THREADS {
        for at in [0, 1, PEOPLE / 2, PEOPLE - 1] {
            let read = Read::Account(person(at));
            let state = Rigged::new(&world.db).panicking_elsewhere(read);
            assert_done_serially(&world, &block, threads, &state, "panicked");
        }
        // Before the first transaction, where the first thread is alone.
        let beacon = alloy_eips::eip4788::BEACON_ROOTS_ADDRESS;
        let state = Rigged::new(&world.db).panicking_elsewhere(Read::Account(beacon));
        assert_done_serially(&world, &block, threads, &state, "panicked");
    }
}

/// One thread is at the head while the other, trying ahead, panics.
#[test]
fn a_try_that_panics() {
    let (world, block) = scene();
    let (head, ahead) = (Read::Account(person(0)), Read::Account(person(7)));
    let state = Rigged::new(&world.db)
        .holding(head, ahead)
        .panicking_elsewhere(ahead);
    assert_done_serially(&world, &block, 2, &state, "panicked");
    assert!(!state.was_late());
}

/// A state that panics for the serial executor as well: the caller gets the panic, and nothing hangs.
#[test]
fn a_panic_that_serial_execution_meets_too() {
    let (world, block) = scene();
    let job = world.job_of(&block);
    for threads in THREADS {
        for at in [0, 1, PEOPLE - 1] {
            let state = Rigged::new(&world.db).panicking(Read::Account(person(at)));
            let run = || executor(engine(threads)).execute(&job, &state);
            let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"rigged to panic"));
        }
        let wanted = Serial.execute(&job, &world.db);
        assert_same(
            &wanted,
            &executor(engine(threads)).execute(&job, &world.db),
            "after it",
        );
    }
}

/// Senders whose recovery panics from one transaction on, on every thread or on all but one.
#[derive(Debug)]
struct Lost<'a> {
    block: &'a Block,
    from: usize,
    but_on: Option<ThreadId>,
}

impl Lost<'_> {
    fn meet(&self, index: usize) {
        let spared = self.but_on == Some(thread::current().id());
        if index >= self.from && !spared {
            panic_any("the recovery of senders panicked");
        }
    }
}

impl Senders for Lost<'_> {
    fn len(&self) -> usize {
        self.block.len()
    }

    fn sender(&self, index: usize) -> Option<Address> {
        self.meet(index);
        self.block.sender(index)
    }

    fn authorities(&self, index: usize) -> &[Option<Address>] {
        self.meet(index);
        self.block.authorities(index)
    }
}

/// Senders may be recovered while the block is executed: a panic there is one of the thread that asks. Where the caller's
/// own thread has them all the same, the block is right; else the caller gets the panic.
#[test]
fn senders_that_panic() {
    let (world, block) = scene();
    let wanted = Serial.execute(&world.job_of(&block), &world.db);
    for threads in THREADS {
        for from in [0, 1, PEOPLE / 2, PEOPLE - 1] {
            let lost = |but_on| Lost {
                block: &block,
                from,
                but_on,
            };
            let run = |senders: &Lost<'_>| {
                let job = world.job(&block.transactions, senders);
                Log::of(|| {
                    let run = || executor(engine(threads)).execute_counted(&job, &world.db);
                    catch_unwind(AssertUnwindSafe(run))
                })
            };
            let (result, log) = run(&lost(Some(thread::current().id())));
            let (got, counts) = result.unwrap();
            assert_same(&wanted, &got, "redone here");
            assert_eq!(counts, None);
            assert!(log.contains("a worker panicked"), "{log}");
            assert!(log.contains("executing the block serially"), "{log}");
            let (result, log) = run(&lost(None));
            let panic = result.unwrap_err();
            let text = panic.downcast_ref::<&str>();
            assert_eq!(text, Some(&"the recovery of senders panicked"));
            assert!(log.contains("a worker panicked"), "{log}");
        }
    }
}

/// Some thread waits for longer than a block may stand still, at the head or ahead of it.
#[test]
fn a_thread_that_is_stuck() {
    let (world, block) = scene();
    for threads in [2, 3, 8] {
        for at in [0, 1, PEOPLE / 2] {
            let read = Read::Account(person(at));
            let state = Rigged::new(&world.db).stuck_elsewhere(read, 40 * STALL);
            let start = Instant::now();
            assert_done_serially(
                &world,
                &block,
                threads,
                &state,
                "no transaction was committed",
            );
            assert!(start.elapsed() >= STALL);
        }
    }
}

/// Slow is not stuck: what takes less than the limit is waited for.
#[test]
fn a_thread_that_is_slow() {
    let (world, block) = scene();
    let job = world.job_of(&block);
    let wanted = Serial.execute(&job, &world.db);
    let read = Read::Account(person(1));
    let state = Rigged::new(&world.db).stuck_elsewhere(read, STALL);
    let patient = Parallel::new(engine(2)).with_limits(Limits {
        window_per_thread: 8,
        stall: 200 * STALL,
        ..Limits::default()
    });
    let ((got, counts), log) = Log::of(|| patient.execute_counted(&job, &state));
    assert_same(&wanted, &got, "slow");
    assert!(counts.is_some() && log.is_empty(), "{log}");
}

/// Executing a block from within the pool, many at once, with more blocks than threads.
#[test]
fn blocks_at_once_on_the_same_threads() {
    let (world, block) = scene();
    let job = world.job_of(&block);
    let wanted = Serial.execute(&job, &world.db);
    for threads in THREADS {
        let executor = parallel(threads, 4);
        let many = || {
            rayon::scope(|scope| {
                for _ in 0..12 {
                    scope.spawn(|_| {
                        let got = executor.execute(&job, &world.db);
                        assert_same(&wanted, &got, "one of many");
                    });
                }
            });
        };
        engine(threads).install(many);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_same(&wanted, &executor.execute(&job, &world.db), "outside"));
            }
        });
    }
}

//! A state that answers late, wrongly or not at all, to force schedules.

use super::*;
use alloy_primitives::keccak256;
use revm::{bytecode::Bytecode, database_interface::DBErrorMarker};
use std::{
    collections::HashSet,
    panic::panic_any,
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, ThreadId},
    time::Duration,
};

/// How long a read is held at most: a schedule that needs longer did not come about.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Read {
    Account(Address),
    Slot(Address, u64),
    Code(B256),
}

/// What a read meets with.
#[derive(Debug, Clone, Copy)]
enum Fate {
    WaitFor(Read),
    Fail,
    /// Panics on every thread but this.
    PanicBeside(ThreadId),
    Panic,
    /// Sleeps on every thread but this.
    SleepBeside(ThreadId, Duration),
}

/// See the module.
pub(super) struct Rigged<'a> {
    db: &'a Db,
    fates: Vec<(Read, Fate)>,
    seen: Mutex<HashSet<Read>>,
    came: Condvar,
    late: AtomicBool,
    /// Random delays: a seed, and the part of reads in 256 that are delayed.
    delays: Option<(AtomicU64, u64)>,
}

/// What a read that fails gives.
#[derive(Debug, thiserror::Error)]
#[error("rigged: {0:?}")]
pub(super) struct RiggedError(Read);

impl DBErrorMarker for RiggedError {}

impl<'a> Rigged<'a> {
    /// As the state is.
    pub(super) fn new(db: &'a Db) -> Self {
        Self {
            db,
            fates: Vec::new(),
            seen: Mutex::default(),
            came: Condvar::new(),
            late: AtomicBool::new(false),
            delays: None,
        }
    }

    /// A read is not answered before another was made.
    pub(super) fn holding(self, held: Read, until: Read) -> Self {
        self.with(held, Fate::WaitFor(until))
    }

    pub(super) fn failing(self, read: Read) -> Self {
        self.with(read, Fate::Fail)
    }

    pub(super) fn panicking(self, read: Read) -> Self {
        self.with(read, Fate::Panic)
    }

    /// The read panics on other threads than this one.
    pub(super) fn panicking_elsewhere(self, read: Read) -> Self {
        self.with(read, Fate::PanicBeside(thread::current().id()))
    }

    /// The read takes long on other threads than this one.
    pub(super) fn stuck_elsewhere(self, read: Read, time: Duration) -> Self {
        self.with(read, Fate::SleepBeside(thread::current().id(), time))
    }

    /// So many reads in 256 are delayed by random times.
    pub(super) fn delaying(mut self, seed: u64, share: u64) -> Self {
        self.delays = Some((AtomicU64::new(seed), share));
        self
    }

    fn with(mut self, read: Read, fate: Fate) -> Self {
        self.fates.push((read, fate));
        self
    }

    /// True if a read was held for longer than is reasonable.
    pub(super) fn was_late(&self) -> bool {
        self.late.load(Ordering::SeqCst)
    }

    fn meet(&self, read: Read) -> Result<(), RiggedError> {
        self.delay();
        if self.fates.is_empty() {
            return Ok(());
        }
        let seen = || self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen().insert(read);
        self.came.notify_all();
        let fates = self.fates.iter().filter(|(of, _)| *of == read);
        for (_, fate) in fates {
            match *fate {
                Fate::WaitFor(other) => {
                    let waited = self
                        .came
                        .wait_timeout_while(seen(), PATIENCE, |seen| !seen.contains(&other));
                    if waited.is_ok_and(|(_, result)| result.timed_out()) {
                        self.late.store(true, Ordering::SeqCst);
                    }
                }
                Fate::Fail => return Err(RiggedError(read)),
                Fate::PanicBeside(thread) if thread == thread::current().id() => {}
                Fate::PanicBeside(_) | Fate::Panic => panic_any("rigged to panic"),
                Fate::SleepBeside(thread, _) if thread == thread::current().id() => {}
                Fate::SleepBeside(_, time) => thread::sleep(time),
            }
        }
        Ok(())
    }

    fn delay(&self) {
        let Some((seed, share)) = &self.delays else {
            return;
        };
        let number = seed.fetch_add(1, Ordering::Relaxed);
        let random = keccak256(number.to_be_bytes());
        if u64::from(random[0]) >= *share {
            return;
        }
        match random[1] % 4 {
            0 => thread::yield_now(),
            1 => thread::sleep(Duration::from_micros(u64::from(random[2]))),
            _ => (0..u32::from(random[2]) * 16).for_each(|_| std::hint::spin_loop()),
        }
    }
}

impl DatabaseRef for Rigged<'_> {
    type Error = RiggedError;

    fn basic_ref(&self, address: Address) -> Result<Option<AccountInfo>, RiggedError> {
        self.meet(Read::Account(address))?;
        // Code is read by its hash alone, as it is from a trie.
        let info = self.db.basic_ref(address).unwrap();
        Ok(info.map(|info| AccountInfo { code: None, ..info }))
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, RiggedError> {
        self.meet(Read::Code(code_hash))?;
        let found = self.db.cache.contracts.get(&code_hash).cloned();
        found.ok_or(RiggedError(Read::Code(code_hash)))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, RiggedError> {
        self.meet(Read::Slot(address, slot.wrapping_to()))?;
        Ok(self.db.storage_ref(address, slot).unwrap())
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, RiggedError> {
        Ok(self.db.block_hash_ref(number).unwrap())
    }
}

//! A state that answers late, wrongly or not at all, to force schedules.

use super::*;
use alloy_primitives::keccak256;
use revm::{bytecode::Bytecode, database_interface::DBErrorMarker, primitives::KECCAK_EMPTY};
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
    codes: Codes,
    no_code: fn(Address) -> B256,
}

/// How a state gives code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codes {
    /// By its hash alone, as a trie does. A hash that it does not know is an error.
    ByHash,
    /// The same, but a hash that it does not know is that of no code, as for revm's `CacheDB`.
    Lenient,
    /// With the account alone.
    Inline,
    /// With the account alone, which has no hash for it.
    Nameless,
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
            codes: Codes::ByHash,
            no_code: |_| KECCAK_EMPTY,
        }
    }

    /// Code comes in another way.
    pub(super) fn giving(mut self, codes: Codes) -> Self {
        self.codes = codes;
        self
    }

    /// Accounts without code have other hashes for it than that of nothing.
    pub(super) fn naming_no_code(mut self, hash: fn(Address) -> B256) -> Self {
        self.no_code = hash;
        self
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
        let Some(info) = self.db.basic_ref(address).unwrap() else {
            return Ok(None);
        };
        if info.is_code_hash_empty_or_zero() {
            let code_hash = (self.no_code)(address);
            // With the empty code or without.
            let code = info.code.filter(|_| address[19] % 4 < 2);
            return Ok(Some(AccountInfo {
                code_hash,
                code,
                ..info
            }));
        }
        let code = self.db.code_by_hash_ref(info.code_hash).unwrap();
        let (code_hash, code) = match self.codes {
            Codes::ByHash | Codes::Lenient => (info.code_hash, None),
            Codes::Inline => (info.code_hash, Some(code)),
            Codes::Nameless => ((self.no_code)(address), Some(code)),
        };
        Ok(Some(AccountInfo {
            code_hash,
            code,
            ..info
        }))
    }

    fn code_by_hash_ref(&self, code_hash: B256) -> Result<Bytecode, RiggedError> {
        self.meet(Read::Code(code_hash))?;
        let found = self.db.cache.contracts.get(&code_hash).cloned();
        match self.codes {
            Codes::ByHash => found,
            Codes::Lenient => Some(found.unwrap_or_default()),
            Codes::Inline | Codes::Nameless => None,
        }
        .ok_or(RiggedError(Read::Code(code_hash)))
    }

    fn storage_ref(&self, address: Address, slot: U256) -> Result<U256, RiggedError> {
        self.meet(Read::Slot(address, slot.wrapping_to()))?;
        Ok(self.db.storage_ref(address, slot).unwrap())
    }

    fn block_hash_ref(&self, number: u64) -> Result<B256, RiggedError> {
        Ok(self.db.block_hash_ref(number).unwrap())
    }
}

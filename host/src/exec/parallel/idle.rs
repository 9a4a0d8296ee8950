//! Threads at work in a block, and how they wait.

use std::{
    cell::Cell,
    hint::spin_loop,
    thread::{sleep, yield_now},
    time::{Duration, Instant},
};

/// Turns without work after which a thread gives way to others, and after which it sleeps.
const SPINS: u32 = 64;
const YIELDS: u32 = 256;
/// How long it sleeps. An average transaction takes 20 µs.
const NAP: Duration = Duration::from_micros(20);

thread_local! {
    static AT_WORK: Cell<bool> = const { Cell::new(false) };
}

/// While it lives, its thread is at work in a block.
pub(super) struct AtWork {
    before: bool,
}

impl AtWork {
    pub(super) fn new() -> Self {
        Self {
            before: AT_WORK.replace(true),
        }
    }

    /// True if the calling thread is at work in a block.
    pub(super) fn is_here() -> bool {
        AT_WORK.get()
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        AT_WORK.set(self.before);
    }
}

/// How a thread waits for others that are at work.
pub(super) struct Idle {
    turns: u32,
    seen: usize,
    since: Option<Instant>,
    stall: Duration,
}

impl Idle {
    pub(super) fn new(stall: Duration) -> Self {
        Self {
            turns: 0,
            seen: 0,
            since: None,
            stall,
        }
    }

    pub(super) fn reset(&mut self) {
        self.turns = 0;
        self.since = None;
    }

    /// Lets some time go by; an error once nothing has been committed for too long.
    pub(super) fn wait(&mut self, committed: usize) -> Result<(), Duration> {
        self.turns = self.turns.saturating_add(1);
        if self.turns < SPINS {
            spin_loop();
            return Ok(());
        }
        if self.turns < YIELDS {
            yield_now();
            return Ok(());
        }
        let now = Instant::now();
        if self.seen != committed {
            self.seen = committed;
            self.since = None;
        }
        if now.duration_since(*self.since.get_or_insert(now)) > self.stall {
            return Err(self.stall);
        }
        sleep(NAP);
        Ok(())
    }
}

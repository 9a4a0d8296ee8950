//! The schedule of parallel execution, model-checked: every interleaving of a few threads over a few places, as far as
//! the C11 memory model allows it.
//!
//! The file is the one that Phalanx runs, with the model checker's types in the place of the standard library's.

#[cfg(test)]
#[path = "../../src/exec/parallel/schedule.rs"]
mod schedule;

/// What the schedule synchronises by.
#[cfg(test)]
mod sync {
    pub(crate) use loom::sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
    };
}

#[cfg(test)]
mod tests;

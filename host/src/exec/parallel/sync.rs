//! What the schedule synchronises by; the model checker in `host/loom` puts its own in their place.

pub(super) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
};

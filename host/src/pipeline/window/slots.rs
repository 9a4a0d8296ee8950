//! Where works and their source stand.

use super::{Outcome, Source};
use crate::{
    pipeline::stages::{LaneId, Stages},
    verify::senders::BlockRecovery,
};
use std::{sync::Arc, time::Instant};

/// Where a work stands.
pub(super) enum Held<S: Stages> {
    Raw(S::Work),
    /// A task has it, to be decoded or executed.
    Lent,
    Decoded {
        work: Arc<S::Work>,
        hashes: Option<S::Hashes>,
        recovery: Option<BlockRecovery>,
    },
    Done(Outcome<S>),
}

/// A work's place in the window.
pub(super) struct Slot<S: Stages> {
    pub(super) lane: Option<LaneId>,
    pub(super) bytes: usize,
    /// Its share of the window's recovered signatures.
    pub(super) recovered_signatures: usize,
    pub(super) held: Held<S>,
}

/// The source, as the window has it.
pub(super) enum Feed<S: Stages> {
    Idle(Source<S>),
    /// A thread is in it, since then.
    Lent(Instant),
    Over,
}

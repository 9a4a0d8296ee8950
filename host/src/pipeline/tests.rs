//! Pipelines of works made here, and of blocks.

mod batches;
mod blocks;
mod bounds;
mod branches;
mod defects;
mod fake;
mod order;
mod stop;
mod together;

use super::{Defect, Lane, LaneId, Metrics, Mode, Options, Outcomes, Stage, Stages};
use crate::Engine;
use fake::{Fake, Item, Noting, run, transactions};
use std::time::Duration;

/// One thread, two, more than there are cores, and far more.
const THREADS: [usize; 5] = [1, 2, 3, 8, 64];
const MODES: [Mode; 2] = [Mode::Latency, Mode::Throughput];

fn engine(threads: usize) -> Engine {
    Engine::builder().threads(threads).build().unwrap()
}

//! How blocks scale: what the transactions of a block read of each other, how long each takes, and how long the block
//! would take on more workers than there are here.

pub mod plot;
pub mod record;
pub mod simulate;

use simulate::Task;

/// The numbers of workers that are simulated.
pub const WORKERS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Transactions that may be ahead of the last one committed, for each worker.
pub const WINDOW: usize = 16;

/// One block on all numbers of workers.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// Seconds of one worker that never runs anything twice: by itself, or of all blocks summed up.
    pub serial: f64,
    /// Seconds of the longest chain of transactions that read of each other.
    pub critical: f64,
    /// Seconds by number of workers, as [`WORKERS`] has them.
    pub seconds: [f64; WORKERS.len()],
    /// Of all transactions, those that are run twice on so many workers.
    pub again: [usize; WORKERS.len()],
}

impl Scaling {
    /// Replays a block's transactions.
    pub fn of(tasks: &[Task]) -> Self {
        let runs = WORKERS.map(|workers| simulate::replay(tasks, workers, WINDOW * workers));
        Self {
            serial: simulate::serial(tasks),
            critical: simulate::critical_path(tasks),
            seconds: runs.map(|run| run.seconds),
            again: runs.map(|run| run.again),
        }
    }

    /// Blocks one after the other.
    pub fn sum<'a>(blocks: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::of(&[]);
        for block in blocks {
            sum.serial += block.serial;
            sum.critical += block.critical;
            for place in 0..WORKERS.len() {
                sum.seconds[place] += block.seconds[place];
                sum.again[place] += block.again[place];
            }
        }
        sum
    }

    /// How many times as fast as one after the other, by number of workers.
    pub fn speed_ups(&self) -> [f64; WORKERS.len()] {
        self.seconds.map(|seconds| self.serial / seconds)
    }

    /// What no number of workers goes beyond.
    pub fn bound(&self) -> f64 {
        self.serial / self.critical
    }
}

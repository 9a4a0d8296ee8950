//! A replay of an optimistic executor that commits in block order, event by event.
//!
//! A free worker commits the next transaction in order if its run has ended and nobody else commits; else it runs the
//! next transaction that nobody has run, on the state that is committed at this moment, as long as that is in the window.
//! A transaction that has read what was committed since it began is run again by who commits it, on the state that it
//! is to have. So none is run more than twice, and one worker runs each once.

use std::{cmp::Ordering, collections::BinaryHeap};

/// A transaction of a block.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Seconds that it runs.
    pub run: f64,
    /// Seconds that committing it takes.
    pub commit: f64,
    /// Earlier transactions that wrote what it reads.
    pub reads: Vec<usize>,
}

/// What a replay gives.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Replay {
    /// Until the last transaction is committed.
    pub seconds: f64,
    /// How many transactions were run twice.
    pub again: usize,
}

/// Seconds of all transactions one after the other.
pub fn serial(tasks: &[Task]) -> f64 {
    tasks.iter().map(|task| task.run + task.commit).sum()
}

/// Seconds of the longest chain in which each transaction reads what the one before it wrote; committing takes no time.
pub fn critical_path(tasks: &[Task]) -> f64 {
    let mut ends: Vec<f64> = Vec::with_capacity(tasks.len());
    for task in tasks {
        let start = task
            .reads
            .iter()
            .map(|read| ends[*read])
            .fold(0.0, f64::max);
        ends.push(start + task.run);
    }
    ends.into_iter().fold(0.0, f64::max)
}

/// Replays a block on so many workers.
///
/// # Panics
///
/// If there is no worker, or the window has no place for a transaction.
pub fn replay(tasks: &[Task], workers: usize, window: usize) -> Replay {
    assert!(workers > 0 && window > 0, "nobody would ever begin");
    // Of each transaction run, how many were committed when it began; `None` until the run ends.
    let mut begun: Vec<Option<usize>> = vec![None; tasks.len()];
    let mut events = BinaryHeap::new();
    let (mut now, mut idle, mut next) = (0.0, workers, 0);
    let (mut committed, mut committing, mut again) = (0, false, 0);
    while committed < tasks.len() {
        while idle > 0 {
            if !committing && let Some(since) = begun[committed] {
                let task = &tasks[committed];
                let stale = task.reads.iter().any(|read| *read >= since);
                let run = if stale { task.run } else { 0.0 };
                again += usize::from(stale);
                committing = true;
                events.push(Event {
                    end: now + run + task.commit,
                    what: What::Committed,
                });
            } else if next < tasks.len().min(committed + window) {
                let what = What::Run {
                    task: next,
                    since: committed,
                };
                events.push(Event {
                    end: now + tasks[next].run,
                    what,
                });
                next += 1;
            } else {
                break;
            }
            idle -= 1;
        }
        let event = events
            .pop()
            .expect("somebody works while something is left");
        now = event.end;
        idle += 1;
        match event.what {
            What::Committed => {
                committed += 1;
                committing = false;
            }
            What::Run { task, since } => begun[task] = Some(since),
        }
    }
    Replay {
        seconds: now,
        again,
    }
}

/// The end of something that a worker does.
#[derive(Debug)]
struct Event {
    end: f64,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// Of what is done at the same time, this comes first: what begins next sees it.
    Committed,
    Run {
        task: usize,
        since: usize,
    },
}

impl Ord for Event {
    /// The earliest is the greatest, as the heap wants it.
    fn cmp(&self, other: &Self) -> Ordering {
        let times = other.end.total_cmp(&self.end);
        times.then_with(|| other.what.cmp(&self.what))
    }
}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Event {}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(reads: &[&[usize]]) -> Vec<Task> {
        let task = |reads: &&[usize]| Task {
            run: 4.0,
            commit: 0.0,
            reads: reads.to_vec(),
        };
        reads.iter().map(task).collect()
    }

    fn seconds(tasks: &[Task], workers: usize) -> (f64, usize) {
        let replay = replay(tasks, workers, 4 * workers);
        (replay.seconds, replay.again)
    }

    #[test]
    fn independent_transactions_scale() {
        let tasks = tasks(&[&[] as &[usize]; 16]);
        assert_eq!((serial(&tasks), critical_path(&tasks)), (64.0, 4.0));
        assert_eq!(seconds(&tasks, 1), (64.0, 0));
        assert_eq!(seconds(&tasks, 4), (16.0, 0));
        assert_eq!(seconds(&tasks, 16), (4.0, 0));
    }

    #[test]
    fn a_chain_takes_as_long_as_one_worker() {
        let tasks = tasks(&[&[], &[0], &[1], &[2]]);
        assert_eq!((serial(&tasks), critical_path(&tasks)), (16.0, 16.0));
        assert_eq!(seconds(&tasks, 1), (16.0, 0));
        // The first is right; each other one is run beside it in vain, and then again in its place.
        assert_eq!(seconds(&tasks, 4), (16.0, 3));
    }

    #[test]
    fn a_diamond_is_shared_where_its_sides_see_its_top() {
        let mut tasks = tasks(&[&[], &[0], &[0], &[1, 2]]);
        assert_eq!(critical_path(&tasks), 12.0);
        // All begin before the first is committed, so that all others are run again, one after the other.
        assert_eq!(seconds(&tasks, 4), (16.0, 3));
        // With a window of two the third begins after the first is committed, at 4, beside the second's other run. The
        // last begins at 8 when the third is not yet committed.
        let side_by_side = replay(&tasks, 2, 2);
        assert_eq!((side_by_side.seconds, side_by_side.again), (16.0, 2));
        // If the third takes longer, both sides are committed later than the last begins, and it is run again.
        tasks[2].run = 6.0;
        let longer = replay(&tasks, 2, 2);
        assert_eq!((longer.seconds, longer.again), (16.0, 2));
        assert_eq!((serial(&tasks), critical_path(&tasks)), (18.0, 14.0));
    }

    #[test]
    fn committing_is_done_by_one_at_a_time() {
        let mut tasks = tasks(&[&[] as &[usize]; 8]);
        for task in &mut tasks {
            task.commit = 1.0;
        }
        assert_eq!(seconds(&tasks, 1), (40.0, 0));
        // All are run until 4, and committed one after the other.
        assert_eq!(seconds(&tasks, 8), (12.0, 0));
    }

    #[test]
    fn one_worker_is_as_fast_as_none_to_share_with() {
        let mut tasks = tasks(&[&[], &[0], &[], &[0, 2], &[3], &[]]);
        for (place, task) in tasks.iter_mut().enumerate() {
            task.run = place as f64 + 0.5;
            task.commit = 0.25;
        }
        assert_eq!(seconds(&tasks, 1), (serial(&tasks), 0));
        assert_eq!(replay(&[], 2, 8), Replay::default());
    }
}

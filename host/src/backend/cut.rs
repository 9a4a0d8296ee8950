//! How a batch is cut into tasks.

use std::ops::Range;

/// Tasks for each thread, where the batch is large enough: more than one, so that a thread that is held up leaves its
/// share to the others.
const TASKS_PER_THREAD: usize = 4;

/// Items in each task, for items of equal cost; the last task may have fewer.
///
/// No task but the last is smaller than `least`, and if there are as many tasks as threads, each thread gets as many
/// as any other. At least 1.
pub(super) fn even(items: usize, threads: usize, least: usize) -> usize {
    let worthwhile = items / least.max(1);
    let mut tasks = worthwhile.min(threads.saturating_mul(TASKS_PER_THREAD));
    if tasks >= threads && threads > 0 {
        tasks -= tasks % threads;
    }
    items.div_ceil(tasks.max(1)).max(1)
}

/// Ranges of items that cost about the same together, in order and without gaps; each costs at least `least`, but for
/// the last.
pub(super) fn by_cost(
    costs: impl Iterator<Item = usize> + Clone,
    threads: usize,
    least: usize,
) -> Vec<Range<usize>> {
    let total: usize = costs.clone().sum();
    let share = total.div_ceil(threads.saturating_mul(TASKS_PER_THREAD).max(1));
    let target = share.max(least).max(1);
    let mut ranges = Vec::new();
    let (mut start, mut end, mut cost) = (0, 0, 0);
    for item in costs {
        end += 1;
        cost += item;
        if cost >= target {
            ranges.push(start..end);
            (start, cost) = (end, 0);
        }
    }
    if start < end {
        ranges.push(start..end);
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_tasks() {
        // Too few for two tasks: one.
        assert_eq!(even(1, 8, 64), 1);
        assert_eq!(even(127, 8, 64), 127);
        // Three would be worth it, but two threads share evenly.
        assert_eq!(even(200, 2, 64), 100);
        // Fewer tasks than threads: as many as are worth it.
        assert_eq!(even(200, 16, 64), 67);
        // Plenty: four for each thread.
        assert_eq!(even(1 << 20, 4, 64), 1 << 16);
        // No item at all, and senseless settings, still give a size that chunks() takes.
        assert_eq!(even(0, 2, 64), 1);
        assert_eq!(even(10, 0, 0), 10);
    }

    #[test]
    fn ranges_cover_all_items_in_order() {
        let costs = [1usize, 1, 500, 1, 1, 1, 1, 30, 30, 30, 30, 1];
        for threads in [1, 2, 3, 64] {
            for least in [1, 2, 50, 10_000] {
                let ranges = by_cost(costs.iter().copied(), threads, least);
                let joined: Vec<usize> = ranges.iter().cloned().flatten().collect();
                assert_eq!(joined, (0..costs.len()).collect::<Vec<_>>());
                for range in ranges.iter().rev().skip(1) {
                    let cost: usize = costs[range.clone()].iter().sum();
                    assert!(cost >= least, "{threads} {least} {range:?}");
                }
            }
        }
        assert_eq!(by_cost([].into_iter(), 4, 1), []);
        assert_eq!(by_cost([1, 1, 1, 1].into_iter(), 1, 100).len(), 1);
        assert_eq!(by_cost([1, 1, 1, 1].into_iter(), 4, 1).len(), 4);
    }
}

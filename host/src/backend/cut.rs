//! How a batch is cut into tasks.

use std::ops::Range;

/// Tasks for each thread, where the batch is large enough: more than one, so that a thread that is held up leaves its
/// share to the others.
const TASKS_PER_THREAD: usize = 4;

/// Bytes that one Keccak-256 permutation absorbs.
pub(super) const KECCAK_RATE_BYTES: usize = 136;

/// Permutations of a message. Padding is at least a byte, so one of n full blocks takes n + 1.
pub(super) fn blocks(message: &[u8]) -> usize {
    message.len() / KECCAK_RATE_BYTES + 1
}

/// Ranges of items of equal cost, in order and without gaps; all of one length but for the last, which may be shorter.
///
/// No range but the last is shorter than `least`, and if there are as many as threads, each thread gets as many as any
/// other. One thread gets all in one.
pub(super) fn even(items: usize, threads: usize, least: usize) -> Vec<Range<usize>> {
    if threads == 1 {
        return whole(items);
    }
    let worthwhile = items / least.max(1);
    let mut tasks = worthwhile.min(threads.saturating_mul(TASKS_PER_THREAD));
    if tasks >= threads && threads > 0 {
        tasks -= tasks % threads;
    }
    let size = items.div_ceil(tasks.max(1)).max(1);
    let starts = (0..items).step_by(size);
    starts
        .map(|start| start..items.min(start.saturating_add(size)))
        .collect()
}

/// Ranges of items that cost about the same together, in order and without gaps; each costs at least `least`, but for
/// the last. One thread gets all in one.
pub(super) fn by_cost(
    costs: impl ExactSizeIterator<Item = usize> + Clone,
    threads: usize,
    least: usize,
) -> Vec<Range<usize>> {
    if threads == 1 {
        return whole(costs.len());
    }
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

/// All items in one range; none if there are none.
fn whole(items: usize) -> Vec<Range<usize>> {
    (items > 0).then_some(0..items).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_tasks() {
        let first = |items, threads, least| even(items, threads, least)[0].len();
        // Too few for two tasks: one.
        assert_eq!(first(1, 8, 64), 1);
        assert_eq!(first(127, 8, 64), 127);
        // Three would be worth it, but two threads share evenly.
        assert_eq!(even(200, 2, 64), [0..100, 100..200]);
        // Fewer tasks than threads: as many as are worth it.
        assert_eq!(even(200, 16, 64), [0..67, 67..134, 134..200]);
        // Plenty: four for each thread, and one for the only one.
        assert_eq!(first(1 << 20, 4, 64), 1 << 16);
        assert_eq!(even(1 << 20, 1, 64), whole(1 << 20));
        // No item at all, and senseless settings.
        assert!(even(0, 2, 64).is_empty());
        assert!(even(0, 1, 64).is_empty());
        assert_eq!(even(10, 0, 0), whole(10));
        assert_eq!(even(10, 2, usize::MAX), whole(10));
    }

    #[test]
    fn ranges_cover_all_items_in_order() {
        let costs = [1usize, 1, 500, 1, 1, 1, 1, 30, 30, 30, 30, 1];
        let ones = [1usize; 12];
        for threads in [1, 2, 3, 64] {
            for least in [1, 2, 5, 50, 10_000] {
                let by_cost = by_cost(costs.iter().copied(), threads, least);
                let even = even(ones.len(), threads, least);
                for (ranges, costs) in [(by_cost, costs), (even, ones)] {
                    let joined: Vec<usize> = ranges.iter().cloned().flatten().collect();
                    assert_eq!(joined, (0..costs.len()).collect::<Vec<_>>());
                    assert!(threads > 1 || ranges.len() == 1);
                    for range in ranges.iter().rev().skip(1) {
                        let cost: usize = costs[range.clone()].iter().sum();
                        assert!(cost >= least, "{threads} {least} {range:?}");
                    }
                }
            }
        }
        assert!(by_cost([].into_iter(), 4, 1).is_empty());
        assert_eq!(by_cost([1, 1, 1, 1].into_iter(), 1, 100).len(), 1);
        assert_eq!(by_cost([1, 1, 1, 1].into_iter(), 4, 1).len(), 4);
    }
}

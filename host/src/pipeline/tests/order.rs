//! Every work comes out once, in order, whatever the threads; works of a lane are executed in order.

use super::*;
use std::sync::Arc;

/// Works of many shapes: short and long ones, with and without signatures, in one of two lanes or none.
fn items(count: u64) -> (Vec<Item>, [Noting; 2]) {
    let lanes = [(); 2].map(|()| Arc::new(Lane::new(Vec::new())));
    let item = |id: u64| {
        let mixed = id.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        Item {
            lane: lanes.get((mixed % 3) as usize).cloned(),
            transactions: transactions((mixed % 7) as usize),
            bytes: (mixed % 1000) as usize,
            takes: Duration::from_micros(if mixed.is_multiple_of(5) { 300 } else { 0 }),
            ..Item::new(id)
        }
    };
    ((0..count).map(item).collect(), lanes)
}

fn comes_out(threads: usize, mode: Mode, count: u64) {
    let (items, lanes) = items(count);
    let fake = Fake::default();
    let of_lane = |lane: &Noting| -> Vec<u64> {
        let own = items.iter().filter(|item| {
            let other = item.lane.as_ref();
            other.is_some_and(|other| Arc::ptr_eq(other, lane))
        });
        own.map(|item| item.id).collect()
    };
    let expected = [of_lane(&lanes[0]), of_lane(&lanes[1])];
    let settings = |options: &mut Options| {
        options.mode = mode;
        options.signatures = 16;
        if mode == Mode::Latency {
            (options.blocks, options.signatures) = (1, 1);
        }
    };
    let mut outcomes = run(threads, settings, &fake, items.into_iter());
    let all: Vec<u64> = outcomes.by_ref().map(|outcome| outcome.unwrap()).collect();
    assert_eq!(all, (0..count).collect::<Vec<u64>>(), "{threads} {mode}");
    assert!(outcomes.next().is_none(), "nothing after the end");
    for (lane, expected) in lanes.iter().zip(expected) {
        assert_eq!(lane.take(), Some(expected), "{threads} {mode}");
    }
    let metrics: Metrics = outcomes.metrics();
    assert_eq!(metrics.stage(Stage::Execute).tasks, count);
    assert_eq!(metrics.stage(Stage::Decode).tasks, count);
    assert_eq!(metrics.stage(Stage::Pull).tasks, count + 1);
}

#[test]
fn with_any_number_of_threads() {
    for threads in THREADS {
        for mode in MODES {
            for count in [0, 1, 2, 50] {
                comes_out(threads, mode, count);
            }
        }
    }
}

#[test]
fn many_works() {
    for threads in [1, 2, 8] {
        comes_out(threads, Mode::Throughput, 3000);
    }
}

#[test]
fn independent_works_run_side_by_side() {
    let fake = Fake::default();
    let slow = |id| Item {
        takes: Duration::from_millis(20),
        ..Item::new(id)
    };
    let outcomes = run(2, |_| (), &fake, (0..8).map(slow));
    assert_eq!(outcomes.count(), 8);
    let most = fake
        .0
        .most_executing
        .load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(most, 2, "as many as there are threads, and no more");
}

/// The thread that asks may be one of the pool, even its only one; and two pipelines may share a pool.
#[test]
fn asked_for_by_threads_of_the_pool() {
    for threads in [1, 2, 3] {
        let engine = engine(threads);
        let options = Options::new(Mode::Throughput, &engine);
        let count = || {
            let (items, _) = items(100);
            let source = Box::new(items.into_iter());
            Outcomes::start(&engine, options, Fake::default(), source).count()
        };
        let counts = engine.install(|| rayon::join(count, count));
        assert_eq!(counts, (100, 100), "{threads}");
    }
}

//! A pipeline may be stopped at any time.

use super::*;
use std::{
    sync::{Arc, mpsc},
    time::Instant,
};

/// Waits for what other threads do on their own.
fn eventually(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "it does not end");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn item(id: u64) -> Item {
    Item {
        transactions: transactions(3),
        takes: Duration::from_micros(id % 5 * 100),
        ..Item::new(id)
    }
}

#[test]
fn nothing_that_is_finished_is_lost() {
    for threads in THREADS {
        for take in [0, 1, 7, 30] {
            let fake = Fake::default();
            let settings = |options: &mut Options| options.signatures = 8;
            let mut outcomes = run(threads, settings, &fake, (0..1000).map(item));
            let mut all: Vec<u64> = (0..take)
                .map(|_| outcomes.next().unwrap().unwrap())
                .collect();
            let left = outcomes.stop();
            let executed = fake.0.executed.lock().unwrap().len();
            for (index, outcome) in left {
                assert_eq!(outcome, Ok(index));
                all.push(index);
            }
            assert!(all.is_sorted_by(|a, b| a < b), "each once, in order");
            let mut ended = fake.0.executed.lock().unwrap().clone();
            assert_eq!(ended.len(), executed, "nothing runs any more");
            ended.sort_unstable();
            assert_eq!(all, ended, "{threads} threads, {take} taken");
            assert!(all.len() < 1000);
        }
    }
}

#[test]
fn dropped_it_lets_go_of_everything() {
    for threads in THREADS {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let source = (0..1000).map(move |id| Item {
            _alive: Some(Arc::clone(&held)),
            ..item(id)
        });
        let mut outcomes = run(threads, |_| (), &Fake::default(), source);
        assert_eq!(outcomes.next(), Some(Ok(0)));
        drop(outcomes);
        eventually(|| Arc::strong_count(&alive) == 1);
    }
}

#[test]
fn a_source_that_gives_nothing_is_not_waited_for() {
    for threads in [1, 2, 8] {
        let (sender, receiver) = mpsc::channel();
        let source = receiver.into_iter();
        let mut outcomes = run(threads, |_| (), &Fake::default(), source);
        if threads > 1 {
            sender.send(item(0)).unwrap();
            assert_eq!(outcomes.next(), Some(Ok(0)));
        }
        assert_eq!(outcomes.stop(), []);
        drop(outcomes);
        // Whoever is in the source lets go of it with what comes next.
        eventually(|| sender.send(item(1)).is_err());
    }
}

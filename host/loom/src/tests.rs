use crate::schedule::{Schedule, Turn};
use loom::{
    model::Builder,
    sync::Arc,
    thread::{self, yield_now},
};

/// What a committer noted: the place, and whether it had been tried.
type Ledger = Vec<(usize, bool)>;

/// A try hands in its own place.
type Shared = Schedule<Ledger, usize>;

/// Every interleaving with at most so many preemptions.
fn check(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

/// Works to the end of the block, or until it has had to wait so often; the places that were tried.
///
/// The model checker has no idea of fairness: of three threads, two that ask again and again would keep the third from
/// its work for ever.
fn work(schedule: &Shared, window: usize, patience: usize) -> Vec<usize> {
    let mut tried = Vec::new();
    let mut waits = 0;
    let mut next = None;
    loop {
        let turn = next.take();
        match turn.unwrap_or_else(|| schedule.turn()) {
            Turn::Commit(mut head, handed_in) => {
                let index = head.index();
                assert_eq!(index, handed_in, "a try of this place");
                head.ledger().push((index, true));
                head.advance();
                next = head.go_on();
            }
            Turn::Execute(mut head) => {
                let index = head.index();
                head.ledger().push((index, false));
                head.advance();
                next = head.go_on();
            }
            Turn::Try(index) => {
                assert!(index - schedule.committed() < window, "close to the head");
                schedule.hand_in(index, index);
                tried.push(index);
            }
            Turn::Wait if waits == patience => return tried,
            Turn::Wait => {
                waits += 1;
                yield_now();
            }
            Turn::Over => return tried,
        }
    }
}

/// Runs a block on so many threads, of which the first works to the end, and checks who did what.
fn whole_block(threads: usize, places: usize, window: usize) {
    // Two threads may ask as often as they like.
    let patience = if threads == 2 { usize::MAX } else { 0 };
    let schedule = Arc::new(Schedule::new(places, window, Ledger::new()));
    let others: Vec<_> = (1..threads)
        .map(|_| {
            let schedule = Arc::clone(&schedule);
            thread::spawn(move || work(&schedule, window, patience))
        })
        .collect();
    let mut tried = work(&schedule, window, usize::MAX);
    for other in others {
        tried.extend(other.join().unwrap());
    }
    let ledger = schedule.ledger().unwrap();
    let committed: Vec<usize> = ledger.iter().map(|(index, _)| *index).collect();
    let all: Vec<usize> = (0..places).collect();
    assert_eq!(committed, all, "each place is committed once, in order");
    // Each place is claimed once: to be tried, and then the try is what is committed, or to be executed.
    tried.sort_unstable();
    let from_tries = ledger.iter().filter(|(_, was_tried)| *was_tried);
    let from_tries: Vec<usize> = from_tries.map(|(index, _)| *index).collect();
    assert_eq!(tried, from_tries, "no try is lost, none is made twice");
}

#[test]
fn two_threads_two_places() {
    for window in [1, 2] {
        check(4, move || whole_block(2, 2, window));
    }
}

#[test]
fn two_threads_four_places() {
    for window in [1, 2] {
        check(2, move || whole_block(2, 4, window));
    }
}

#[test]
fn three_threads_two_places() {
    for window in [1, 2] {
        check(2, move || whole_block(3, 2, window));
    }
}

#[test]
fn three_threads_three_places() {
    for window in [1, 2] {
        check(1, move || whole_block(3, 3, window));
    }
}

/// What has been handed in is found by whoever asks next, whoever asked at the same time.
#[test]
fn what_is_handed_in_is_not_lost() {
    check(4, || {
        let schedule = Arc::new(Schedule::new(2, 2, Ledger::new()));
        // Place 0 is claimed at the head, so that a second thread would try place 1; then it is committed.
        let Turn::Execute(mut head) = schedule.turn() else {
            panic!("the first place");
        };
        let Turn::Try(index) = schedule.turn() else {
            panic!("the second place");
        };
        head.advance();
        drop(head);
        let asker = {
            let schedule = Arc::clone(&schedule);
            thread::spawn(move || matches!(schedule.turn(), Turn::Commit(_, 1)))
        };
        schedule.hand_in(index, index);
        let found = matches!(schedule.turn(), Turn::Commit(_, 1));
        let was_asked = asker.join().unwrap();
        let last = matches!(schedule.turn(), Turn::Commit(_, 1));
        let times = [found, was_asked, last].iter().filter(|it| **it).count();
        assert_eq!(times, 1);
    });
}

/// Whenever a block is stopped, every thread is told so, and what was committed is a beginning of the block.
#[test]
fn a_stop_ends_every_thread() {
    for (threads, places) in [(2, 3), (3, 2)] {
        check(2, move || {
            let schedule = Arc::new(Schedule::new(places, 2, Ledger::new()));
            let others: Vec<_> = (1..threads)
                .map(|_| {
                    let schedule = Arc::clone(&schedule);
                    thread::spawn(move || work(&schedule, 2, usize::MAX).len())
                })
                .collect();
            schedule.stop();
            assert!(matches!(schedule.turn(), Turn::Over));
            for other in others {
                other.join().unwrap();
            }
            let ledger = schedule.ledger().unwrap();
            let committed: Vec<usize> = ledger.iter().map(|(index, _)| *index).collect();
            let beginning: Vec<usize> = (0..committed.len()).collect();
            assert_eq!(committed, beginning);
        });
    }
}

/// A thread that has claimed a place and stops the block, as one does that panicked, leaves nobody behind.
#[test]
fn a_claim_that_comes_to_nothing() {
    check(3, || {
        let schedule = Arc::new(Schedule::new(3, 2, Ledger::new()));
        let other = {
            let schedule = Arc::clone(&schedule);
            thread::spawn(move || work(&schedule, 2, usize::MAX).len())
        };
        match schedule.turn() {
            // The right to commit is given back, unused.
            Turn::Commit(head, _) | Turn::Execute(head) => drop(head),
            Turn::Try(_) | Turn::Wait | Turn::Over => {}
        }
        schedule.stop();
        other.join().unwrap();
        assert!(schedule.is_over());
    });
}

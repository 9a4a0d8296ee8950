//! The rules of the schedule on one thread; `host/loom` checks them on several.

use super::schedule::{Head, Schedule, Turn};

type Shared = Schedule<Vec<usize>, &'static str>;

fn schedule(places: usize, window: usize) -> Shared {
    Schedule::new(places, window, Vec::new())
}

/// Moves on, and lets others commit.
fn advance(mut head: Head<'_, Vec<usize>, &'static str>) {
    head.advance();
}

/// The name and the place of the next turn. Committers note their place and advance.
fn turn(schedule: &Shared) -> (&'static str, usize) {
    match schedule.turn() {
        Turn::Commit(mut head, tried) => {
            let index = head.index();
            head.ledger().push(index);
            advance(head);
            (tried, index)
        }
        Turn::Execute(mut head) => {
            let index = head.index();
            head.ledger().push(index);
            advance(head);
            ("execute", index)
        }
        Turn::Try(index) => ("try", index),
        Turn::Wait => ("wait", usize::MAX),
        Turn::Over => ("over", usize::MAX),
    }
}

#[test]
fn alone_a_thread_executes_at_the_head() {
    let schedule = schedule(3, 2);
    for index in 0..3 {
        assert!(!schedule.is_over());
        assert_eq!(schedule.committed(), index);
        assert_eq!(turn(&schedule), ("execute", index));
    }
    assert!(schedule.is_over());
    assert_eq!(turn(&schedule).0, "over");
    assert_eq!(*schedule.ledger().unwrap(), [0, 1, 2]);
}

#[test]
fn nothing_to_do() {
    let schedule = schedule(0, 1);
    assert!(schedule.is_over());
    assert_eq!(turn(&schedule).0, "over");
}

#[test]
fn while_the_head_is_taken_others_try_ahead_within_the_window() {
    for window in [1, 2, 4, usize::MAX] {
        let schedule = schedule(6, window);
        let Turn::Execute(head) = schedule.turn() else {
            panic!("the first place");
        };
        for ahead in 1..window.min(6) {
            assert_eq!(turn(&schedule), ("try", ahead));
        }
        assert_eq!(turn(&schedule).0, "wait");
        assert_eq!(schedule.committed(), 0);
        advance(head);
        if window < 6 {
            // The window has moved with the head; with a window of 1 the next place is at the head.
            let name = if window == 1 { "execute" } else { "try" };
            assert_eq!(turn(&schedule), (name, window));
        }
    }
}

#[test]
fn no_window_is_a_window_of_one() {
    let schedule = schedule(2, 0);
    assert_eq!(turn(&schedule), ("execute", 0));
    assert_eq!(turn(&schedule), ("execute", 1));
}

#[test]
fn tries_are_committed_in_block_order() {
    let schedule = schedule(4, 4);
    let Turn::Execute(head) = schedule.turn() else {
        panic!("the first place");
    };
    for index in 1..4 {
        assert_eq!(turn(&schedule), ("try", index));
    }
    schedule.hand_in(3, "third");
    schedule.hand_in(1, "first");
    // The ledger is taken, and all places are claimed.
    assert_eq!(turn(&schedule).0, "wait");
    advance(head);
    assert_eq!(turn(&schedule), ("first", 1));
    assert_eq!(turn(&schedule).0, "wait", "the second is not there yet");
    schedule.hand_in(2, "second");
    assert_eq!(turn(&schedule), ("second", 2));
    assert_eq!(turn(&schedule), ("third", 3));
    assert_eq!(turn(&schedule).0, "over");
}

#[test]
fn places_that_there_are_not_are_not_handed_in() {
    let schedule = schedule(1, 1);
    schedule.hand_in(1, "second");
    assert_eq!(turn(&schedule), ("execute", 0));
}

#[test]
fn a_stop_is_the_end() {
    let schedule = schedule(3, 3);
    let Turn::Execute(head) = schedule.turn() else {
        panic!("the first place");
    };
    assert_eq!(turn(&schedule), ("try", 1));
    schedule.hand_in(1, "first");
    schedule.stop();
    assert!(schedule.is_stopped() && schedule.is_over());
    advance(head);
    assert_eq!(turn(&schedule).0, "over");
    assert!(schedule.ledger().unwrap().is_empty());
}

/// A thread that panics while it holds the ledger takes the ledger with it: nobody commits on top of half a commit.
#[test]
fn a_ledger_lost_in_a_panic_stays_lost() {
    let schedule = schedule(3, 3);
    let commit = || {
        let Turn::Execute(_head) = schedule.turn() else {
            panic!("the first place");
        };
        std::panic::panic_any("in the middle of a commit");
    };
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(commit)).is_err());
    assert!(schedule.ledger().is_none());
    assert_eq!(turn(&schedule), ("try", 1));
    assert_eq!(turn(&schedule), ("try", 2));
    assert_eq!(turn(&schedule).0, "wait");
    assert_eq!(schedule.committed(), 0);
}

#[test]
fn who_commits_goes_on_at_the_head() {
    let schedule = schedule(4, 4);
    let Turn::Execute(mut head) = schedule.turn() else {
        panic!("the first place");
    };
    assert_eq!(turn(&schedule), ("try", 1));
    schedule.hand_in(1, "first");
    head.advance();
    let Some(Turn::Commit(mut head, "first")) = head.go_on() else {
        panic!("the second place");
    };
    head.advance();
    let Some(Turn::Execute(mut head)) = head.go_on() else {
        panic!("the third place");
    };
    assert_eq!(turn(&schedule), ("try", 3));
    head.advance();
    assert!(
        head.go_on().is_none(),
        "another thread is at the last place"
    );
    schedule.hand_in(3, "third");
    assert_eq!(turn(&schedule), ("third", 3));
}

#[test]
fn in_a_pause_nothing_is_tried_ahead() {
    let schedule = schedule(5, 5);
    let Turn::Execute(mut head) = schedule.turn() else {
        panic!("the first place");
    };
    head.pause(3);
    assert_eq!(turn(&schedule).0, "wait");
    for _ in 0..2 {
        head.advance();
        let Some(Turn::Execute(next)) = head.go_on() else {
            panic!("the head goes on");
        };
        head = next;
    }
    assert_eq!(turn(&schedule), ("try", 3), "the pause is over");
}

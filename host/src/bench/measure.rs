//! Timing of contenders that take turns, so that whatever else the machine does meets all of them alike.

use super::contender::Contender;
use serde::{Deserialize, Serialize};
use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

/// How much time is taken.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// A contender's turn: as many calls as fit, at least one.
    pub turn: Duration,
    /// What all rounds of a match take, within the bounds of `rounds`.
    pub time: Duration,
    /// Rounds, each of one turn a contender: at least, and at most.
    pub rounds: (usize, usize),
}

impl Pace {
    /// For figures to be published.
    pub const FULL: Self = Self {
        turn: Duration::from_millis(20),
        time: Duration::from_secs(12),
        rounds: (9, 61),
    };
    /// For a look, a minute or two in all.
    pub const QUICK: Self = Self {
        turn: Duration::from_millis(5),
        time: Duration::from_millis(1500),
        rounds: (3, 31),
    };
    /// For tests that all of it runs: the times mean nothing.
    pub const ONCE: Self = Self {
        turn: Duration::ZERO,
        time: Duration::ZERO,
        rounds: (1, 1),
    };
}

/// What passes while a contender works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Processor time of the whole process, whatever its threads: for work that one thread does, where waiting for a
    /// processor that others use is not the work's. Wall time where the system has no such clock.
    Processor,
    /// Wall time: for work that threads share.
    Wall,
}

impl Clock {
    /// Since some moment.
    pub fn now(self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            #[cfg(unix)]
            Self::Processor => {
                let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
                Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
            }
            #[cfg(not(unix))]
            Self::Processor => START.elapsed(),
            Self::Wall => START.elapsed(),
        }
    }
}

/// Seconds of one call: by contender, and then by round. Rounds begin with another contender each.
pub fn take_turns(pace: &Pace, clock: Clock, contenders: &mut [Contender<'_>]) -> Vec<Vec<f64>> {
    let times: Vec<f64> = contenders
        .iter_mut()
        .map(|contender| contender.estimate(clock).max(1e-9))
        .collect();
    let fitting = |time: &f64| (pace.turn.as_secs_f64() / time).floor().max(1.0) as u32;
    let mut calls: Vec<u32> = times.iter().map(fitting).collect();
    if contenders.iter().any(|contender| contender.in_step) {
        let least = calls.iter().copied().min().unwrap_or(1);
        calls.fill(least);
    }
    let turns = times.iter().zip(&calls);
    let round_seconds: f64 = turns.map(|(time, calls)| time * f64::from(*calls)).sum();
    let (least, most) = pace.rounds;
    let rounds = ((pace.time.as_secs_f64() / round_seconds) as usize).clamp(least, most);
    let mut seconds = vec![Vec::with_capacity(rounds); contenders.len()];
    let start = Instant::now();
    for round in 0..rounds {
        // A machine that has become busy since the estimate gets no more time than planned, or hardly.
        if round >= least && start.elapsed() > pace.time {
            break;
        }
        for turn in 0..contenders.len() {
            let at = (round + turn) % contenders.len();
            let turn = contenders[at].seconds(clock, calls[at]);
            seconds[at].push(turn / f64::from(calls[at]));
        }
    }
    seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::contender::Answers;
    use std::cell::RefCell;

    #[test]
    fn turns_alternate_and_rounds_begin_in_turn() {
        let log = RefCell::new(String::new());
        let contender = |name: &'static str| {
            let call = || log.borrow_mut().push_str(name);
            Contender::new(name, call, |()| {})
        };
        let mut contenders = [contender("a"), contender("b"), contender("c")];
        let pace = Pace {
            rounds: (4, 4),
            ..Pace::ONCE
        };
        let seconds = take_turns(&pace, Clock::Wall, &mut contenders);
        assert_eq!(seconds.len(), 3);
        assert!(seconds.iter().all(|rounds| rounds.len() == 4));
        // The check of the answers, the estimate, and then the rounds.
        assert_eq!(*log.borrow(), "abcabcabcbcacababc");
    }

    #[test]
    fn a_turn_is_filled_with_calls() {
        let mut calls = 0;
        let call = || calls += 1;
        let pace = Pace {
            turn: Duration::from_millis(50),
            ..Pace::ONCE
        };
        let mut contenders = [Contender::new("short", call, |()| {})];
        take_turns(&pace, Clock::Wall, &mut contenders);
        drop(contenders);
        assert!(calls > 100, "{calls}");
    }

    #[test]
    fn contenders_in_step_make_as_many_calls_as_the_slowest() {
        let counts = [RefCell::new(0), RefCell::new(0)];
        let contender = |place: usize, millis| {
            let count = &counts[place];
            let call = move |step: &usize| {
                std::thread::sleep(Duration::from_millis(millis));
                count.replace(*step + 1)
            };
            Contender::in_steps(
                "",
                |step| step,
                call,
                |step, before| {
                    assert_eq!(before, step);
                },
            )
        };
        let pace = Pace {
            turn: Duration::from_millis(100),
            rounds: (3, 3),
            ..Pace::ONCE
        };
        let mut contenders = [contender(0, 0), contender(1, 4)];
        let seconds = take_turns(&pace, Clock::Wall, &mut contenders);
        drop(contenders);
        assert_eq!(counts[0], counts[1]);
        // Two calls before the rounds, and one or more in each.
        assert!(*counts[0].borrow() > 5, "{counts:?}");
        assert!(seconds[1].iter().all(|seconds| *seconds >= 0.004));
    }

    #[test]
    #[should_panic(expected = "liar disagrees at step 1")]
    fn answers_that_differ_stop_the_run() {
        let answers = Answers::default();
        for (step, answer) in [(0, 7), (1, 8)] {
            answers.agree("honest", step, answer);
        }
        answers.agree("liar", 0, 7);
        answers.agree("liar", 1, 9);
    }

    #[test]
    fn published_figures_take_no_time() {
        let mut contenders = [Contender::published("elsewhere", 1.5)];
        let pace = Pace {
            rounds: (2, 2),
            ..Pace::ONCE
        };
        assert_eq!(
            take_turns(&pace, Clock::Wall, &mut contenders),
            [[1.5, 1.5]]
        );
    }

    #[test]
    fn both_clocks_run_while_there_is_work() {
        let work = || {
            let start = Instant::now();
            while start.elapsed() < Duration::from_millis(50) {}
        };
        for (clock, least) in [(Clock::Wall, 0.05), (Clock::Processor, 0.001)] {
            let seconds = Contender::new("work", work, |()| {}).seconds(clock, 1);
            assert!(seconds >= least, "{clock:?}: {seconds}");
        }
    }

    #[test]
    #[should_panic(expected = "wrong")]
    fn wrong_answers_are_not_timed() {
        Contender::new("liar", || 3, |answer| assert_eq!(answer, 4, "wrong"));
    }
}

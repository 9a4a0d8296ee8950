//! Timing of contenders that take turns, so that whatever else the machine does meets all of them alike.

use serde::Serialize;
use std::{
    hint::black_box,
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
    /// For a look, about a minute in all.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
    fn now(self) -> Duration {
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

/// Something to be timed: a call, and how many of them make a turn.
pub struct Contender<'a> {
    /// What it is called in the report.
    pub name: String,
    call: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    /// Calls once and hands the answers to `check`, which panics if they are wrong: nothing wrong is timed.
    pub fn new<R>(
        name: impl Into<String>,
        mut call: impl FnMut() -> R + 'a,
        check: impl FnOnce(R),
    ) -> Self {
        check(call());
        Self {
            name: name.into(),
            call: Box::new(move || {
                black_box(call());
            }),
        }
    }

    fn seconds(&mut self, clock: Clock, calls: u32) -> f64 {
        let start = clock.now();
        for _ in 0..calls {
            (self.call)();
        }
        (clock.now() - start).as_secs_f64()
    }
}

/// Seconds of one call: by contender, and then by round. Rounds begin with another contender each.
pub fn take_turns(pace: &Pace, clock: Clock, contenders: &mut [Contender<'_>]) -> Vec<Vec<f64>> {
    let mut round_seconds = 0.0;
    let calls: Vec<u32> = contenders
        .iter_mut()
        .map(|contender| {
            let one = contender.seconds(clock, 1).max(1e-9);
            let calls = (pace.turn.as_secs_f64() / one).floor().max(1.0);
            round_seconds += calls * one;
            calls as u32
        })
        .collect();
    let (least, most) = pace.rounds;
    let rounds = ((pace.time.as_secs_f64() / round_seconds) as usize).clamp(least, most);
    let mut seconds = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            let at = (round + turn) % contenders.len();
            let turn = contenders[at].seconds(clock, calls[at]);
            seconds[at].push(turn / f64::from(calls[at]));
        }
    }
    seconds
}

/// The middle half of some measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    /// A quarter is at most this.
    pub low: f64,
    /// Half is.
    pub median: f64,
    /// Three quarters are.
    pub high: f64,
}

impl Quartiles {
    /// Of at least one measurement; where a quartile falls between two, it is between them.
    pub fn of(measurements: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = measurements.into_iter().collect();
        assert!(!sorted.is_empty(), "quartiles of nothing");
        sorted.sort_by(f64::total_cmp);
        let at = |part: f64| {
            let place = part * (sorted.len() - 1) as f64;
            let (below, above) = (
                sorted[place.floor() as usize],
                sorted[place.ceil() as usize],
            );
            below + (above - below) * place.fract()
        };
        Self {
            low: at(0.25),
            median: at(0.5),
            high: at(0.75),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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

    #[test]
    fn quartiles() {
        let of = Quartiles::of([5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!((of.low, of.median, of.high), (2.0, 3.0, 4.0));
        let of = Quartiles::of([1.0, 2.0]);
        assert_eq!((of.low, of.median, of.high), (1.25, 1.5, 1.75));
        assert_eq!(Quartiles::of([7.0]).high, 7.0);
    }
}

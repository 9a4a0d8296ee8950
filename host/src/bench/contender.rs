//! What is timed: calls whose answers are checked first.

use super::measure::Clock;
use std::{cell::RefCell, fmt::Debug, hint::black_box};

/// A call of at least so many seconds is long enough that its first time tells what another one takes.
const LONG_SECONDS: f64 = 0.1;

/// Something to be timed: a call, and how many of them make a turn.
pub struct Contender<'a> {
    /// What it is called in the report.
    pub name: String,
    /// Seconds that so many calls take.
    turn: Box<dyn FnMut(Clock, u32) -> f64 + 'a>,
    /// True if every contender of a match has to make as many calls as this one.
    pub(super) in_step: bool,
    /// Seconds of the call whose answers were checked, by the wall, where it was made.
    first: Option<f64>,
}

/// A contender whose answers are not right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{contender} answers wrongly: {workload}")]
pub struct WrongAnswer {
    /// Whose answers they are.
    pub contender: String,
    /// What was asked.
    pub workload: String,
}

impl<'a> Contender<'a> {
    /// Calls once and hands the answers to `check`, which panics if they are wrong: nothing wrong is timed.
    pub fn new<R>(
        name: impl Into<String>,
        mut call: impl FnMut() -> R + 'a,
        check: impl FnOnce(R),
    ) -> Self {
        let start = Clock::Wall.now();
        let answer = call();
        let first = (Clock::Wall.now() - start).as_secs_f64();
        check(answer);
        Self {
            first: Some(first),
            ..Self::unchecked(name, call)
        }
    }

    /// The same where wrong answers are an error.
    pub fn checked<R>(
        name: impl Into<String>,
        workload: &str,
        call: impl FnMut() -> R + 'a,
        check: impl FnOnce(R) -> bool,
    ) -> Result<Self, WrongAnswer> {
        let mut right = false;
        let contender = Self::new(name, call, |answer| right = check(answer));
        match right {
            true => Ok(contender),
            false => Err(WrongAnswer {
                contender: contender.name,
                workload: workload.to_owned(),
            }),
        }
    }

    fn unchecked<R>(name: impl Into<String>, mut call: impl FnMut() -> R + 'a) -> Self {
        let turn = move |clock: Clock, calls| {
            let start = clock.now();
            for _ in 0..calls {
                black_box(call());
            }
            (clock.now() - start).as_secs_f64()
        };
        Self {
            name: name.into(),
            turn: Box::new(turn),
            in_step: false,
            first: None,
        }
    }

    /// Something that goes on from call to call. `input` makes what the next call gets and `check` looks at what it
    /// answered, given the number of the call; neither is timed. The first call is made here.
    ///
    /// All contenders of a match make as many calls, so that the same call means the same for each of them.
    pub fn in_steps<I, R>(
        name: impl Into<String>,
        mut input: impl FnMut(usize) -> I + 'a,
        mut call: impl FnMut(&I) -> R + 'a,
        mut check: impl FnMut(usize, R) + 'a,
    ) -> Self {
        let mut next = 0;
        let mut step = move |clock: Clock| {
            let input = input(next);
            let start = clock.now();
            let answer = black_box(call(black_box(&input)));
            let time = clock.now() - start;
            check(next, answer);
            next += 1;
            time.as_secs_f64()
        };
        step(Clock::Wall);
        Self {
            name: name.into(),
            turn: Box::new(move |clock, calls| (0..calls).map(|_| step(clock)).sum()),
            in_step: true,
            first: None,
        }
    }

    /// A figure that others published: so many seconds a call, whatever this machine does.
    pub fn published(name: impl Into<String>, seconds: f64) -> Self {
        Self {
            name: name.into(),
            turn: Box::new(move |_, calls| seconds * f64::from(calls)),
            in_step: false,
            first: None,
        }
    }

    pub(super) fn seconds(&mut self, clock: Clock, calls: u32) -> f64 {
        (self.turn)(clock, calls)
    }

    /// About the seconds of a call: those of the first, which is a cold one, only where it was long.
    pub(super) fn estimate(&mut self, clock: Clock) -> f64 {
        match self.first {
            Some(first) if first >= LONG_SECONDS => first,
            _ => self.seconds(clock, 1),
        }
    }
}

/// The answers of contenders that take the same steps: the first to come to a step tells, the others have to agree.
#[derive(Debug, Default)]
pub struct Answers<R>(RefCell<Vec<R>>);

impl<R: PartialEq + Debug> Answers<R> {
    /// # Panics
    ///
    /// If another one has answered something else at this step.
    pub fn agree(&self, who: &str, step: usize, answer: R) {
        let mut answers = self.0.borrow_mut();
        match answers.get(step) {
            None => answers.push(answer),
            Some(told) => assert_eq!(answer, *told, "{who} disagrees at step {step}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_answers_are_an_error_that_names_who_gave_them() {
        let right = Contender::checked("honest", "2 and 2", || 4, |answer| answer == 4);
        assert_eq!(right.map(|contender| contender.name), Ok("honest".into()));
        let wrong = Contender::checked("liar", "2 and 2", || 5, |answer| answer == 4);
        let error = wrong.err().expect("five is wrong");
        assert_eq!(error.to_string(), "liar answers wrongly: 2 and 2");
    }
}

//! Contenders on one workload.

use super::{
    contender::Contender,
    engines,
    measure::{Clock, Pace, take_turns},
    record::{Entry, Ratio, Role, Row, Topic},
    stats::Estimate,
};
use crate::{Backend, Engine};

/// How `auto` with a GPU beside the processor's backend is called, behind the name of that backend.
pub(super) const BESIDE_GPU: &str = " + gpu";
/// How a GPU that computes on the processor is called.
pub(super) const SOFTWARE: &str = "gpu (software)";

/// No call is done in less.
const LEAST_SECONDS: f64 = 1e-10;

/// Contenders that take turns on the same inputs.
pub(super) struct Contest<'a> {
    row: Row,
    contenders: Vec<Contender<'a>>,
}

impl<'a> Contest<'a> {
    /// Nobody takes part yet; a call does so many items, at least one.
    pub(super) fn new(
        topic: Topic,
        workload: impl Into<String>,
        unit: &str,
        items: usize,
        clock: Clock,
    ) -> Self {
        let row = Row {
            topic,
            workload: workload.into(),
            unit: unit.into(),
            items: items.max(1),
            transactions: None,
            gas: None,
            clock,
            rounds: 0,
            entries: Vec::new(),
        };
        Self {
            row,
            contenders: Vec::new(),
        }
    }

    /// How many transactions a call executes, and how much gas they use, where that says something.
    pub(super) fn executes(&mut self, transactions: usize, gas: Option<u64>) {
        self.row.transactions = Some(transactions);
        self.row.gas = gas;
    }

    /// What is computed.
    pub(super) fn workload(&self) -> &str {
        &self.row.workload
    }

    /// What it is about.
    pub(super) fn topic(&self) -> Topic {
        self.row.topic
    }

    /// True if somebody takes part as that.
    pub(super) fn has(&self, role: Role) -> bool {
        self.row.entries.iter().any(|entry| entry.role == role)
    }

    /// Adds Phalanx, under its contender's name.
    pub(super) fn phalanx(&mut self, player: Player<'_>, contender: Contender<'a>) {
        let engine = player.engine();
        let backend = engine.backend().to_string();
        self.add(Role::Phalanx, Some(backend), engine.threads(), contender);
    }

    /// Adds Phalanx as that which others of its kind are held against.
    pub(super) fn baseline(&mut self, engine: &Engine, contender: Contender<'a>) {
        let backend = engine.backend().to_string();
        self.add(Role::Baseline, Some(backend), engine.threads(), contender);
    }

    /// Adds a rival.
    pub(super) fn rival(&mut self, threads: usize, contender: Contender<'a>) {
        self.add(Role::Rival, None, threads, contender);
    }

    fn add(&mut self, role: Role, backend: Option<String>, threads: usize, who: Contender<'a>) {
        self.row.entries.push(Entry {
            name: who.name.clone(),
            role,
            backend,
            threads,
            item_ns: Estimate::of([0.0]),
            ratios: Vec::new(),
        });
        self.contenders.push(who);
    }

    /// Times all of them in turns. Ratios are taken round by round, so that what slows down a round slows down both sides.
    pub(super) fn play(self, pace: &Pace) -> Row {
        let Self {
            mut row,
            mut contenders,
        } = self;
        let mut seconds = take_turns(pace, row.clock, &mut contenders);
        // A clock that is too coarse for a call must not make anybody infinitely fast.
        for second in seconds.iter_mut().flatten() {
            *second = second.max(LEAST_SECONDS);
        }
        row.rounds = seconds.first().map_or(0, Vec::len);
        let others: Vec<(String, &Vec<f64>)> = row
            .entries
            .iter()
            .zip(&seconds)
            .filter(|(entry, _)| entry.role != Role::Phalanx)
            .map(|(entry, theirs)| (entry.name.clone(), theirs))
            .collect();
        for (entry, ours) in row.entries.iter_mut().zip(&seconds) {
            let factor = 1e9 / row.items as f64;
            entry.item_ns = Estimate::of(ours.iter().copied()).scaled(factor);
            if entry.role == Role::Phalanx {
                let ratio = |(rival, theirs): &(String, &Vec<f64>)| Ratio {
                    rival: rival.clone(),
                    times: Estimate::of(theirs.iter().zip(ours).map(|(a, b)| a / b)),
                };
                entry.ratios = others.iter().map(ratio).collect();
            }
        }
        row
    }
}

/// An engine and what it has beside it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Player<'a> {
    /// A level of the processor, or a GPU, alone.
    Alone(&'a Engine),
    /// `auto`, which has the backend of the processor and a GPU beside it.
    BesideGpu(&'a Engine),
    /// A GPU that computes on the processor.
    Software(&'a Engine),
}

impl<'a> Player<'a> {
    pub(super) fn engine(self) -> &'a Engine {
        match self {
            Self::Alone(engine) | Self::BesideGpu(engine) | Self::Software(engine) => engine,
        }
    }

    /// As reports call it.
    pub(super) fn name(self) -> String {
        match self {
            Self::BesideGpu(engine) => format!("{}{BESIDE_GPU}", engines::name(engine)),
            Self::Software(_) => SOFTWARE.into(),
            Self::Alone(engine) if engine.backend() == Backend::Gpu => "gpu".into(),
            Self::Alone(engine) => engines::name(engine),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{thread::sleep, time::Duration};

    #[test]
    fn ratios_are_with_everybody_who_is_no_phalanx() {
        let engine = Engine::builder().backend(Backend::Portable).threads(1);
        let engine = engine.build().expect("it is everywhere");
        let nap = |name, millis| {
            let call = move || sleep(Duration::from_millis(millis));
            Contender::new(name, call, |()| {})
        };
        let mut contest = Contest::new(Topic::Trie, "naps", "nap", 2, Clock::Wall);
        contest.phalanx(Player::Alone(&engine), nap("ours", 4));
        contest.rival(1, nap("slow", 40));
        contest.rival(1, nap("quick", 1));
        let pace = Pace {
            rounds: (6, 6),
            ..Pace::ONCE
        };
        let row = contest.play(&pace);
        assert_eq!(row.rounds, 6);
        assert!(row.entries[0].item_ns.median >= 2e6, "two naps in 4 ms");
        let ends: Vec<_> = row.comparisons().map(|(_, ratio)| ratio).collect();
        assert_eq!(ends.len(), 2);
        assert!(
            ends[0].times.low > 2.0 && ends[0].rival == "slow",
            "{ends:?}"
        );
        assert!(
            ends[1].times.high < 1.0 && ends[1].rival == "quick",
            "{ends:?}"
        );
        assert!(row.entries[1].ratios.is_empty());
    }
}

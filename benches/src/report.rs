//! Matches between engines and rivals, and the table of how they ended.

mod processor;
mod render;
mod sums;

use crate::measure::{Clock, Contender, Pace, Quartiles, take_turns};
use serde::Serialize;

/// How an engine compares with a rival on the same inputs in the same rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The part of the table.
    pub section: &'static str,
    /// What is computed.
    pub workload: String,
    /// By which clock.
    pub clock: Clock,
    /// Which engine of Phalanx.
    pub engine: String,
    /// Nanoseconds that an item takes the engine: the median of the rounds.
    pub engine_ns: f64,
    /// Whom it is compared with.
    pub rival: String,
    /// Nanoseconds that an item takes the rival: the median of the rounds.
    pub rival_ns: f64,
    /// The rival's time through the engine's, round by round, the median: above 1, the engine is faster.
    pub ratio: f64,
    /// The lower and the upper quartile of those ratios: how far to trust the median.
    pub ratio_quartiles: [f64; 2],
    /// The least ratio that is asked for, where one is.
    pub goal: Option<f64>,
    /// Whether the engine is the faster one.
    pub won: bool,
    /// Whether the goal is reached, where there is one.
    pub goal_reached: Option<bool>,
    /// In how many rounds it was measured.
    pub rounds: usize,
}

impl Row {
    /// The outcome in words.
    pub fn verdict(&self) -> &'static str {
        match (self.won, self.goal_reached) {
            (true, Some(true)) => "won, goal reached",
            (true, Some(false)) => "won, GOAL MISSED",
            (true, None) => "won",
            (false, Some(true)) => "LOST, within the goal",
            (false, Some(false)) => "LOST, GOAL MISSED",
            (false, None) => "LOST",
        }
    }
}

/// Engines against rivals on one workload.
pub struct Match<'a> {
    section: &'static str,
    workload: String,
    clock: Clock,
    items: usize,
    engines: Vec<(Contender<'a>, Option<f64>)>,
    rivals: Vec<Contender<'a>>,
}

impl<'a> Match<'a> {
    /// A match over `items` items a call.
    pub fn new(
        section: &'static str,
        workload: impl Into<String>,
        clock: Clock,
        items: usize,
    ) -> Self {
        assert!(items > 0, "time is divided by the number of items");
        Self {
            section,
            workload: workload.into(),
            clock,
            items,
            engines: Vec::new(),
            rivals: Vec::new(),
        }
    }

    /// Adds an engine, and the ratio that is asked of it against the fastest rival.
    pub fn engine(&mut self, contender: Contender<'a>, goal: Option<f64>) {
        self.engines.push((contender, goal));
    }

    /// Adds a rival.
    pub fn rival(&mut self, contender: Contender<'a>) {
        self.rivals.push(contender);
    }

    /// Times all of them in turns: a row for each engine and rival, the first rival's first.
    fn play(self, pace: &Pace) -> Vec<Row> {
        let (engines, goals): (Vec<_>, Vec<_>) = self.engines.into_iter().unzip();
        let mut contenders = engines;
        contenders.extend(self.rivals);
        let seconds = take_turns(pace, self.clock, &mut contenders);
        let (engines, rivals) = contenders.split_at(goals.len());
        let (engine_seconds, rival_seconds) = seconds.split_at(goals.len());
        let item_ns = |seconds: &[f64]| {
            Quartiles::of(seconds.iter().copied()).median * 1e9 / self.items as f64
        };
        let fastest = (0..rivals.len()).min_by(|a, b| {
            let time = |place: usize| item_ns(&rival_seconds[place]);
            time(*a).total_cmp(&time(*b))
        });
        let mut rows = Vec::new();
        for (place, (rival, theirs)) in rivals.iter().zip(rival_seconds).enumerate() {
            for ((engine, ours), goal) in engines.iter().zip(engine_seconds).zip(&goals) {
                let ratio = Quartiles::of(theirs.iter().zip(ours).map(|(a, b)| a / b));
                let goal = goal.filter(|_| Some(place) == fastest);
                rows.push(Row {
                    section: self.section,
                    workload: self.workload.clone(),
                    clock: self.clock,
                    engine: engine.name.clone(),
                    engine_ns: item_ns(ours),
                    rival: rival.name.clone(),
                    rival_ns: item_ns(theirs),
                    ratio: ratio.median,
                    ratio_quartiles: [ratio.low, ratio.high],
                    goal,
                    won: ratio.median >= 1.0,
                    goal_reached: goal.map(|goal| ratio.median >= goal),
                    rounds: theirs.len(),
                });
            }
        }
        rows
    }
}

/// Where an engine's time goes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breakdown {
    /// What is computed.
    pub workload: String,
    /// Which engine of Phalanx.
    pub engine: String,
    /// Nanoseconds an item by part of the work, in its order; the last one is what is in no named part.
    pub parts: Vec<(&'static str, f64)>,
}

/// A backend that is not in the table, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Absent {
    /// Its name.
    pub backend: String,
    /// What this machine lacks.
    pub reason: String,
}

/// All that was measured; serialized, the table's JSON form.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How much time was taken.
    pub pace: &'static str,
    /// The processor, where the system names it.
    pub processor: Option<String>,
    /// Threads that the machine runs at once.
    pub logical_processors: usize,
    /// Backends that are left out because the machine lacks them.
    pub absent: Vec<Absent>,
    /// The matches in order.
    pub rows: Vec<Row>,
    /// Of some workloads, what the time is made of; measured in calls of their own.
    pub breakdowns: Vec<Breakdown>,
    /// Workloads left out, and why.
    pub skipped: Vec<String>,
    #[serde(skip)]
    timing: Pace,
}

impl Report {
    /// A report of nothing yet.
    pub fn new(pace: &'static str, timing: Pace, absent: Vec<Absent>) -> Self {
        Self {
            pace,
            processor: processor::name(),
            logical_processors: std::thread::available_parallelism().map_or(1, usize::from),
            absent,
            rows: Vec::new(),
            breakdowns: Vec::new(),
            skipped: Vec::new(),
            timing,
        }
    }

    /// Plays a match and takes its rows. Says on standard error what is being measured, as it takes its time.
    pub fn play(&mut self, contest: Match<'_>) {
        eprintln!("{}: {}", contest.section, contest.workload);
        self.rows.extend(contest.play(&self.timing));
    }

    /// The same for one of many workloads of a kind, which share the time of four.
    pub fn play_part(&mut self, contest: Match<'_>, parts: usize) -> &[Row] {
        eprintln!("{}: {}", contest.section, contest.workload);
        let parts = u32::try_from(parts.max(1)).unwrap_or(u32::MAX);
        let pace = Pace {
            time: 4 * self.timing.time / parts,
            ..self.timing
        };
        let first = self.rows.len();
        self.rows.extend(contest.play(&pace));
        &self.rows[first..]
    }

    /// Adds a row that sums up others.
    pub fn sum_up(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Notes a workload that can't be had here.
    pub fn skip(&mut self, section: &str, what: &str) {
        self.skipped.push(format!("{section}: {what}"));
    }

    /// The report as people read it.
    pub fn text(&self) -> String {
        render::text(self)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn row(ratio: f64, goal: Option<f64>) -> Row {
        Row {
            section: "section",
            workload: "workload".into(),
            clock: Clock::Wall,
            engine: "engine".into(),
            engine_ns: 1000.0,
            rival: "rival".into(),
            rival_ns: 1000.0 * ratio,
            ratio,
            ratio_quartiles: [ratio, ratio],
            goal,
            won: ratio >= 1.0,
            goal_reached: goal.map(|goal| ratio >= goal),
            rounds: 1,
        }
    }

    #[test]
    fn verdicts() {
        for (ratio, goal, verdict) in [
            (2.0, None, "won"),
            (2.0, Some(2.0), "won, goal reached"),
            (2.0, Some(2.5), "won, GOAL MISSED"),
            (0.9, None, "LOST"),
            (0.9, Some(0.8), "LOST, within the goal"),
            (0.9, Some(1.2), "LOST, GOAL MISSED"),
        ] {
            assert_eq!(row(ratio, goal).verdict(), verdict);
        }
    }

    #[test]
    fn a_match_pairs_every_engine_with_every_rival() {
        let spin =
            |millis: u64| move || std::thread::sleep(std::time::Duration::from_millis(millis));
        let mut contest = Match::new("section", "sleep", Clock::Wall, 2);
        contest.engine(Contender::new("short", spin(2), |()| {}), Some(2.0));
        contest.engine(Contender::new("long", spin(20), |()| {}), None);
        contest.rival(Contender::new("slow", spin(40), |()| {}));
        contest.rival(Contender::new("middle", spin(8), |()| {}));
        let mut report = Report::new(
            "once",
            Pace {
                rounds: (3, 3),
                ..Pace::ONCE
            },
            Vec::new(),
        );
        report.play(contest);
        let pairs: Vec<_> = report
            .rows
            .iter()
            .map(|row| {
                (
                    row.engine.as_str(),
                    row.rival.as_str(),
                    row.won,
                    row.goal_reached,
                )
            })
            .collect();
        assert_eq!(
            pairs,
            [
                ("short", "slow", true, None),
                ("long", "slow", true, None),
                ("short", "middle", true, Some(true)),
                ("long", "middle", false, None),
            ]
        );
        let row = &report.rows[0];
        assert_eq!(row.rounds, 3);
        assert!(row.engine_ns >= 1e6, "2 ms for two items: {row:?}");
    }
}

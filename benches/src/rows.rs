//! The rows of the table, section by section. A goal is the least ratio asked of a backend; where none is, the row is
//! for information.

pub mod blocks;
pub mod dirty;
pub mod execute;
pub mod flood;
pub mod index;
pub mod installed;
pub mod keccak;
pub mod recover;
pub mod senders;
pub mod sorted;
pub mod stateless;
pub mod synthetic;
pub mod threads;
pub mod updates;
pub mod whale;
pub mod witness;

use crate::{engines::name, report::Report};
use phalanx::{Backend, Engine};

/// A part of the table.
pub struct Section {
    /// What it is called.
    pub name: &'static str,
    /// Measures it.
    pub run: fn(&'static str, &mut Report),
}

/// All parts, in the order of the table.
pub const SECTIONS: [Section; 17] = [
    Section {
        name: "recover",
        run: recover::run,
    },
    Section {
        name: "keccak",
        run: keccak::run,
    },
    Section {
        name: "threads",
        run: threads::run,
    },
    Section {
        name: "senders",
        run: senders::run,
    },
    Section {
        name: "installed",
        run: installed::run,
    },
    Section {
        name: "flood",
        run: flood::run,
    },
    Section {
        name: "sorted",
        run: sorted::run,
    },
    Section {
        name: "updates",
        run: updates::run,
    },
    Section {
        name: "witness",
        run: witness::run,
    },
    Section {
        name: "index",
        run: index::run,
    },
    Section {
        name: "whale",
        run: whale::run,
    },
    Section {
        name: "dirty",
        run: dirty::run,
    },
    Section {
        name: "blocks",
        run: blocks::run,
    },
    Section {
        name: "latency",
        run: blocks::run_latency,
    },
    Section {
        name: "stateless",
        run: stateless::run,
    },
    Section {
        name: "execute",
        run: execute::run,
    },
    Section {
        name: "synthetic",
        run: synthetic::run,
    },
];

/// One goal for each backend that has kernels.
struct Goals {
    avx512: Option<f64>,
    avx2: Option<f64>,
    portable: Option<f64>,
}

impl Goals {
    /// The same for all of them.
    const fn all(goal: f64) -> Self {
        Self {
            avx512: Some(goal),
            avx2: Some(goal),
            portable: Some(goal),
        }
    }

    fn of(&self, engine: &Engine) -> Option<f64> {
        match engine.backend() {
            Backend::Avx512 => self.avx512,
            Backend::Avx2 => self.avx2,
            Backend::Portable => self.portable,
            Backend::Auto | Backend::Cpu | Backend::Gpu | Backend::Reference => None,
        }
    }
}

/// A number with commas.
fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Clock, Pace};

    #[test]
    fn counts() {
        let numbers = [0, 8, 999, 1000, 16_384, 1_234_567];
        let texts = ["0", "8", "999", "1,000", "16,384", "1,234,567"];
        assert_eq!(numbers.map(count), texts);
    }

    /// The cheapest section with goals, once: every engine is there, with its name and its goal.
    #[test]
    fn rows_of_a_section() {
        let mut report = Report::new("once", Pace::ONCE, Vec::new());
        flood::run("flood", &mut report);
        let engines = crate::engines::on_threads(1);
        assert_eq!(report.rows.len(), 3 * engines.len());
        for row in &report.rows {
            assert_eq!(row.section, "flood");
            assert!(row.goal.is_some() && row.ratio > 0.0, "{row:?}");
            assert!(engines.iter().any(|engine| name(engine) == row.engine));
        }
    }

    /// Those of made-up blocks, on small ones: each leads where it should.
    #[test]
    fn rows_of_made_up_blocks() {
        let mut report = Report::new("once", Pace::ONCE, Vec::new());
        synthetic::play("synthetic", &mut report, 40);
        let goals: Vec<f64> = report.rows.iter().filter_map(|row| row.goal).collect();
        assert_eq!(goals, [1.8, 1.8, 1.8, 0.95]);
        assert_eq!(report.rows.len(), 8, "auto and parallel");
        assert!(report.rows.iter().all(|row| row.clock == Clock::Wall));
    }

    /// Those of what alloy and revm get, on a small block: all answers agree.
    #[test]
    fn rows_of_what_is_installed() {
        let mut report = Report::new("once", Pace::ONCE, Vec::new());
        installed::senders("installed", &mut report, 20);
        installed::precompiles("installed", &mut report);
        let engines = crate::engines::on_threads(2).len();
        assert_eq!(report.rows.len(), 2 * engines + 1 + 5);
    }

    /// Those of tries, on small ones: all contenders agree at every step.
    #[test]
    fn rows_of_tries() {
        let pace = Pace {
            rounds: (6, 6),
            ..Pace::ONCE
        };
        let mut report = Report::new("once", pace, Vec::new());
        sorted::play("sorted", &mut report, 3_000);
        updates::play("updates", &mut report, 3_000, 200);
        index::play("index", &mut report, 20);
        whale::play("whale", &mut report, 3_000);
        dirty::play("dirty", &mut report, 3_000, &[10, 300]);
        let engines = crate::engines::on_threads(1).len();
        let rivals = if cfg!(feature = "ethrex") { 3 } else { 2 };
        let rows = |section| {
            let rows = report.rows.iter();
            rows.filter(|row| row.section == section).count()
        };
        assert_eq!(
            ["sorted", "updates", "index", "whale", "dirty"].map(rows),
            [engines, rivals * engines, engines, engines, 2]
        );
        let goals = report.rows.iter().filter(|row| row.goal.is_some());
        assert!(goals.count() >= engines, "whale has goals for all");
        assert_eq!(report.breakdowns.len(), 2);
        for breakdown in &report.breakdowns {
            let parts: Vec<&str> = breakdown.parts.iter().map(|(name, _)| *name).collect();
            assert_eq!(parts, ["keys", "merge", "hash", "seal", "compact", "other"]);
        }
    }
}

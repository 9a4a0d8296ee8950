//! What a run measures, and in which order.

use super::{
    contender::WrongAnswer,
    contest::Contest,
    energy::Energy,
    field::Field,
    machine::{self, Machine},
    measure::Pace,
    noise::Listener,
    record::{Document, FORMAT, Row, Stages},
    sections::{self, Section, Signed},
    workloads::{
        given::Given,
        made::{Made, MadeError},
    },
};
use crate::{Config, EngineError, generate};
use std::{
    path::PathBuf,
    rc::Rc,
    time::{Duration, Instant, SystemTime},
};

/// What to measure.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How engines are built; a backend other than `auto` leaves the others out.
    pub config: Config,
    /// What everything takes, about; where matches take more than their share at least, those after them get less.
    pub time: Duration,
    /// Blocks to use in place of generated ones, as `verify` reads them.
    pub paths: Vec<PathBuf>,
    /// How much there is of each workload.
    pub sizes: Sizes,
}

/// How much there is of each workload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// Signatures and messages of a batch on one thread, the small and the large one.
    pub batches: [usize; 2],
    /// Different signatures and messages; larger batches have them again and again.
    pub different: usize,
    /// Sizes of batches on all threads.
    pub curve: Vec<usize>,
    /// Accounts of the large trie, and changes that come together.
    pub trie: (usize, usize),
    /// Nodes of a witness.
    pub nodes: usize,
    /// Blocks of the generated chain, and transactions in each.
    pub chain: (u64, u64),
    /// Rounds of a match, at least and at most.
    pub rounds: (usize, usize),
}

/// With less time than this everything is small.
const SHORT: Duration = Duration::from_secs(10);

impl Sizes {
    /// Those that fit a time.
    pub fn fitting(time: Duration) -> Self {
        match time < SHORT {
            true => Self::small(),
            false => Self::full(),
        }
    }

    /// Those of figures that mean something.
    pub fn full() -> Self {
        Self {
            batches: [256, 4096],
            different: 1 << 14,
            curve: (0..=10).map(|power| 1 << (2 * power)).collect(),
            trie: (100_000, 2_000),
            nodes: 16_000,
            chain: (8, 300),
            rounds: (6, 61),
        }
    }

    /// For a look, and for tests that all of it runs.
    pub fn small() -> Self {
        Self {
            batches: [8, 64],
            different: 256,
            curve: vec![1, 16, 256],
            trie: (2_000, 100),
            nodes: 400,
            chain: (2, 40),
            rounds: (2, 9),
        }
    }
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// Somebody's answers are not right. Nothing is said of anybody's speed then.
    #[error(transparent)]
    Wrong(#[from] WrongAnswer),
    /// An engine can't be had.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The system has no threads for rivals.
    #[error("no threads for rivals: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// There is no generated chain.
    #[error(transparent)]
    Made(#[from] MadeError),
    /// The GPU stopped, so that the processor's figures would stand under its name.
    #[error("the GPU was put aside: {0}")]
    Gpu(String),
    /// The GPU left items to the processor of which it can do each.
    #[error("{1}: the GPU left {0} items to the processor")]
    Redone(u64, String),
    /// The inputs given hold no block that can be verified with its state.
    #[error("no block with its pre-state or its witness in what was given: {0}")]
    NoBlocks(String),
    /// A block can't be used.
    #[error("{0}")]
    Block(String),
}

/// What is being measured.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The part of the report.
    pub topic: &'a str,
    /// What is computed; empty while it is prepared.
    pub workload: &'a str,
    /// How much of the time is over, from 0 to 1.
    pub done: f64,
}

/// The blocks of a run.
#[derive(Debug)]
pub(super) struct Material {
    pub(super) given: Given,
    pub(super) made: Made,
    pub(super) signed: Signed,
}

/// A run under way.
pub(super) struct Run<'t> {
    pub(super) plan: &'t Plan,
    pub(super) material: Rc<Material>,
    tell: &'t mut dyn FnMut(Step<'_>),
    listener: Listener,
    rows: Vec<Row>,
    pub(super) stages: Vec<Stages>,
    pub(super) energy: Energy,
    pub(super) notes: Vec<String>,
    /// Items that GPUs had left to the processor by the last match.
    redone: u64,
    start: Instant,
    /// Share of the time that is over.
    done: f64,
    /// What this section may take.
    section: Duration,
}

/// Measures everything, and tells what it is at.
pub fn run(plan: &Plan, tell: &mut dyn FnMut(Step<'_>)) -> Result<Document, BenchError> {
    let start = Instant::now();
    let date = machine::date(SystemTime::now());
    tell(Step {
        topic: "looking at the machine",
        workload: "",
        done: 0.0,
    });
    let mut notes = Vec::new();
    let field = Field::new(&plan.config, &mut notes)?;
    tell(Step {
        topic: "preparing blocks",
        workload: "",
        done: 0.0,
    });
    let (blocks, transactions) = plan.sizes.chain;
    let chain = generate::Plan {
        blocks,
        transactions,
        ..generate::Plan::default()
    };
    let material = Material {
        signed: Signed::new(&field, plan.sizes.different),
        given: Given::read(&plan.paths, &mut notes)?,
        made: Made::new(field.fastest(), chain)?,
    };
    let mut run = Run {
        plan,
        material: Rc::new(material),
        tell,
        listener: Listener::default(),
        rows: Vec::new(),
        stages: Vec::new(),
        energy: Energy {
            sources: Vec::new(),
            reason: None,
            rows: Vec::new(),
        },
        notes,
        redone: field.redone(),
        start,
        done: 0.0,
        section: Duration::ZERO,
    };
    for Section { title, share, play } in sections::ALL {
        run.begin(share);
        run.tell(title, "");
        play(&field, &mut run)?;
        run.done += share;
    }
    Ok(Document {
        format: FORMAT,
        phalanx: env!("CARGO_PKG_VERSION").into(),
        date,
        seconds: start.elapsed().as_secs_f64(),
        machine: Machine::detect(&plan.config),
        choice: field.choice()?,
        noise: run.listener.noise(),
        rows: run.rows,
        stages: run.stages,
        energy: run.energy,
        notes: run.notes,
    })
}

impl Run<'_> {
    /// A section gets its share of what is left, and half of its share of all at the least.
    fn begin(&mut self, share: f64) {
        let left = self.plan.time.saturating_sub(self.start.elapsed());
        let left = left.mul_f64((share / (1.0 - self.done)).min(1.0));
        self.section = left.max(self.plan.time.mul_f64(share / 2.0));
    }

    /// Time of this section, or of a part of it.
    pub(super) fn time(&self, part: f64) -> Duration {
        self.section.mul_f64(part)
    }

    /// Plays a match in a part of the section's time, and takes its row.
    pub(super) fn play(
        &mut self,
        field: &Field,
        contest: Contest<'_>,
        part: f64,
    ) -> Result<&Row, BenchError> {
        let rounds = self.plan.sizes.rounds;
        self.play_rounds(field, contest, part, rounds)
    }

    /// The same with other bounds of rounds.
    pub(super) fn play_rounds(
        &mut self,
        field: &Field,
        contest: Contest<'_>,
        part: f64,
        rounds: (usize, usize),
    ) -> Result<&Row, BenchError> {
        self.tell(contest.topic().title(), contest.workload());
        self.listener.listen(&field.pool);
        let time = self.time(part);
        let pace = Pace {
            turn: (time / 200).min(Duration::from_millis(10)),
            time,
            rounds,
        };
        self.rows.push(contest.play(&pace));
        self.listener.listen(&field.pool);
        field.check_gpu()?;
        self.check_redone(field)?;
        Ok(&self.rows[self.rows.len() - 1])
    }

    /// No item of a batch of signatures or of short messages is one that a GPU has to leave. Blocks may have such: signatures
    /// that are not valid, and messages too long for it.
    fn check_redone(&mut self, field: &Field) -> Result<(), BenchError> {
        let redone = field.redone();
        let more = redone - self.redone;
        self.redone = redone;
        let Some(row) = self.rows.last().filter(|_| more > 0) else {
            return Ok(());
        };
        let what = format!("{}, {}", row.topic.title(), row.workload);
        if row.topic.is_curve() {
            return Err(BenchError::Redone(more, what));
        }
        self.note(format!(
            "{what}: the GPU left {more} items to the processor"
        ));
        Ok(())
    }

    pub(super) fn tell(&mut self, topic: &str, workload: &str) {
        (self.tell)(Step {
            topic,
            workload,
            done: self.done,
        });
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }
}

//! Inputs read on one thread, verified by a pipeline on the engine's, reported in the order in which they were read.

mod conveyor;

use super::{
    case::{self, Options, Units},
    report::CaseReport,
    units::{Unit, UnitStages},
};
use crate::{
    Engine,
    exec::Executor,
    input::Case,
    pipeline::{self, Defect, Outcomes, Stage},
};
use conveyor::conveyor;
use std::{
    iter::Peekable,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{self, Receiver, Sender},
    time::{Duration, Instant},
};

/// Where inputs come from: calls back with each until there are no more, or the callback breaks off.
///
/// It runs on a thread of its own and must not wait for those of the engine, which may be waiting for it.
pub trait Source: FnOnce(&mut dyn FnMut(Case) -> ControlFlow<()>) + Send {}

impl<F: FnOnce(&mut dyn FnMut(Case) -> ControlFlow<()>) + Send> Source for F {}

/// Verifies everything that a source gives, and hands on one report an input, in order. Returns the time spent
/// reading, which overlaps with the rest.
pub fn drive<E: Executor + Clone + Send + Sync + 'static>(
    engine: &Engine,
    executor: &E,
    options: &Options,
    source: impl Source,
    sink: &mut dyn FnMut(CaseReport),
) -> Duration {
    let (loader, unloader) = conveyor();
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let mut reading = Duration::ZERO;
            let mut resumed = Instant::now();
            source(&mut |case| {
                reading += resumed.elapsed();
                let flow = loader.put(case);
                resumed = Instant::now();
                flow
            });
            reading + resumed.elapsed()
        });
        for report in Reports::start(engine, executor, options, Box::new(unloader)) {
            sink(report.unwrap_or_else(|input| {
                tracing::error!(%input, "verification panicked; the input counts as failed");
                defect(input)
            }));
        }
        reader.join().unwrap_or_else(|_| {
            tracing::error!("reading panicked; what was not read yet counts as failed");
            sink(defect(REST.to_owned()));
            Duration::ZERO
        })
    })
}

/// What was to come when reading broke off.
const REST: &str = "the rest of the input";

fn defect(input: String) -> CaseReport {
    let mut report = CaseReport::new(input);
    report.fault(
        "internal",
        "a verdict",
        "a panic",
        "a defect of Phalanx: please report it",
    );
    report
}

/// Reports on inputs in order, put together of what the pipeline finds out about their units; for an input in which
/// something panicked, its name.
pub(super) struct Reports<E: Executor + Clone + Send + Sync + 'static> {
    outcomes: Outcomes<UnitStages<E>>,
    tags: Receiver<Tag>,
}

/// Which input a unit belongs to.
struct Tag {
    /// The input's name, at its last unit.
    ends: Option<String>,
}

impl<E: Executor + Clone + Send + Sync + 'static> Reports<E> {
    pub(super) fn start(
        engine: &Engine,
        executor: &E,
        options: &Options,
        cases: Box<dyn Iterator<Item = Case> + Send>,
    ) -> Self {
        let (sender, tags) = mpsc::channel();
        let source = Cases {
            engine: engine.clone(),
            executor: executor.clone(),
            options: options.clone(),
            cases,
            open: None,
            tags: sender,
        };
        let stages = UnitStages {
            engine: engine.clone(),
            executor: executor.clone(),
            mode: options.mode,
        };
        let options = pipeline::Options::new(options.mode, engine);
        Self {
            outcomes: Outcomes::start(engine, options, stages, Box::new(source)),
            tags,
        }
    }
}

impl<E: Executor + Clone + Send + Sync + 'static> Iterator for Reports<E> {
    type Item = Result<CaseReport, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut report = CaseReport::default();
        let mut spoiled = false;
        loop {
            match self.outcomes.next()? {
                Ok(part) => report.append(part),
                Err(Defect { stage: Stage::Pull }) => return Some(Err(REST.to_owned())),
                Err(_) => spoiled = true,
            }
            // It was sent before its unit was.
            let tag = self.tags.recv().ok()?;
            if let Some(input) = tag.ends {
                if spoiled {
                    return Some(Err(input));
                }
                report.input = input;
                return Some(Ok(report));
            }
        }
    }
}

/// The units of one input after the other.
struct Cases<E> {
    engine: Engine,
    executor: E,
    options: Options,
    cases: Box<dyn Iterator<Item = Case> + Send>,
    open: Option<(String, Peekable<Units<E>>)>,
    tags: Sender<Tag>,
}

impl<E: Executor + Clone + Send + Sync + 'static> Iterator for Cases<E> {
    type Item = Unit<E>;

    fn next(&mut self) -> Option<Unit<E>> {
        loop {
            if let Some((input, units)) = &mut self.open
                && let Some(unit) = units.next()
            {
                let last = units.peek().is_none();
                let ends = last.then(|| std::mem::take(input));
                if last {
                    self.open = None;
                }
                // The receiver is gone only if nobody wants reports.
                _ = self.tags.send(Tag { ends });
                return Some(unit);
            }
            let Case { input, kind } = self.cases.next()?;
            let units = catch_unwind(AssertUnwindSafe(|| {
                case::units(&self.engine, &self.executor, &self.options, kind)
            }));
            let units = units.unwrap_or_else(|_| Box::new(std::iter::once(Unit::Spoiled)));
            self.open = Some((input, units.peekable()));
        }
    }
}

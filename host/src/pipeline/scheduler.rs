//! Who runs the tasks: threads of the engine's pool, as long as there is something to do. The thread that waits for an
//! outcome is no further one, so that the engine's number of threads holds, and would have to hand every batch over to
//! the pool; but if it is a thread of the pool itself, it does its share.
//!
//! No lock is held while a task runs, and a pool thread without a task goes back to the pool: it may be needed for the
//! batch that all wait for. Such a batch may make a thread of the pool, which waits inside a task, look for other work of
//! the pool; it takes no second task then, so that tasks don't pile up on one thread.

mod tasks;

use super::{
    Metrics, Mode, Options, Stage,
    metrics::Counters,
    stages::Stages,
    window::{Leftovers, Outcome, Source, Task, Window},
};
use crate::Engine;
use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tracing::{Dispatch, dispatcher};

/// How long outcomes are left to gather before the thread that takes them is woken: blocks without transactions take a
/// few tens of microseconds, of which waking it for each would be a large part.
const GATHERING: Duration = Duration::from_micros(500);

thread_local! {
    /// True while this thread is in a task of any pipeline.
    static IN_TASK: Cell<bool> = const { Cell::new(false) };
    /// Pipelines whose call for a thread has come to this one while it was in a task: they are called for again after it.
    static REFUSED: RefCell<Vec<Box<dyn FnOnce()>>> = const { RefCell::new(Vec::new()) };
}

/// What the threads of one pipeline share.
pub(super) struct Scheduler<S: Stages> {
    stages: S,
    engine: Engine,
    options: Options,
    /// Where traces of all threads go: to where those of the thread that made the pipeline go.
    traces: Dispatch,
    counters: Counters,
    state: Mutex<State<S>>,
    /// An outcome or a task may have come.
    changed: Condvar,
}

struct State<S: Stages> {
    window: Window<S>,
    /// Threads of the pool that were asked for and have not gone back.
    workers: usize,
    /// Threads that wait for [`Scheduler::changed`].
    waiting: usize,
}

impl<S: Stages> Scheduler<S> {
    pub(super) fn start(
        engine: &Engine,
        options: Options,
        stages: S,
        source: Source<S>,
    ) -> Arc<Self> {
        let scheduler = Arc::new(Self {
            stages,
            engine: engine.clone(),
            options,
            traces: dispatcher::get_default(Dispatch::clone),
            counters: Counters::default(),
            state: Mutex::new(State {
                window: Window::new(options, engine.threads(), source),
                workers: 0,
                waiting: 0,
            }),
            changed: Condvar::new(),
        });
        scheduler.call_worker(&mut scheduler.lock());
        scheduler
    }

    pub(super) fn stages(&self) -> &S {
        &self.stages
    }

    pub(super) fn metrics(&self) -> Metrics {
        self.lock().window.metrics.with_stages(&self.counters)
    }

    fn lock(&self) -> MutexGuard<'_, State<S>> {
        // Nothing that can panic runs under the lock but this file's and the window's own bookkeeping.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the pool for another thread if there is a task for it.
    fn call_worker(self: &Arc<Self>, state: &mut State<S>) {
        if state.workers < self.engine.threads() && state.window.has_task() {
            state.workers += 1;
            let scheduler = Arc::clone(self);
            self.engine.spawn(move || scheduler.work());
        }
    }

    /// A thread of the pool: one task after the other while there are any.
    fn work(self: Arc<Self>) {
        if IN_TASK.get() {
            // A call that came to nothing might be the last one: nobody else need ever call.
            let again = move || self.engine.clone().spawn(move || self.work());
            return REFUSED.with_borrow_mut(|refused| refused.push(Box::new(again)));
        }
        dispatcher::with_default(&self.traces, || {
            while let Some(task) = self.next_task() {
                self.run(task);
            }
        });
    }

    fn next_task(self: &Arc<Self>) -> Option<Task<S>> {
        let mut state = self.lock();
        let task = state.window.task();
        match task {
            Some(_) => self.call_worker(&mut state),
            None => state.workers -= 1,
        }
        task
    }

    /// The next outcome in order; `None` if there is none left.
    pub(super) fn outcome(self: &Arc<Self>) -> Option<(u64, Outcome<S>)> {
        // One that waits may be all that the pool has.
        let helps = self.engine.is_own_thread();
        let mut gathers = !helps && self.options.mode == Mode::Throughput;
        let mut state = self.lock();
        loop {
            if let Some(outcome) = state.window.take_front() {
                self.call_worker(&mut state);
                return Some(outcome);
            }
            if state.window.is_over() {
                return None;
            }
            let now = Instant::now();
            let until = state.window.lingers_until(now);
            if until.is_some_and(|until| until <= now) {
                state.window.linger_no_longer();
                continue;
            }
            let task = helps.then(|| state.window.task()).flatten();
            self.call_worker(&mut state);
            if let Some(task) = task {
                drop(state);
                self.run(task);
                state = self.lock();
                continue;
            }
            if std::mem::take(&mut gathers) {
                drop(state);
                std::thread::sleep(GATHERING);
                state = self.lock();
                continue;
            }
            state = self.wait(state, until);
        }
    }

    /// Waits until another thread has done something; at most until then. Another thread is in a task, or in the source,
    /// or asked for.
    fn wait<'s>(
        &'s self,
        mut state: MutexGuard<'s, State<S>>,
        until: Option<Instant>,
    ) -> MutexGuard<'s, State<S>> {
        state.waiting += 1;
        let mut state = match until {
            None => {
                let waited = self.changed.wait(state);
                waited.unwrap_or_else(PoisonError::into_inner)
            }
            Some(until) => {
                let most = until.saturating_duration_since(Instant::now());
                let waited = self.changed.wait_timeout(state, most);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
        };
        state.waiting -= 1;
        state
    }

    /// Begins no further task; waits for those that run if asked to, but never for the source. Gives the outcomes that
    /// nobody has taken.
    pub(super) fn stop(&self, wait: bool) -> Vec<(u64, Outcome<S>)> {
        let mut state = self.lock();
        if !state.window.is_stopped() {
            state.window.metrics.with_stages(&self.counters).log();
        }
        let source = state.window.stop();
        while wait && state.window.running() > 0 {
            state = self.wait(state, None);
        }
        let left = state.window.drain();
        drop(state);
        drop(source);
        let Leftovers { outcomes, .. } = left;
        outcomes
    }

    fn publish<R>(&self, change: impl FnOnce(&mut Window<S>) -> R) -> R {
        let mut state = self.lock();
        let result = change(&mut state.window);
        if state.waiting > 0 {
            self.changed.notify_all();
        }
        result
    }

    fn run(&self, task: Task<S>) {
        let outer = IN_TASK.replace(true);
        match task {
            Task::Pull(source) => self.pull(source),
            Task::Decode(index, work) => self.decode(index, work),
            Task::Hash(index, work) => self.hash(index, work),
            Task::Recover(batch) => self.recover(batch),
            Task::Execute(index, work, hashes, recovery) => {
                let span = self.span(Stage::Execute, &work);
                let done = self.guarded(Stage::Execute, span, move || {
                    self.stages.execute(&work, hashes, recovery)
                });
                self.publish(|window| window.executed(index, done));
            }
        }
        IN_TASK.set(outer);
        if !outer {
            let refused = REFUSED.with_borrow_mut(std::mem::take);
            refused.into_iter().for_each(|call| call());
        }
    }
}

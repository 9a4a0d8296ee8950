//! A device and the thread that drives it.
//!
//! Every call into a driver is made on that thread, so that no caller hangs in one: a caller waits for an answer, and
//! no longer than the time limit once the device stops making progress. A device that fails once is put aside for good.

use super::{Capacity, GpuError, Plan};
use crate::backend::Account;
use std::{
    collections::VecDeque,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

/// Batches on the device's queue at once: one is computed while the next is written and the one before is read.
const IN_FLIGHT: usize = 3;

/// How long the thread looks at nothing but the oldest batch, where there is room for another on the queue.
const LOOK: Duration = Duration::from_micros(200);

/// A device that takes batches. Tests put others in its place.
pub trait Driver {
    /// Puts a batch on the device's queue, without waiting for its result.
    fn submit(&mut self, plan: &Plan) -> Result<(), GpuError>;

    /// Waits for the oldest batch on the queue; the words of its output, or `None` if it is not through by then.
    fn finish(&mut self, wait: Duration) -> Result<Option<Vec<u32>>, GpuError>;
}

/// A sign of life from the device's thread: whatever takes long is cut into steps.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<AtomicU64>);

impl Progress {
    /// Notes that a step is done.
    pub fn step(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn steps(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// An opened device. It stays open until it is dropped or put aside.
#[derive(Debug)]
pub struct Worker {
    trust: Arc<Trust>,
    capacity: Capacity,
    limit: Duration,
    tasks: mpsc::Sender<Task>,
    progress: Progress,
    nonce: AtomicU64,
    computed: AtomicU64,
    redone: AtomicU64,
}

/// Whether a device is still used.
#[derive(Debug)]
struct Trust {
    name: String,
    aside: OnceLock<String>,
}

impl Trust {
    /// Keeps the first reason, and logs it.
    fn withdraw(&self, error: &GpuError) {
        let mut first = false;
        self.aside.get_or_init(|| {
            first = true;
            error.to_string()
        });
        if first {
            tracing::error!(device = %self.name, %error, "GPU put aside: batches are done on the CPU from now on");
        }
    }
}

type Reply = Result<Vec<u32>, GpuError>;

struct Task {
    plan: Plan,
    reply: mpsc::Sender<Reply>,
}

/// A batch that is under way.
#[derive(Debug)]
pub struct Ticket(mpsc::Receiver<Reply>);

impl Worker {
    /// Starts the thread, which opens the device and waits for batches. `limit` bounds each step of it: the opening as
    /// a whole, each shader's compilation, each batch.
    pub fn start<D: Driver>(
        name: String,
        limit: Duration,
        open: impl FnOnce(&Progress) -> Result<(D, Capacity), GpuError> + Send + 'static,
    ) -> Result<Self, GpuError> {
        let (tasks, queue) = mpsc::channel();
        let (opened, opening) = mpsc::channel();
        let progress = Progress::default();
        let steps = progress.clone();
        let trust = Arc::new(Trust {
            name,
            aside: OnceLock::new(),
        });
        let own_trust = Arc::clone(&trust);
        thread::Builder::new()
            .name("gpu".into())
            .spawn(move || match open(&steps) {
                Ok((driver, capacity)) => {
                    // Nobody listens if the opening took too long; then there is nothing to serve either.
                    if opened.send(Ok(capacity)).is_ok() {
                        serve(driver, &queue, &steps, &own_trust, limit);
                    }
                }
                Err(error) => {
                    let _ = opened.send(Err(error));
                }
            })
            .map_err(|error| GpuError::Fault(error.to_string()))?;
        let capacity = within(&opening, limit, &progress)??;
        Ok(Self {
            trust,
            capacity,
            limit,
            tasks,
            progress,
            nonce: AtomicU64::new(0),
            computed: AtomicU64::new(0),
            redone: AtomicU64::new(0),
        })
    }

    /// How large a batch may be.
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// A number that no other batch of this device gets.
    pub fn nonce(&self) -> u64 {
        self.nonce.fetch_add(1, Ordering::Relaxed)
    }

    /// Hands a batch to the device's thread.
    pub fn submit(&self, plan: Plan) -> Result<Ticket, GpuError> {
        let aside = || self.trust.aside.get().cloned().map(GpuError::Aside);
        if let Some(error) = aside() {
            return Err(error);
        }
        let (reply, answer) = mpsc::channel();
        match self.tasks.send(Task { plan, reply }) {
            Ok(()) => Ok(Ticket(answer)),
            // Before it ends, the thread says why, unless it panicked.
            Err(_) => Err(aside().unwrap_or_else(|| GpuError::Fault(ENDED.into()))),
        }
    }

    /// Waits for a batch as long as the device makes progress.
    pub fn wait(&self, ticket: &Ticket) -> Reply {
        within(&ticket.0, self.limit, &self.progress)?
    }

    /// Gives the device no more work. The first reason is kept and logged.
    pub fn put_aside(&self, error: &GpuError) {
        self.trust.withdraw(error);
    }

    /// Notes where the rows of a batch were computed.
    pub fn note(&self, computed: usize, redone: usize) {
        self.computed.fetch_add(computed as u64, Ordering::Relaxed);
        self.redone.fetch_add(redone as u64, Ordering::Relaxed);
    }

    /// What became of all rows so far.
    pub fn account(&self) -> Account {
        Account {
            name: self.trust.name.clone(),
            computed: self.computed.load(Ordering::Relaxed),
            redone: self.redone.load(Ordering::Relaxed),
            put_aside: self.trust.aside.get().cloned(),
        }
    }

    /// True if it is no longer used.
    pub fn is_aside(&self) -> bool {
        self.trust.aside.get().is_some()
    }
}

const ENDED: &str = "the device's thread has ended";

/// Waits for an answer until nothing has moved for `limit`.
fn within<T>(
    answer: &mpsc::Receiver<T>,
    limit: Duration,
    progress: &Progress,
) -> Result<T, GpuError> {
    let mut steps = progress.steps();
    loop {
        match answer.recv_timeout(limit) {
            Ok(answer) => return Ok(answer),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(GpuError::Fault(ENDED.into())),
            Err(mpsc::RecvTimeoutError::Timeout) if progress.steps() == steps => {
                return Err(GpuError::Timeout(limit));
            }
            Err(mpsc::RecvTimeoutError::Timeout) => steps = progress.steps(),
        }
    }
}

/// Serves batches in order until nobody can send any, or one fails: what a driver does after an error is not relied on,
/// and those who wait for later batches learn that the thread has ended.
fn serve(
    mut driver: impl Driver,
    tasks: &mpsc::Receiver<Task>,
    progress: &Progress,
    trust: &Trust,
    limit: Duration,
) {
    let mut flying: VecDeque<mpsc::Sender<Reply>> = VecDeque::new();
    let mut oldest_since = Instant::now();
    loop {
        while flying.len() < IN_FLIGHT {
            let task = if flying.is_empty() {
                tasks.recv().ok()
            } else {
                tasks.try_recv().ok()
            };
            let Some(task) = task else { break };
            if let Err(error) = driver.submit(&task.plan) {
                trust.withdraw(&error);
                // Fails only if the caller no longer waits; so below.
                let _ = task.reply.send(Err(error));
                return;
            }
            if flying.is_empty() {
                oldest_since = Instant::now();
            }
            flying.push_back(task.reply);
        }
        if flying.is_empty() {
            return;
        }
        let left = limit.saturating_sub(oldest_since.elapsed());
        let wait = if flying.len() < IN_FLIGHT {
            LOOK.min(left)
        } else {
            left
        };
        let result = match driver.finish(wait) {
            Ok(Some(words)) => Ok(words),
            Ok(None) if oldest_since.elapsed() < limit => continue,
            Ok(None) => Err(GpuError::Timeout(limit)),
            Err(error) => Err(error),
        };
        progress.step();
        oldest_since = Instant::now();
        if let Err(error) = &result {
            trust.withdraw(error);
        }
        let failed = result.is_err();
        if let Some(reply) = flying.pop_front() {
            let _ = reply.send(result);
        }
        if failed {
            return;
        }
    }
}

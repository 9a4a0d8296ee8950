//! The CPU with a GPU beside it, each batch where it ends soonest.
//!
//! The GPU joins late: once the CPU has spent a second on batches that could be shared, one is looked for in the
//! background, opened and measured. Until it is there, and for all small batches, there is only the CPU.

use super::{
    Account, BatchBackend, Levels, Rates,
    calibration::{Around, calibrate},
    cut,
    gpu::{
        Gpu,
        work::{Hashing, Recovery, Work},
    },
};
use crate::{
    Backend, Config,
    gpu::{GpuError, Request},
};
use phalanx_kernels::{RecoverError, RecoverInput};
use std::{
    io,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Signatures, and Keccak blocks, of a batch that a GPU could share: a few milliseconds on any CPU, below which none
/// gains anything.
const COULD_BE_SHARED: (usize, usize) = (1 << 12, 1 << 16);

/// Time spent on such batches after which a GPU is looked for: about what opening one takes, so that a short command
/// never opens any and a long one loses little.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// How long an engine waits at its end for a search that is still under way.
const LONGEST_GOODBYE: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Auto {
    cpu: Arc<dyn BatchBackend>,
    threads: usize,
    request: Request,
    cache: Option<PathBuf>,
    late: Arc<Late>,
    search: Mutex<Option<JoinHandle<()>>>,
}

/// What the search for a GPU knows and leaves behind.
#[derive(Debug, Default)]
struct Late {
    /// Nanoseconds that the CPU spent on batches that could be shared.
    spent: AtomicU64,
    /// Batches that the CPU is busy with.
    busy: AtomicUsize,
    /// True once the engine is gone: nobody waits for a device.
    ended: AtomicBool,
    /// `None` inside if there is no GPU to use.
    device: OnceLock<Option<Device>>,
}

#[derive(Debug)]
struct Device {
    gpu: Gpu,
    rates: Rates,
}

/// What a dispatch more in a batch costs, in seconds, with what idles at its end.
const DISPATCH: f64 = 50e-6;

impl Device {
    /// True if so many blocks in so many levels are done sooner on the GPU alone than on the CPU alone.
    fn is_worth_levels(&self, blocks: usize, levels: usize) -> bool {
        let pair = &self.rates.keccak;
        let gpu = pair.gpu.of(blocks) + DISPATCH * levels as f64;
        gpu < pair.cpu.of(blocks)
    }
}

impl Auto {
    pub(super) fn new(cpu: Arc<dyn BatchBackend>, threads: usize, config: &Config) -> Self {
        Self {
            cpu,
            threads,
            request: Request::new(config, false),
            cache: config.cache.clone(),
            late: Arc::default(),
            search: Mutex::default(),
        }
    }

    /// The device, where there is one that may be used.
    fn device(&self) -> Option<&Device> {
        let found = self.late.device.get()?.as_ref();
        found.filter(|device| !device.gpu.is_aside())
    }

    /// Work on the CPU; that of batches that could be shared counts towards looking for a GPU.
    fn on_cpu(&self, could_be_shared: bool, work: impl FnOnce(&dyn BatchBackend)) {
        let start = Instant::now();
        self.late.busy.fetch_add(1, Ordering::Relaxed);
        work(&*self.cpu);
        self.late.busy.fetch_sub(1, Ordering::Relaxed);
        if could_be_shared && self.late.pays(start.elapsed()) {
            self.search();
        }
    }

    /// Looks for a GPU in the background.
    fn search(&self) {
        let late = Arc::clone(&self.late);
        let (cpu, threads) = (Arc::clone(&self.cpu), self.threads);
        let (request, cache) = (self.request.clone(), self.cache.clone());
        let search = move || {
            let around = Around {
                quiet: &|| late.busy.load(Ordering::Relaxed) == 0,
                ended: &|| late.ended.load(Ordering::Relaxed),
            };
            let found = calibrate(cpu, threads, &request, cache.as_deref(), around);
            if let Err(error) = &found {
                // Who asked for a GPU is told that there is none.
                let asked = request.name.is_some() || request.arithmetic.is_some();
                if asked && *error != GpuError::Ended {
                    tracing::warn!(%error, "no GPU for auto");
                } else {
                    tracing::debug!(%error, "no GPU for auto");
                }
            }
            // Only one search is ever started, so nobody has set it.
            let _ = late.device.set(found.ok().map(|(gpu, calibration)| Device {
                gpu,
                rates: calibration.rates,
            }));
        };
        match thread::Builder::new()
            .name("gpu-search".into())
            .spawn(search)
        {
            Ok(handle) => {
                *self.search.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle)
            }
            Err(error) => tracing::warn!(%error, "no thread to look for a GPU"),
        }
    }

    /// Has the device do `items` while `on_cpu` does the others, and then the CPU what the device left.
    ///
    /// The device is asked by a thread of its own, which mostly waits. It must not wait for the engine's threads: they may
    /// all be here, waiting for it. So what is left is done by the caller, who may be one of them.
    fn share<W: Work>(
        &self,
        device: &Device,
        items: &[W::Item],
        answers: &mut [W::Answer],
        on_cpu: impl FnOnce(),
    ) {
        let ask = || device.gpu.ask::<W>(items, &mut *answers);
        let left = both(ask, on_cpu).unwrap_or_else(|error| {
            tracing::warn!(%error, "no thread to ask the GPU");
            (0..items.len()).collect()
        });
        device.gpu.redo::<W>(&left, items, answers);
    }
}

/// Runs both at once, the first on a thread of its own; an error, and only the second was run, if there is none to be had.
fn both<R: Send>(beside: impl FnOnce() -> R + Send, here: impl FnOnce()) -> io::Result<R> {
    thread::scope(|scope| {
        let beside = thread::Builder::new()
            .name("gpu-caller".into())
            .spawn_scoped(scope, beside);
        here();
        beside.map(|beside| match beside.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

impl BatchBackend for Auto {
    fn backend(&self) -> Backend {
        self.cpu.backend()
    }

    fn here(&self) -> &dyn BatchBackend {
        self.cpu.here()
    }

    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        assert_eq!(inputs.len(), results.len(), "one result for each signature");
        let could_be_shared = inputs.len() >= COULD_BE_SHARED.0;
        let device = self.device();
        let share = device.map_or(0, |device| device.rates.recover.split(inputs.len()));
        let ((inputs, rest), (results, rest_results)) =
            (inputs.split_at(share), results.split_at_mut(share));
        match device {
            Some(device) if share > 0 => self.share::<Recovery>(device, inputs, results, || {
                self.on_cpu(could_be_shared, |cpu| cpu.recover(rest, rest_results));
            }),
            _ => self.on_cpu(could_be_shared, |cpu| cpu.recover(rest, rest_results)),
        }
    }

    fn keccak256(&self, messages: &[&[u8]], hashes: &mut [[u8; 32]]) {
        assert_eq!(messages.len(), hashes.len(), "one hash for each message");
        let blocks: usize = messages.iter().map(|message| cut::blocks(message)).sum();
        let could_be_shared = blocks >= COULD_BE_SHARED.1;
        let device = self.device();
        let share = device.map_or(0, |device| device.rates.keccak.split(blocks));
        let at = prefix(messages.iter().map(|message| cut::blocks(message)), share);
        let ((messages, rest), (hashes, rest_hashes)) =
            (messages.split_at(at), hashes.split_at_mut(at));
        match device {
            Some(device) if at > 0 => self.share::<Hashing<'_>>(device, messages, hashes, || {
                self.on_cpu(could_be_shared, |cpu| cpu.keccak256(rest, rest_hashes));
            }),
            _ => self.on_cpu(could_be_shared, |cpu| cpu.keccak256(rest, rest_hashes)),
        }
    }

    fn levels_bytes(&self) -> Option<usize> {
        let device = self.device()?;
        let bytes = device.gpu.levels_bytes()?;
        device
            .is_worth_levels(bytes / cut::KECCAK_RATE_BYTES, 8)
            .then_some(bytes)
    }

    /// All on the GPU or all on the CPU: levels that are shared would have to wait for each other.
    fn keccak256_levels(&self, levels: &Levels<'_>, hashes: &mut [[u8; 32]]) -> bool {
        let blocks = levels.messages.iter().map(|message| cut::blocks(message));
        let blocks = blocks.sum();
        self.device()
            .filter(|device| device.is_worth_levels(blocks, levels.levels.len()))
            .is_some_and(|device| device.gpu.keccak256_levels(levels, hashes))
    }

    fn account(&self) -> Option<Account> {
        let device = self.late.device.get()?.as_ref()?;
        device.gpu.account()
    }
}

/// How many of the first items cost no more than `most` together.
fn prefix(costs: impl Iterator<Item = usize>, most: usize) -> usize {
    let mut total = 0;
    costs
        .take_while(|cost| {
            total += cost;
            total <= most
        })
        .count()
}

impl Late {
    /// Notes time that the CPU spent on batches that a GPU could have shared; true once, when it is so much that
    /// opening one may pay.
    fn pays(&self, spent: Duration) -> bool {
        let spent = u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX);
        let before = self.spent.fetch_add(spent, Ordering::Relaxed);
        let enough = LOOK_AFTER.as_nanos() as u64;
        before < enough && before.saturating_add(spent) >= enough
    }
}

impl Drop for Auto {
    /// A process that ends while a thread of it is inside a driver may crash in the driver's own clearing up.
    fn drop(&mut self) {
        self.late.ended.store(true, Ordering::Relaxed);
        let search = self
            .search
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(search) = search else { return };
        let start = Instant::now();
        while !search.is_finished() && start.elapsed() < LONGEST_GOODBYE {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

#[cfg(test)]
mod tests;

//! The CPU with a GPU beside it, each batch where it ends soonest.
//!
//! The GPU joins late: once the CPU has spent a second on batches that could be shared, one is looked for in the
//! background, opened and measured. Until it is there, and for all small batches, there is only the CPU.

use super::{Account, BatchBackend, Rates, calibration::calibrate, cut, gpu::Gpu};
use crate::{Backend, Config, gpu::Request};
use phalanx_kernels::{RecoverError, RecoverInput};
use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
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
    /// `None` inside if there is no GPU to use.
    device: OnceLock<Option<Device>>,
}

#[derive(Debug)]
struct Device {
    gpu: Gpu,
    rates: Rates,
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
            let quiet = || late.busy.load(Ordering::Relaxed) == 0;
            let found = calibrate(cpu, threads, &request, cache.as_deref(), quiet);
            let found = found.inspect_err(|error| tracing::debug!(%error, "no GPU for auto"));
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

    /// Runs both parts at once: the GPU's on a thread of its own, which mostly waits.
    fn both(&self, on_gpu: impl FnOnce() + Send, on_cpu: impl FnOnce()) {
        thread::scope(|scope| {
            let gpu = scope.spawn(on_gpu);
            on_cpu();
            if let Err(panic) = gpu.join() {
                std::panic::resume_unwind(panic);
            }
        });
    }
}

impl BatchBackend for Auto {
    fn backend(&self) -> Backend {
        self.cpu.backend()
    }

    fn recover(&self, inputs: &[RecoverInput], results: &mut [Result<[u8; 20], RecoverError>]) {
        assert_eq!(inputs.len(), results.len(), "one result for each signature");
        let could_be_shared = inputs.len() >= COULD_BE_SHARED.0;
        let device = self.device();
        let share = device.map_or(0, |device| device.rates.recover.split(inputs.len()));
        let ((inputs, rest), (results, rest_results)) =
            (inputs.split_at(share), results.split_at_mut(share));
        match device {
            Some(device) if share > 0 => self.both(
                || device.gpu.recover(inputs, results),
                || self.on_cpu(could_be_shared, |cpu| cpu.recover(rest, rest_results)),
            ),
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
            Some(device) if at > 0 => self.both(
                || device.gpu.keccak256(messages, hashes),
                || self.on_cpu(could_be_shared, |cpu| cpu.keccak256(rest, rest_hashes)),
            ),
            _ => self.on_cpu(could_be_shared, |cpu| cpu.keccak256(rest, rest_hashes)),
        }
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
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        let costs = [3, 1, 4, 1, 5];
        let prefix = |most| prefix(costs.into_iter(), most);
        assert_eq!(
            [0, 2, 3, 4, 8, 13, 14, 99].map(prefix),
            [0, 0, 1, 2, 3, 4, 5, 5]
        );
    }

    #[test]
    fn a_gpu_is_looked_for_once_and_not_at_once() {
        let late = Late::default();
        let part = LOOK_AFTER / 4;
        let answers = [(); 8].map(|()| late.pays(part));
        assert_eq!(answers.iter().position(|&pays| pays), Some(3));
        assert_eq!(answers.iter().filter(|&&pays| pays).count(), 1);
    }
}

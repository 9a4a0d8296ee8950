//! The CPU with a GPU beside it, each batch where it ends soonest.
//!
//! The GPU joins late: once the CPU has spent a second on batches that could be shared, one is looked for in the
//! background, opened and measured. Until it is there, and for all small batches, there is only the CPU.

use super::{Account, BatchBackend, Levels, Rates, calibration::calibrate, cut, gpu::Gpu};
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

/// Bytes of a Keccak block.
const RATE_BYTES: usize = 136;

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

    fn levels_bytes(&self) -> Option<usize> {
        let device = self.device()?;
        let bytes = device.gpu.levels_bytes()?;
        device
            .is_worth_levels(bytes / RATE_BYTES, 8)
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
    use crate::backend::{
        gpu::tests::{Fault, gpu},
        rates::{Cost, Pair},
    };

    /// With a device that is there already, and costs nothing like its own.
    fn auto(device: Gpu, rates: Rates) -> Auto {
        let auto = Auto::new(crate::backend::gpu::tests::cpu(), 1, &Config::default());
        let device = Device { gpu: device, rates };
        auto.late
            .device
            .set(Some(device))
            .expect("nobody has set it");
        auto
    }

    /// Half of each large batch goes to either place.
    fn halves() -> Rates {
        let cpu = Cost {
            fixed: 0.0,
            each: 1.0,
        };
        let pair = Pair {
            cpu,
            gpu: Cost { fixed: 50.0, ..cpu },
        };
        Rates {
            recover: pair,
            keccak: pair,
        }
    }

    #[test]
    fn large_batches_are_shared_and_small_ones_are_not() {
        let messages: Vec<Vec<u8>> = (0..400).map(|i| vec![i as u8; i % 300]).collect();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let inputs: Vec<_> = (0..250).map(crate::gpu::recover::known_input).collect();
        for fault in [Fault::None, Fault::Lost] {
            let auto = auto(gpu(fault).0, halves());
            let small = [messages[1]; 50];
            auto.keccak256(&small, &mut [[0; 32]; 50]);
            assert_eq!(auto.account().map(|account| account.computed), Some(0));
            // A device that fails leaves nothing undone, in its first batch and in those after.
            for _ in 0..2 {
                let mut hashes = vec![[0; 32]; messages.len()];
                auto.keccak256(&messages, &mut hashes);
                let mut expected = hashes.clone();
                auto.cpu.keccak256(&messages, &mut expected);
                assert_eq!(hashes, expected);
                let mut results = vec![Ok([0; 20]); inputs.len()];
                auto.recover(&inputs, &mut results);
                let mut expected = results.clone();
                auto.cpu.recover(&inputs, &mut expected);
                assert_eq!(results, expected);
            }
            let account = auto.account().expect("it has a device");
            let given = account.computed + account.redone;
            if fault == Fault::None {
                // 100 signatures, and messages of about as many blocks as the CPU gets; twice.
                assert_eq!(account.redone, 0);
                assert!((400..800).contains(&given), "{account:?}");
            } else {
                assert!(account.put_aside.is_some() && account.redone > 0);
            }
        }
    }

    #[test]
    fn levels_go_where_they_end_sooner() {
        let fast = Pair {
            cpu: Cost {
                fixed: 0.0,
                each: 1e-6,
            },
            gpu: Cost {
                fixed: 1e-3,
                each: 1e-8,
            },
        };
        let slow = Pair {
            gpu: fast.cpu,
            cpu: fast.gpu,
        };
        let with = |keccak| {
            auto(
                gpu(Fault::None).0,
                Rates {
                    recover: slow,
                    keccak,
                },
            )
        };
        let (fast, slow) = (with(fast), with(slow));
        assert!(fast.levels_bytes().is_some() && slow.levels_bytes().is_none());
        let device = fast.device().expect("it is there");
        // 1,000 blocks take the CPU as long as the GPU needs to begin.
        assert!(!device.is_worth_levels(1_000, 1) && device.is_worth_levels(1_200, 1));
        assert!(!device.is_worth_levels(1_200, 9));
        let message = [b"one block".as_slice()];
        let levels = Levels {
            messages: &message,
            holes: &[None],
            levels: &[vec![0]],
        };
        assert!(!fast.keccak256_levels(&levels, &mut [[0; 32]]));
    }

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

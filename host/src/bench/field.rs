//! The engines that take part: what the machine has, alone and together.

use super::{contest::Player, engines, plan::BenchError, record::Choice};
use crate::{Backend, Config, Engine, backend};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::thread;

/// Everybody on Phalanx's side, and the threads of the others.
#[derive(Debug)]
pub(super) struct Field {
    config: Config,
    /// Threads of the machine, or as many as were asked for.
    pub(super) threads: usize,
    /// Levels of the processor on one thread, fastest first.
    pub(super) one: Vec<Engine>,
    /// The same on all threads.
    pub(super) all: Vec<Engine>,
    /// The GPU alone.
    pub(super) gpu: Option<Engine>,
    /// True if that computes on the processor.
    pub(super) gpu_is_software: bool,
    /// The GPU beside the fastest level, where there is one that helps.
    pub(super) together: Option<Engine>,
    /// Rivals' threads.
    pub(super) pool: ThreadPool,
}

impl Field {
    /// All that can be had with these settings; what can't is noted.
    pub(super) fn new(config: &Config, notes: &mut Vec<String>) -> Result<Self, BenchError> {
        let available = || thread::available_parallelism().map_or(1, usize::from);
        let threads = config.threads.unwrap_or_else(available);
        let asked = |engine: &Engine| match config.backend {
            Backend::Auto | Backend::Cpu | Backend::Gpu => true,
            backend => engine.backend() == backend,
        };
        let levels = |threads| -> Result<Vec<Engine>, BenchError> {
            let mut levels = engines::on_processor(config, threads)?;
            levels.retain(asked);
            if config.backend == Backend::Reference || levels.is_empty() {
                let config = Config {
                    threads: Some(threads),
                    ..config.clone()
                };
                levels = vec![Engine::builder().config(config).build()?];
            }
            Ok(levels)
        };
        let wants_gpu = matches!(config.backend, Backend::Auto | Backend::Gpu);
        let (gpu, gpu_is_software) = match wants_gpu {
            true => gpu(config, notes),
            false => (None, false),
        };
        if gpu.is_none() && config.backend == Backend::Gpu {
            // Says why.
            Engine::builder().config(config.clone()).build()?;
        }
        let mut field = Self {
            config: config.clone(),
            threads,
            one: levels(1)?,
            all: levels(threads)?,
            together: None,
            gpu,
            gpu_is_software,
            pool: ThreadPoolBuilder::new().num_threads(threads).build()?,
        };
        if field.gpu.is_some() && !gpu_is_software {
            field.together = together(config, notes)?;
        }
        Ok(field)
    }

    /// Engines on all threads for work that takes long: without a GPU that is none.
    pub(super) fn contenders(&self) -> impl Iterator<Item = Player<'_>> {
        let gpu = self.gpu.iter().filter(|_| !self.gpu_is_software);
        let alone = self.all.iter().chain(gpu).map(Player::Alone);
        alone.chain(self.together.iter().map(Player::BesideGpu))
    }

    /// The GPU, where it computes on the processor.
    pub(super) fn software(&self) -> Option<Player<'_>> {
        let gpu = self.gpu.as_ref().filter(|_| self.gpu_is_software);
        gpu.map(Player::Software)
    }

    /// The fastest level on all threads.
    pub(super) fn fastest(&self) -> &Engine {
        // A field has one level at least: portable, or that which was asked for.
        &self.all[0]
    }

    /// An error once a GPU has stopped.
    pub(super) fn check_gpu(&self) -> Result<(), BenchError> {
        for engine in self.gpu.iter().chain(&self.together) {
            let account = engine.gpu_account();
            if let Some(reason) = account.and_then(|account| account.put_aside) {
                return Err(BenchError::Gpu(reason));
            }
        }
        Ok(())
    }

    /// Items that GPUs have left to the processor so far, whose time stands under the GPU's name.
    pub(super) fn redone(&self) -> u64 {
        let engines = self.gpu.iter().chain(&self.together);
        let accounts = engines.filter_map(Engine::gpu_account);
        accounts.map(|account| account.redone).sum()
    }

    /// The fastest level with other threads than all.
    pub(super) fn with_threads(&self, threads: usize) -> Result<Engine, BenchError> {
        let config = Config {
            backend: self.fastest().backend(),
            threads: Some(threads),
            ..self.config.clone()
        };
        Ok(Engine::builder().config(config).build()?)
    }

    /// What an engine with the settings given does its batches with.
    pub(super) fn choice(&self) -> Result<Choice, BenchError> {
        let engine = Engine::builder().config(self.config.clone()).build()?;
        let reason = match self.config.backend {
            Backend::Auto | Backend::Cpu => backend::auto_choice().reason,
            _ => "asked for".into(),
        };
        Ok(Choice {
            backend: engine.backend().to_string(),
            reason,
            threads: engine.threads(),
            sharing: self.sharing(),
        })
    }

    #[cfg(feature = "gpu")]
    fn sharing(&self) -> String {
        if self.together.is_none() {
            return "nothing is given to a GPU".into();
        }
        let from = |items: Option<usize>| match items {
            Some(items) => format!("batches from {items} on"),
            None => "nothing".into(),
        };
        match backend::calibration(&self.config) {
            Ok(calibration) => format!(
                "{} gets {} of signatures and {} of Keccak blocks",
                calibration.device,
                from(calibration.rates.recover.crossover()),
                from(calibration.rates.keccak.crossover()),
            ),
            Err(error) => format!("nothing is given to a GPU: {error}"),
        }
    }

    #[cfg(not(feature = "gpu"))]
    fn sharing(&self) -> String {
        "this build is without the feature `gpu`".into()
    }
}

/// The GPU alone, and whether it computes on the processor.
#[cfg(feature = "gpu")]
fn gpu(config: &Config, notes: &mut Vec<String>) -> (Option<Engine>, bool) {
    use crate::gpu::{Request, open};
    let alone = Config {
        backend: Backend::Gpu,
        ..config.clone()
    };
    match Engine::builder().config(alone).build() {
        Ok(engine) => {
            let real = open(&Request::new(config, false), config.cache.as_deref());
            if real.is_err() {
                notes.push(
                    "gpu: a software adapter, which computes on the processor: measured in small batches alone"
                        .into(),
                );
            }
            (Some(engine), real.is_err())
        }
        Err(error) => {
            notes.push(format!("gpu: absent: {error}"));
            (None, false)
        }
    }
}

#[cfg(not(feature = "gpu"))]
fn gpu(_: &Config, notes: &mut Vec<String>) -> (Option<Engine>, bool) {
    notes.push("gpu: this build is without the feature `gpu`".into());
    (None, false)
}

/// `auto`, which has found its GPU.
fn together(config: &Config, notes: &mut Vec<String>) -> Result<Option<Engine>, BenchError> {
    use super::workloads::signatures;
    use std::time::{Duration, Instant};
    /// It looks for a GPU once it has spent a second on batches like these, and measures it then.
    const LONGEST: Duration = Duration::from_secs(20);
    let auto = Config {
        backend: Backend::Auto,
        ..config.clone()
    };
    let engine = Engine::builder().config(auto).build()?;
    let (few, _) = signatures(1, 256);
    let batch: Vec<_> = few.iter().copied().cycle().take(1 << 14).collect();
    let start = Instant::now();
    while engine.gpu_account().is_none() {
        if start.elapsed() > LONGEST {
            notes.push("auto: no GPU joined it, and so it is the fastest level alone".into());
            return Ok(None);
        }
        engine.recover(&batch);
        // What it looks for, it looks for when the processor has nothing to do.
        thread::sleep(Duration::from_millis(50));
    }
    Ok(Some(engine))
}

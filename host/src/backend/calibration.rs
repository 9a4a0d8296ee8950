//! What `auto` knows of a machine: measured once, kept on disk, read ever after.

use super::{BackendError, BatchBackend, Rates, choose::fastest, gpu::Gpu, processor, rates};
use crate::{
    Config,
    gpu::{GpuError, Request, files, open},
};
use phalanx_kernels::{RecoverError, RecoverInput};
use std::{
    path::Path,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

/// Costs on the CPU and on the GPU that `auto` uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// The GPU: adapter, driver and arithmetic.
    pub device: String,
    /// What was measured.
    pub rates: Rates,
    /// How long that took; `None` if an earlier process did it.
    pub took: Option<Duration>,
}

/// What `auto` would go by with this configuration: opens the GPU and measures, unless that is on disk already.
pub fn calibration(config: &Config) -> Result<Calibration, BackendError> {
    let pool =
        Arc::new(super::Pool::new(config).map_err(|error| BackendError::Gpu(error.to_string()))?);
    let threads = pool.threads();
    let cpu = fastest(config, &pool)?;
    let request = Request::new(config, false);
    let (_, calibration) = calibrate(cpu, threads, &request, config.cache.as_deref(), || true)?;
    Ok(calibration)
}

/// How often a measurement is put off while the CPU has other work, and for how long.
const PUT_OFF: (usize, Duration) = (50, Duration::from_millis(20));

/// Opens the GPU that answers the request, compiles its programs, and finds out what both places cost. `quiet` tells
/// whether the CPU has no other work: what is measured beside some is used, but not kept.
pub(super) fn calibrate(
    cpu: Arc<dyn BatchBackend>,
    threads: usize,
    request: &Request,
    cache: Option<&Path>,
    quiet: impl Fn() -> bool,
) -> Result<(Gpu, Calibration), GpuError> {
    let opened = open(request, cache)?;
    let gpu = Gpu::new(opened.worker, Arc::clone(&cpu));
    warm(&gpu)?;
    let key = format!(
        "calibration {}; {}; {}, {} threads of {}",
        env!("CARGO_PKG_VERSION"),
        opened.title,
        cpu.backend(),
        threads,
        processor::name().unwrap_or_default(),
    );
    let known = cache.and_then(|folder| files::read(folder, &key));
    if let Some(rates) = known.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        let calibration = Calibration {
            device: opened.title,
            rates,
            took: None,
        };
        return Ok((gpu, calibration));
    }
    let mut waits = 0;
    while !quiet() && waits < PUT_OFF.0 {
        thread::sleep(PUT_OFF.1);
        waits += 1;
    }
    let start = Instant::now();
    let undisturbed = quiet();
    let rates = rates::measure(&*cpu, &gpu);
    let took = start.elapsed();
    alive(&gpu)?;
    if undisturbed
        && quiet()
        && let Some(folder) = cache
        && let Err(error) = keep(folder, &key, &rates)
    {
        tracing::warn!(folder = %folder.display(), %error, "the calibration can't be kept");
    }
    tracing::info!(device = %opened.title, milliseconds = took.as_millis(), "GPU and CPU measured");
    let calibration = Calibration {
        device: opened.title,
        rates,
        took: Some(took),
    };
    Ok((gpu, calibration))
}

/// Has every program compiled.
fn warm(gpu: &Gpu) -> Result<(), GpuError> {
    gpu.keccak256(&[b""], &mut [[0; 32]]);
    let input: RecoverInput = crate::gpu::recover::known_input(0);
    gpu.recover(&[input], &mut [Err(RecoverError::RecoveryId)]);
    alive(gpu)
}

/// An error if the device has been put aside.
fn alive(gpu: &Gpu) -> Result<(), GpuError> {
    match gpu.account().and_then(|account| account.put_aside) {
        Some(reason) => Err(GpuError::Aside(reason)),
        None => Ok(()),
    }
}

fn keep(folder: &Path, key: &str, rates: &Rates) -> std::io::Result<()> {
    files::write(folder, key, &serde_json::to_vec(rates)?)
}

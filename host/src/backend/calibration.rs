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
    let alone = Around {
        quiet: &|| true,
        ended: &|| false,
    };
    let (_, calibration) = calibrate(cpu, threads, &request, config.cache.as_deref(), alone)?;
    Ok(calibration)
}

/// How often a measurement is put off while the CPU has other work, and for how long.
const PUT_OFF: (usize, Duration) = (50, Duration::from_millis(20));

/// What happens beside a calibration.
#[derive(Clone, Copy)]
pub(super) struct Around<'a> {
    /// True if the CPU has no other work: what is measured beside some is used, but not kept.
    pub(super) quiet: &'a dyn Fn() -> bool,
    /// True if nobody waits for the device any more: the next step is not begun.
    pub(super) ended: &'a dyn Fn() -> bool,
}

impl Around<'_> {
    fn goes_on(&self) -> Result<(), GpuError> {
        if (self.ended)() {
            Err(GpuError::Ended)
        } else {
            Ok(())
        }
    }
}

/// Opens the GPU that answers the request, compiles its programs, and finds out what both places cost.
pub(super) fn calibrate(
    cpu: Arc<dyn BatchBackend>,
    threads: usize,
    request: &Request,
    cache: Option<&Path>,
    around: Around<'_>,
) -> Result<(Gpu, Calibration), GpuError> {
    let quiet = around.quiet;
    around.goes_on()?;
    let opened = open(request, cache)?;
    let gpu = Gpu::new(opened.worker, Arc::clone(&cpu));
    warm(&gpu, around)?;
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
        around.goes_on()?;
        thread::sleep(PUT_OFF.1);
        waits += 1;
    }
    around.goes_on()?;
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
fn warm(gpu: &Gpu, around: Around<'_>) -> Result<(), GpuError> {
    around.goes_on()?;
    gpu.keccak256(&[b""], &mut [[0; 32]]);
    around.goes_on()?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::gpu::tests::cpu;
    use std::{fs, io::Write};

    #[test]
    fn what_was_measured_is_read_by_the_next() {
        let request = Request {
            name: None,
            arithmetic: None,
            software: true,
        };
        let folder = std::env::temp_dir().join(format!("phalanx-rates-{}", std::process::id()));
        let calibrate = |threads, quiet: bool| {
            let around = Around {
                quiet: &|| quiet,
                ended: &|| false,
            };
            calibrate(cpu(), threads, &request, Some(&folder), around).map(|(_, found)| found)
        };
        let first = match calibrate(1, true) {
            Ok(first) => first,
            Err(error) => {
                let required = std::env::var_os("PHALANX_REQUIRE_GPU").is_some();
                assert!(!required, "{error}, and PHALANX_REQUIRE_GPU is set");
                // Not println!, which the test harness keeps to itself when a test passes.
                let line = format!("SKIPPED what_was_measured_is_read_by_the_next: {error}\n");
                std::io::stderr()
                    .write_all(line.as_bytes())
                    .expect("standard error takes a line");
                return;
            }
        };
        assert!(first.took.is_some());
        let second = calibrate(1, true).expect("as before");
        assert_eq!(second.took, None);
        assert_eq!(second.device, first.device);
        let each = |calibration: &Calibration| calibration.rates.recover.cpu.each;
        assert!((each(&second) / each(&first) - 1.0).abs() < 1e-9);
        // Another number of threads is another machine, and what is measured beside other work is not kept.
        for _ in 0..2 {
            assert!(calibrate(2, false).expect("as before").took.is_some());
        }
        fs::remove_dir_all(&folder).expect("removed");
    }
}

//! `phalanx bench gpu`.

use super::GpuArgs;
use crate::{
    Backend, Config, Engine,
    backend::auto_choice,
    cli::{fail, print},
    gpu::{self, Request, measure::Resident},
};
use alloy_primitives::B256;
use phalanx_kernels::RecoverInput;
use serde::Serialize;
use std::{
    error::Error,
    fmt::Write as _,
    process::ExitCode,
    time::{Duration, Instant},
};

/// Sizes of batches: of signatures, and of messages of 136 bytes.
const SIZES: [usize; 6] = [1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20];
const MESSAGE_BYTES: usize = 136;
/// A batch that is expected to take longer than this is left out.
const LONGEST: Duration = Duration::from_secs(20);

/// All that was measured; serialized, its JSON form.
#[derive(Debug, Serialize)]
struct Report {
    device: String,
    cpu: String,
    cpu_threads: usize,
    /// Seconds to find and open the device, and to compile and answer first.
    open_seconds: f64,
    first_recovery_seconds: f64,
    first_keccak_seconds: f64,
    /// Operations a second on what the device holds.
    resident: Resident,
    /// Batches as callers see them, transfers included.
    recover: Vec<Batch>,
    keccak: Vec<Batch>,
}

/// A batch on both.
#[derive(Debug, Serialize)]
struct Batch {
    items: usize,
    gpu_per_second: f64,
    cpu_per_second: f64,
}

pub(super) fn run(args: &GpuArgs) -> ExitCode {
    let report = match measure(args) {
        Ok(report) => report,
        Err(error) => return fail("bench", error),
    };
    let text = if args.json {
        match serde_json::to_string_pretty(&report) {
            Ok(json) => json + "\n",
            Err(error) => return fail("bench", error),
        }
    } else {
        text(&report)
    };
    print("bench", &text).map_or_else(|code| code, |()| ExitCode::SUCCESS)
}

fn measure(args: &GpuArgs) -> Result<Report, Box<dyn Error + Send + Sync>> {
    let config = Config {
        backend: Backend::Gpu,
        ..args.engine.config()?
    };
    let request = Request::new(&config, true);
    let cpu = Engine::builder()
        .config(Config {
            backend: auto_choice().backend,
            ..config.clone()
        })
        .build()?;
    let start = Instant::now();
    let device = gpu::open(&request, config.cache.as_deref())?;
    let engine = Engine::builder().config(config).build()?;
    let open_seconds = start.elapsed().as_secs_f64();
    let inputs = signatures(args.most.min(SIZES[SIZES.len() - 1]));
    let first_recovery_seconds = seconds(|| drop(engine.recover(&inputs[..1])));
    let messages: Vec<[u8; MESSAGE_BYTES]> = inputs.iter().map(message).collect();
    let first_keccak_seconds = seconds(|| drop(engine.keccak256(&messages[..1])));
    let recover = batches(
        inputs.len(),
        |items| engine.recover(&inputs[..items]),
        |items| cpu.recover(&inputs[..items]),
    )?;
    let keccak = batches(
        messages.len(),
        |items| engine.keccak256(&messages[..items]),
        |items| -> Vec<B256> { cpu.keccak256(&messages[..items]) },
    )?;
    let resident = gpu::measure::resident(&device)?;
    if let Some(account) = engine.gpu_account() {
        if let Some(reason) = account.put_aside {
            return Err(reason.into());
        }
        // Nothing was measured then but the CPU. None of the signatures is one that a device leaves.
        if account.redone > 0 {
            return Err(format!("{} items were left to the CPU", account.redone).into());
        }
    }
    Ok(Report {
        device: device.title,
        cpu: cpu.backend().to_string(),
        cpu_threads: cpu.threads(),
        open_seconds,
        first_recovery_seconds,
        first_keccak_seconds,
        resident,
        recover,
        keccak,
    })
}

/// Measures both in turns; an error if they differ.
fn batches<T: PartialEq>(
    most: usize,
    on_gpu: impl Fn(usize) -> Vec<T>,
    on_cpu: impl Fn(usize) -> Vec<T>,
) -> Result<Vec<Batch>, Box<dyn Error + Send + Sync>> {
    let mut rows: Vec<Batch> = Vec::new();
    for items in SIZES.into_iter().filter(|&items| items <= most) {
        let slowest = rows.last().map_or(f64::INFINITY, |row| {
            row.gpu_per_second.min(row.cpu_per_second)
        });
        if items as f64 / slowest > LONGEST.as_secs_f64() {
            break;
        }
        let (mut gpu, mut cpu) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            gpu.push(seconds(|| ours = on_gpu(items)));
            cpu.push(seconds(|| theirs = on_cpu(items)));
            if ours != theirs {
                return Err(format!("GPU and CPU differ in a batch of {items}").into());
            }
        }
        rows.push(Batch {
            items,
            gpu_per_second: items as f64 / median(gpu),
            cpu_per_second: items as f64 / median(cpu),
        });
    }
    Ok(rows)
}

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Signatures that all recover, each to another signer.
fn signatures(count: usize) -> Vec<RecoverInput> {
    (0..count as u64)
        .map(|index| {
            let mut input = gpu::recover::known_input(index);
            input.s[8..16]
                .copy_from_slice(&index.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            input
        })
        .collect()
}

fn message(input: &RecoverInput) -> [u8; MESSAGE_BYTES] {
    let mut message = [0x61; MESSAGE_BYTES];
    message[..32].copy_from_slice(&input.prehash);
    message
}

fn text(report: &Report) -> String {
    let mut text = format!(
        "{}\nbeside {} on {} threads\n\n",
        report.device, report.cpu, report.cpu_threads
    );
    let resident = &report.resident;
    let lines = [
        ("open the device", format!("{:.3} s", report.open_seconds)),
        (
            "first recovery",
            format!("{:.3} s", report.first_recovery_seconds),
        ),
        (
            "first Keccak-256",
            format!("{:.3} s", report.first_keccak_seconds),
        ),
        (
            "multiply-adds, resident",
            rate(resident.multiply_adds_per_second),
        ),
        (
            "field products, resident",
            rate(resident.field_products_per_second),
        ),
        (
            "Keccak-256 of 136 bytes, resident",
            rate(resident.keccak_per_second),
        ),
    ];
    for (name, value) in lines {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{name:<34} {value:>12}");
    }
    for (name, rows) in [
        ("recoveries", &report.recover),
        ("Keccak-256 of 136 bytes", &report.keccak),
    ] {
        let _ = writeln!(text, "\n{name:<34} {:>12} {:>12}", "GPU", "CPU");
        for row in rows {
            let (gpu, cpu) = (rate(row.gpu_per_second), rate(row.cpu_per_second));
            let _ = writeln!(text, "{:<34} {gpu:>12} {cpu:>12}", row.items);
        }
        let _ = match ahead(rows) {
            Some(items) => writeln!(text, "The GPU is ahead in batches of {items} and more."),
            None => writeln!(text, "The GPU is not ahead."),
        };
    }
    text
}

/// The smallest batch from which on the GPU is faster in each.
fn ahead(rows: &[Batch]) -> Option<usize> {
    let faster = |row: &&Batch| row.gpu_per_second > row.cpu_per_second;
    rows.iter()
        .rev()
        .take_while(faster)
        .last()
        .map(|row| row.items)
}

/// Operations a second, in thousands, millions or thousands of millions.
fn rate(per_second: f64) -> String {
    let (divisor, unit) = match per_second {
        rate if rate >= 1e9 => (1e9, "G/s"),
        rate if rate >= 1e6 => (1e6, "M/s"),
        _ => (1e3, "k/s"),
    };
    format!("{:.2} {unit}", per_second / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gpu_is_ahead_from_where_it_stays_so() {
        let rows = |faster: &[bool]| -> Vec<Batch> {
            let row = |(&items, &faster): (&usize, &bool)| Batch {
                items,
                gpu_per_second: if faster { 2.0 } else { 1.0 },
                cpu_per_second: 1.5,
            };
            SIZES.iter().zip(faster).map(row).collect()
        };
        assert_eq!(ahead(&rows(&[true, false, true, true])), Some(SIZES[2]));
        assert_eq!(ahead(&rows(&[true, true])), Some(SIZES[0]));
        assert_eq!(ahead(&rows(&[true, false])), None);
        assert_eq!(ahead(&[]), None);
    }
}

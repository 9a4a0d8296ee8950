//! How fast a device computes what it has in its own memory: its multiply-adds, products of the field, and Keccak-256.

use super::{Dispatch, GpuError, Opened, Plan, Upload, keccak};
use phalanx_shaders::{layout::MultiplyParams, twin};
use serde::Serialize;
use std::time::{Duration, Instant};

/// Operations a second of one device, nothing uploaded or read back in between.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Resident {
    /// Multiply-adds: 32 by 32 bits and 64 more with 64-bit arithmetic, 32-bit words else.
    pub multiply_adds_per_second: f64,
    /// Products modulo p, half of them squares.
    pub field_products_per_second: f64,
    /// Messages of 136 bytes, two permutations each.
    pub keccak_per_second: f64,
}

/// Multiply-adds of a round of the stage `integer`, and products of one of `multiply`.
const OPERATIONS_A_ROUND: [f64; 2] = [8.0, 2.0];
const ROUNDS: u32 = 128;
const MESSAGE_BYTES: usize = 136;
/// Messages of a batch; 35 words each, so that they are within every capacity.
const MESSAGES: usize = 1 << 16;
/// The part of a measurement that counts is no shorter than this.
const LONG_ENOUGH: Duration = Duration::from_millis(40);
const MOST_REPETITIONS: usize = 512;

/// Measures a device. Every stage's results are compared with the twin's first.
pub fn resident(device: &Opened) -> Result<Resident, GpuError> {
    let rows = device.worker.capacity().signatures as u32;
    let mut rates = [0.0; 2];
    for ((stage, words), (rate, operations)) in [("integer", [2, 1]), ("multiply", [16, 8])]
        .into_iter()
        .zip(rates.iter_mut().zip(OPERATIONS_A_ROUND))
    {
        let small = chains(stage, words, 64, 3);
        if run(device, &small)?.0 != expected(device, stage, &small) {
            return Err(GpuError::Wrong(stage));
        }
        let seconds = dispatch_seconds(device, &chains(stage, words, rows, ROUNDS))?;
        *rate = f64::from(rows) * f64::from(ROUNDS) * operations / seconds;
    }
    let message = [0x61; MESSAGE_BYTES];
    let plan = keccak::plan(&[message.as_slice(); MESSAGES], 0);
    let mut digest = [[0; 32]];
    let level = phalanx_kernels::LevelName::Portable;
    let level =
        phalanx_kernels::Level::new(level).map_err(|error| GpuError::Fault(error.to_string()))?;
    phalanx_kernels::keccak256_batch(level, &[&message], &mut digest);
    let (output, _) = run(device, &plan)?;
    if (0..MESSAGES).any(|row| keccak::digest(&output, row) != Some(digest[0])) {
        return Err(GpuError::Wrong("keccak"));
    }
    Ok(Resident {
        multiply_adds_per_second: rates[0],
        field_products_per_second: rates[1],
        keccak_per_second: MESSAGES as f64 / dispatch_seconds(device, &plan)?,
    })
}

/// A stage that takes `factors` and gives `products`, by words a row of both.
fn chains(stage: &'static str, words: [usize; 2], rows: u32, rounds: u32) -> Plan {
    let params = MultiplyParams {
        count: rows,
        rounds,
    };
    // Any numbers do; those of the field are reduced by the stage.
    let factors = (0..words[0] as u32 * rows).map(|i| i.wrapping_mul(0x9e37_79b9) >> 1);
    Plan {
        program: stage,
        uniforms: vec![bytemuck::bytes_of(&params).to_vec()],
        uploads: vec![Upload {
            name: "factors",
            words: factors.collect(),
        }],
        scratch: Vec::new(),
        constants: &[],
        output: ("products", words[1] * rows as usize),
        dispatches: vec![Dispatch {
            stage,
            invocations: rows,
            uniform: 0,
        }],
    }
}

/// The output of a plan of [`chains`] by the twin.
fn expected(device: &Opened, stage: &str, plan: &Plan) -> Vec<u32> {
    let params: MultiplyParams = bytemuck::pod_read_unaligned(&plan.uniforms[0]);
    let mut products = vec![0; plan.output.1];
    let factors = &plan.uploads[0].words;
    match stage {
        "integer" => twin::integer::run(device.arithmetic, &params, factors, &mut products),
        _ => twin::multiply::run(&params, factors, &mut products),
    }
    products
}

/// The output of a plan, and how long it took from the host's side.
fn run(device: &Opened, plan: &Plan) -> Result<(Vec<u32>, Duration), GpuError> {
    let plan = plan.clone();
    let start = Instant::now();
    let ticket = device.worker.submit(plan)?;
    let output = device.worker.wait(&ticket)?;
    Ok((output, start.elapsed()))
}

/// Seconds of a plan's only dispatch: the difference between many in a row and one, over their number.
fn dispatch_seconds(device: &Opened, plan: &Plan) -> Result<f64, GpuError> {
    let once = median(|| run(device, plan).map(|(_, took)| took))?;
    let mut repetitions = 4;
    loop {
        let mut repeated = plan.clone();
        repeated.dispatches = vec![plan.dispatches[0]; repetitions + 1];
        let many = median(|| run(device, &repeated).map(|(_, took)| took))?;
        let more = many.saturating_sub(once);
        if more >= LONG_ENOUGH || repetitions >= MOST_REPETITIONS {
            return Ok(more.as_secs_f64().max(1e-9) / repetitions as f64);
        }
        repetitions *= 4;
    }
}

/// The median of three, the first of which may compile.
fn median(mut time: impl FnMut() -> Result<Duration, GpuError>) -> Result<Duration, GpuError> {
    let mut times = [time()?, time()?, time()?];
    times.sort_unstable();
    Ok(times[1])
}

//! The whole sequence on a device against the kernels, and how long it takes.

use crate::{
    device::{Device, variants},
    signatures,
};
use phalanx_kernels::{Level, LevelName, RecoverError, RecoverInput, recover_batch};
use phalanx_shaders::{
    Arithmetic,
    BindingKind::{StorageRead, StorageReadWrite, Uniform},
    layout::{COLUMNS, Outcome, RecoverParams, ResultRow, SignatureRow, generator_table},
    twin::recovery::stages,
};
use std::{collections::HashMap, time::Instant};

/// Windows of each slice of the ladder.
const SLICES: [(u32, u32); 4] = [(25, 20), (19, 14), (13, 7), (6, 0)];

/// Runs a recovery, printing what each stage takes.
fn run(device: &Device, variant: Arithmetic, inputs: &[RecoverInput]) -> Vec<ResultRow> {
    let count = inputs.len() as u32;
    let rows: Vec<SignatureRow> = inputs.iter().map(Into::into).collect();
    let mut buffers: HashMap<&str, wgpu::Buffer> = COLUMNS
        .iter()
        .map(|&(name, words)| {
            let bytes = vec![0; (4 * words * count) as usize];
            (name, device.buffer(StorageReadWrite, &bytes))
        })
        .collect();
    let rows = device.buffer(StorageRead, bytemuck::cast_slice(&rows));
    buffers.insert("rows", rows);
    let generator = generator_table();
    let generator = device.buffer(StorageRead, bytemuck::cast_slice(&generator));
    buffers.insert("generator", generator);
    let results = vec![0; inputs.len() * size_of::<ResultRow>()];
    buffers.insert("results", device.buffer(StorageReadWrite, &results));

    let lanes = (count / 64).max(1);
    for (stage, (window_high, window_low)) in stages(&SLICES) {
        let params = RecoverParams {
            count,
            stride: count,
            lanes,
            window_high,
            window_low,
        };
        let params = device.buffer(Uniform, bytemuck::bytes_of(&params));
        let invocations = match stage {
            "invert_scalar" | "invert_field" => lanes,
            _ => count,
        };
        let start = Instant::now();
        device.pipeline(stage, variant);
        let compiled = start.elapsed();
        let start = Instant::now();
        device.dispatch(stage, variant, invocations, |name| match name {
            "params" => &params,
            _ => &buffers[name],
        });
        println!(
            "{variant:?} {stage:13} {window_high:2}..{window_low:2}: compiled in {:5} ms, {count} rows in {:5} ms",
            compiled.as_millis(),
            start.elapsed().as_millis()
        );
    }
    bytemuck::pod_collect_to_vec(&device.read(&buffers["results"]))
}

/// Every result is the kernels', and no more than the rows that may be are left to be done again.
fn check(test: &str, inputs: &[RecoverInput], redo_at_most: usize) {
    let level = Level::new(LevelName::Portable).expect("any machine has it");
    let mut expected = vec![Err(RecoverError::Infinity); inputs.len()];
    recover_batch(level, inputs, &mut expected);
    for (device, variant) in variants(test) {
        let start = Instant::now();
        let results = run(device, variant, inputs);
        println!(
            "{}: {} signatures by {variant:?} in {:.2} s, compilation included",
            device.name,
            inputs.len(),
            start.elapsed().as_secs_f32()
        );
        let mut redo = 0;
        for (i, (result, expected)) in results.iter().zip(&expected).enumerate() {
            match result.outcome() {
                Outcome::Known(known) => assert_eq!(known, *expected, "{i}: {:?}", inputs[i]),
                Outcome::Redo => redo += 1,
                Outcome::Unwritten => panic!("row {i} is not written"),
            }
            if *expected == Err(RecoverError::Infinity) {
                assert_eq!(result.outcome(), Outcome::Redo);
            }
        }
        assert!(redo <= redo_at_most, "{redo} rows to be done again");
    }
}

#[test]
fn ordinary_signatures() {
    let inputs = signatures::ordinary(4096, 5);
    check("ordinary_signatures", &inputs, 0);
}

#[test]
fn crafted_signatures_among_ordinary_ones() {
    let mut inputs = signatures::exceptions();
    let crafted = inputs.len();
    inputs.extend(signatures::ends());
    inputs.extend(signatures::random(200, 6));
    inputs.extend(signatures::ordinary(200, 7));
    check("crafted_signatures_among_ordinary_ones", &inputs, crafted);
}

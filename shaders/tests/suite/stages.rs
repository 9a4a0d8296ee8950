//! Each stage by itself: device and twin begin with the same buffers and must end with the same, word for word.

use crate::{
    device::{Device, shader, variants},
    signatures,
};
use phalanx_kernels::RecoverInput;
use phalanx_shaders::{
    Arithmetic,
    BindingKind::{StorageReadWrite, Uniform},
    layout::{RecoverParams, generator_table},
    twin::recovery::{Buffers, stages},
};
use std::collections::HashMap;

/// What buffers hold where nothing has been written.
const SENTINEL: u32 = 0x5ca1_ab1e;

/// Runs one stage on a device over what the buffers hold, and compares what it wrote with what its twin wrote.
fn compare(
    device: &Device,
    variant: Arithmetic,
    stage: &'static str,
    params: &RecoverParams,
    before: &Buffers,
    after: &Buffers,
) {
    let bindings = shader(stage, variant).bindings;
    let buffers: HashMap<&str, wgpu::Buffer> = bindings
        .iter()
        .map(|binding| {
            let bytes = match binding.kind {
                Uniform => bytemuck::bytes_of(params),
                _ => before.bytes(binding.name).expect("the buffer exists"),
            };
            (binding.name, device.buffer(binding.kind, bytes))
        })
        .collect();
    let invocations = match stage {
        "invert_scalar" | "invert_field" => params.lanes,
        _ => params.count,
    };
    device.dispatch(stage, variant, invocations, |name| &buffers[name]);
    for binding in bindings {
        if binding.kind == StorageReadWrite {
            let got = device.read(&buffers[binding.name]);
            let expected = after.bytes(binding.name).expect("the buffer exists");
            let wrong = got.iter().zip(expected).position(|(a, b)| a != b);
            let (column, row) = wrong.map_or((0, 0), |at| {
                let word = at as u32 / 4;
                (word / params.stride, word % params.stride)
            });
            assert!(
                wrong.is_none(),
                "{}: {stage} {variant:?} {params:?}: {} differs at byte {wrong:?}; in columns, {column} of row {row}",
                device.name,
                binding.name,
            );
        }
    }
}

/// Runs every stage of a recovery on every device and variant, each from what the twins before it left.
fn compare_all(test: &str, inputs: &[RecoverInput], spare: u32, lanes: u32, slices: &[(u32, u32)]) {
    let variants = variants(test);
    if variants.is_empty() {
        return;
    }
    let count = inputs.len() as u32;
    let stride = count + spare;
    let rows = inputs.iter().map(Into::into).collect();
    let mut buffers = Buffers::new(rows, generator_table(), stride, SENTINEL);
    for (stage, (window_high, window_low)) in stages(slices) {
        let params = RecoverParams {
            count,
            stride,
            lanes,
            window_high,
            window_low,
        };
        let before = buffers.clone();
        assert!(buffers.run(stage, &params), "{stage} has a twin");
        for &(device, variant) in &variants {
            compare(device, variant, stage, &params, &before, &buffers);
        }
    }
}

#[test]
fn on_ordinary_signatures() {
    let inputs = signatures::ordinary(70, 1);
    let slices = [(25, 20), (19, 19), (18, 1), (0, 0)];
    compare_all("on_ordinary_signatures", &inputs, 3, 7, &slices);
}

#[test]
fn on_random_bytes() {
    let inputs = signatures::random(100, 2);
    compare_all("on_random_bytes", &inputs, 0, 100, &[(25, 0)]);
}

#[test]
fn on_the_ends_of_all_ranges() {
    let inputs = signatures::ends();
    compare_all("on_the_ends_of_all_ranges", &inputs, 1, 64, &[(25, 0)]);
}

#[test]
fn on_exceptions() {
    let inputs = signatures::exceptions();
    compare_all("on_exceptions", &inputs, 0, 50, &[(25, 13), (12, 0)]);
}

/// One row, more lanes than rows.
#[test]
fn on_one_signature() {
    let inputs = signatures::ordinary(1, 4);
    compare_all("on_one_signature", &inputs, 0, 64, &[(25, 0)]);
}

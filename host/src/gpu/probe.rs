//! A small computation with a known answer, which shows whether an adapter computes.

use super::{Device, GpuError};
use phalanx_shaders::{BindingKind, layout::ProbeParams, shader, twin};
use serde::Serialize;
use std::time::{Duration, Instant};

/// What came of the probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Probe {
    /// Every word is right.
    Computes {
        /// From the dispatch to the result on the host; compilation is not counted.
        #[serde(rename = "microseconds", serialize_with = "microseconds")]
        took: Duration,
    },
    /// The device reports success and the result is wrong.
    Wrong {
        /// Index of the first wrong word.
        at: usize,
    },
    /// The device reports an error, or nothing at all.
    #[serde(serialize_with = "reason")]
    Failed(String),
}

/// Outputs: no multiple of the workgroup size, so that the shader's own bound is at work.
const COUNT: u32 = 65_521;
/// Words past the outputs, which the shader must leave alone.
const GUARD: usize = 1_039;
/// What the output holds beforehand; the twin's results do not hold it (tested), nor do they hold zeros in a row.
const SENTINEL: u32 = 0x5ca1_ab1e;

const PARAMS: ProbeParams = ProbeParams {
    count: COUNT,
    rounds: 64,
    seed: 0x7068_616c,
};

/// Runs the probe on an adapter.
pub fn run(adapter: &wgpu::Adapter, limit: Duration) -> Probe {
    match compute(adapter, limit) {
        Ok((words, took)) => first_difference(&words, &expected())
            .map_or(Probe::Computes { took }, |at| Probe::Wrong { at }),
        Err(error) => Probe::Failed(error.to_string()),
    }
}

/// Output as the device leaves it, and the time from dispatch to result.
fn compute(adapter: &wgpu::Adapter, limit: Duration) -> Result<(Vec<u32>, Duration), GpuError> {
    let shader =
        shader("probe").ok_or_else(|| GpuError::Fault("the probe shader is absent".into()))?;
    let device = Device::open(adapter)?;
    let pipeline = device.pipeline(shader, None)?;
    let params = device.buffer(BindingKind::Uniform, bytemuck::bytes_of(&PARAMS));
    let untouched = untouched();
    let output = device.buffer(
        BindingKind::StorageReadWrite,
        bytemuck::cast_slice(&untouched),
    );
    let staging = device.staging(output.size());
    let group = device.group(&pipeline, &[&params, &output]);
    let workgroups = COUNT.div_ceil(shader.workgroup_size[0]);
    let start = Instant::now();
    let mut commands = device.device().create_command_encoder(&Default::default());
    {
        let mut pass = commands.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(workgroups, 1, 1);
    }
    commands.copy_buffer_to_buffer(&output, 0, &staging, 0, output.size());
    let submission = device.submit(commands, &staging, output.size())?;
    let words = device.read(&submission, &staging, limit)?;
    let words = words.ok_or(GpuError::Timeout(limit))?;
    Ok((words, start.elapsed()))
}

/// The output buffer before the dispatch.
fn untouched() -> Vec<u32> {
    vec![SENTINEL; COUNT as usize + GUARD]
}

/// The output buffer after a dispatch, by the twin.
fn expected() -> Vec<u32> {
    let mut words = untouched();
    twin::probe::run(
        bytemuck::bytes_of(&PARAMS),
        bytemuck::cast_slice_mut(&mut words),
    );
    words
}

/// Index of the first word that differs; a missing word differs.
fn first_difference(got: &[u32], expected: &[u32]) -> Option<usize> {
    let common = got.iter().zip(expected).position(|(a, b)| a != b);
    common.or((got.len() != expected.len()).then(|| got.len().min(expected.len())))
}

fn microseconds<S: serde::Serializer>(took: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(took.as_micros()).unwrap_or(u64::MAX))
}

fn reason<S: serde::Serializer>(reason: &str, to: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = to.serialize_map(Some(1))?;
    map.serialize_entry("reason", reason)?;
    map.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untouched_or_zeroed_output_is_wrong_at_once() {
        let expected = expected();
        assert_eq!(first_difference(&untouched(), &expected), Some(0));
        assert_eq!(
            first_difference(&vec![0; expected.len()], &expected),
            Some(0)
        );
        let outputs = &expected[..COUNT as usize];
        assert!(!outputs.contains(&SENTINEL) && !outputs.contains(&0));
    }

    #[test]
    fn each_wrong_word_is_found() {
        let expected = expected();
        assert_eq!(first_difference(&expected, &expected), None);
        for at in [
            0,
            63,
            64,
            COUNT as usize - 1,
            COUNT as usize,
            expected.len() - 1,
        ] {
            let mut got = expected.clone();
            got[at] ^= 1 << 31;
            assert_eq!(first_difference(&got, &expected), Some(at));
        }
        assert_eq!(first_difference(&expected[..9], &expected), Some(9));
    }

    #[test]
    fn json_form() {
        let form = |probe| serde_json::to_string(&probe).expect("a probe has a JSON form");
        assert_eq!(
            form(Probe::Computes {
                took: Duration::from_micros(7)
            }),
            r#"{"result":"computes","microseconds":7}"#
        );
        assert_eq!(form(Probe::Wrong { at: 3 }), r#"{"result":"wrong","at":3}"#);
        assert_eq!(
            form(Probe::Failed("x".into())),
            r#"{"result":"failed","reason":"x"}"#
        );
    }
}

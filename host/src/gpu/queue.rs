//! Plans on a wgpu device: pipelines made once, buffers kept, several batches on the queue.

use super::{
    Dispatch, GpuError, Plan, Progress,
    device::{Device, Submission},
    pipelines::Pipelines,
    plan::LEAST_STEP_BYTES,
    worker::Driver,
};
use phalanx_shaders::{Arithmetic, BindingKind};
use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    time::Duration,
};

/// A device with its programs.
pub(super) struct Queue {
    device: Device,
    pipelines: Pipelines,
    /// Buffers that one batch after the other uses: the queue runs them in order.
    shared: HashMap<&'static str, wgpu::Buffer>,
    /// Buffers of batches that are through, by program.
    spare: HashMap<&'static str, Vec<Slot>>,
    flying: VecDeque<Flight>,
}

/// The buffers that a batch has for itself, so that the host can write and read them while others are computed.
struct Slot {
    uniforms: Vec<wgpu::Buffer>,
    uploads: Vec<wgpu::Buffer>,
    output: wgpu::Buffer,
    staging: wgpu::Buffer,
}

struct Flight {
    program: &'static str,
    submission: Submission,
    slot: Slot,
}

impl Queue {
    /// Opens an adapter; nothing is compiled until a plan needs it.
    pub(super) fn open(
        adapter: &wgpu::Adapter,
        arithmetic: Arithmetic,
        cache: Option<PathBuf>,
        progress: &Progress,
    ) -> Result<Self, GpuError> {
        let device = Device::open(adapter)?;
        let pipelines = Pipelines::new(adapter, &device, arithmetic, cache, progress.clone());
        Ok(Self {
            device,
            pipelines,
            shared: HashMap::new(),
            spare: HashMap::new(),
            flying: VecDeque::new(),
        })
    }

    /// Buffers for a plan: those of an earlier batch where they are large enough.
    fn slot(&mut self, plan: &Plan) -> Slot {
        let spare = self.spare.entry(plan.program).or_default();
        if let Some(at) = spare.iter().position(|slot| slot.holds(plan)) {
            return spare.swap_remove(at);
        }
        // What is too small now would only ever serve smaller batches.
        spare.clear();
        let device = &self.device;
        let storage = |words: usize| device.empty(BindingKind::StorageReadWrite, capacity(words));
        Slot {
            uniforms: plan
                .uniforms
                .iter()
                .map(|bytes| device.empty(BindingKind::Uniform, bytes.len() as u64))
                .collect(),
            uploads: plan
                .uploads
                .iter()
                .map(|upload| storage(upload.words.len()))
                .collect(),
            output: storage(plan.output.1),
            staging: device.staging(capacity(plan.output.1)),
        }
    }

    /// Makes sure of the scratch buffers and tables that all batches use.
    fn prepare(&mut self, plan: &Plan) {
        for constant in plan.constants {
            self.shared.entry(constant.name).or_insert_with(|| {
                let words = (constant.words)();
                self.device
                    .buffer(BindingKind::StorageRead, bytemuck::cast_slice(&words))
            });
        }
        for &(name, words) in &plan.scratch {
            let large_enough = |buffer: &wgpu::Buffer| buffer.size() >= bytes(words);
            if !self.shared.get(name).is_some_and(large_enough) {
                let buffer = self
                    .device
                    .empty(BindingKind::StorageReadWrite, capacity(words));
                self.shared.insert(name, buffer);
            }
        }
    }

    /// The buffers of a stage, by the names of its bindings.
    fn group(
        &self,
        plan: &Plan,
        slot: &Slot,
        dispatch: &Dispatch,
    ) -> Result<wgpu::BindGroup, GpuError> {
        let stage = self.pipelines.get(dispatch.stage)?;
        let find = |name: &str, kind| {
            if kind == BindingKind::Uniform {
                return slot.uniforms.get(dispatch.uniform);
            }
            if name == plan.output.0 {
                return Some(&slot.output);
            }
            let upload = plan.uploads.iter().position(|upload| upload.name == name);
            match upload {
                Some(index) => slot.uploads.get(index),
                None => self.shared.get(name),
            }
        };
        let buffers = stage.shader.bindings.iter().map(|binding| {
            find(binding.name, binding.kind).ok_or_else(|| {
                GpuError::Fault(format!("{}: no buffer {}", dispatch.stage, binding.name))
            })
        });
        let buffers = buffers.collect::<Result<Vec<_>, _>>()?;
        Ok(self.device.group(&stage.pipeline, &buffers))
    }
}

impl Driver for Queue {
    fn submit(&mut self, plan: &Plan) -> Result<(), GpuError> {
        self.pipelines.prepare(&self.device, plan)?;
        self.prepare(plan);
        let slot = self.slot(plan);
        let queue = self.device.queue();
        for (buffer, bytes) in slot.uniforms.iter().zip(&plan.uniforms) {
            queue.write_buffer(buffer, 0, bytes);
        }
        for (buffer, upload) in slot.uploads.iter().zip(&plan.uploads) {
            queue.write_buffer(buffer, 0, bytemuck::cast_slice(&upload.words));
        }
        let output_bytes = bytes(plan.output.1);
        let mut commands = self
            .device
            .device()
            .create_command_encoder(&Default::default());
        // A result that no invocation writes is zero, and not that of a batch before.
        commands.clear_buffer(&slot.output, 0, Some(output_bytes));
        {
            let mut pass = commands.begin_compute_pass(&Default::default());
            for dispatch in &plan.dispatches {
                let stage = self.pipelines.get(dispatch.stage)?;
                let group = self.group(plan, &slot, dispatch)?;
                pass.set_pipeline(&stage.pipeline);
                pass.set_bind_group(0, &group, &[]);
                let workgroup = stage.shader.workgroup_size[0];
                pass.dispatch_workgroups(dispatch.invocations.div_ceil(workgroup), 1, 1);
            }
        }
        commands.copy_buffer_to_buffer(&slot.output, 0, &slot.staging, 0, output_bytes);
        let submission = self.device.submit(commands, &slot.staging, output_bytes)?;
        self.flying.push_back(Flight {
            program: plan.program,
            submission,
            slot,
        });
        Ok(())
    }

    fn finish(&mut self, wait: Duration) -> Result<Option<Vec<u32>>, GpuError> {
        let oldest = self.flying.front();
        let flight = oldest.ok_or_else(|| GpuError::Fault("no batch is under way".into()))?;
        let read = self
            .device
            .read(&flight.submission, &flight.slot.staging, wait)?;
        let Some(words) = read else { return Ok(None) };
        if let Some(flight) = self.flying.pop_front() {
            let spare = self.spare.entry(flight.program).or_default();
            spare.push(flight.slot);
        }
        Ok(Some(words))
    }
}

impl Slot {
    fn holds(&self, plan: &Plan) -> bool {
        let uploads = self.uploads.iter().zip(&plan.uploads);
        self.uniforms.len() == plan.uniforms.len()
            && self.output.size() >= bytes(plan.output.1)
            && uploads
                .into_iter()
                .all(|(buffer, upload)| buffer.size() >= bytes(upload.words.len()))
    }
}

const fn bytes(words: usize) -> u64 {
    4 * words as u64
}

/// Bytes that are allocated for a buffer of so many words: one in eight more at most, so that batches of about the same
/// size share buffers.
pub(super) fn capacity(words: usize) -> u64 {
    let step = (words.next_power_of_two() / 16).max(LEAST_STEP_BYTES as usize / 4);
    bytes(words.next_multiple_of(step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::{Request, keccak, select};
    use std::io::Write;

    const WAIT: Duration = Duration::from_secs(120);

    /// The device that would be used; `None`, said so, where there is none.
    fn queue(test: &str) -> Option<Queue> {
        let request = Request {
            name: None,
            arithmetic: None,
            software: true,
        };
        match select(&request) {
            Ok(found) => Some(
                Queue::open(&found.adapter, found.arithmetic, None, &Progress::default())
                    .expect("it opens"),
            ),
            Err(error) => {
                assert!(
                    std::env::var_os("PHALANX_REQUIRE_GPU").is_none(),
                    "{error}, and PHALANX_REQUIRE_GPU is set"
                );
                // Not println!, which the test harness keeps to itself when a test passes.
                let line = format!("SKIPPED {test}: {error}\n");
                std::io::stderr()
                    .write_all(line.as_bytes())
                    .expect("standard error takes a line");
                None
            }
        }
    }

    #[test]
    fn a_device_that_goes_away_is_an_error() {
        let Some(mut queue) = queue("a_device_that_goes_away_is_an_error") else {
            return;
        };
        let plan = keccak::plan(&[b"abc"], 0);
        queue.submit(&plan).expect("all is well");
        queue.submit(&plan).expect("a second beside it");
        let words = queue.finish(WAIT).expect("all is well").expect("in time");
        assert_eq!(
            keccak::digest(&words, 0).expect("written")[..2],
            [0x4e, 0x03]
        );
        queue.device.device().destroy();
        // The batch under way may still be through; the next one can't be.
        let _ = queue.finish(WAIT);
        let next = queue.submit(&plan).and_then(|()| queue.finish(WAIT));
        assert!(matches!(next, Err(GpuError::Fault(_))), "{next:?}");
    }

    #[test]
    fn a_buffer_that_no_device_has_is_an_error() {
        let Some(mut queue) = queue("a_buffer_that_no_device_has_is_an_error") else {
            return;
        };
        let mut plan = keccak::plan(&[b"abc"], 0);
        plan.scratch.push(("more", 1 << 50));
        let refused = queue.submit(&plan);
        assert!(matches!(refused, Err(GpuError::Fault(_))), "{refused:?}");
    }

    #[test]
    fn allocations_are_a_little_larger_than_needed() {
        for words in [1, 64, 65, 1000, 1 << 20, (1 << 20) + 1] {
            let bytes = capacity(words);
            assert!(bytes >= 4 * words as u64 && bytes.is_multiple_of(4));
            assert!(
                bytes <= (4 * words as u64) * 9 / 8 + 256,
                "{words}: {bytes}"
            );
        }
    }
}

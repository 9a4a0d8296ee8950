//! A device to test on: buffers, pipelines, dispatches.

use phalanx_shaders::{Arithmetic, BindingKind, Shader, shader_for};
use std::{
    collections::HashMap,
    io::Write,
    sync::{LazyLock, Mutex, PoisonError},
};

/// An opened device and the pipelines compiled on it so far.
pub(crate) struct Device {
    pub(crate) name: String,
    device: wgpu::Device,
    queue: wgpu::Queue,
    int64: bool,
    pipelines: Mutex<HashMap<(&'static str, Arithmetic), wgpu::ComputePipeline>>,
}

static DEVICES: LazyLock<Vec<Device>> = LazyLock::new(open_all);

/// Every device with every variant that it runs. Without a device the test is skipped, and says so.
pub(crate) fn variants(test: &str) -> Vec<(&'static Device, Arithmetic)> {
    if DEVICES.is_empty() {
        assert!(
            std::env::var_os("PHALANX_REQUIRE_GPU").is_none(),
            "no adapter, and PHALANX_REQUIRE_GPU is set"
        );
        // Not println!, which the test harness keeps to itself when a test passes.
        let line = format!("SKIPPED {test}: no GPU adapter\n");
        std::io::stderr()
            .write_all(line.as_bytes())
            .expect("standard error takes a line");
    }
    let mut variants = Vec::new();
    for device in &*DEVICES {
        if device.int64 {
            variants.push((device, Arithmetic::U64));
        }
        variants.push((device, Arithmetic::U32));
    }
    variants
}

fn open_all() -> Vec<Device> {
    let backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapters = pollster::block_on(instance.enumerate_adapters(backends));
    adapters.iter().map(open).collect()
}

fn open(adapter: &wgpu::Adapter) -> Device {
    let int64 = adapter.features() & wgpu::Features::SHADER_INT64;
    let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
        required_features: int64,
        required_limits: adapter.limits(),
        ..Default::default()
    }))
    .expect("the adapter gives a device");
    Device {
        name: adapter.get_info().name,
        device,
        queue,
        int64: !int64.is_empty(),
        pipelines: Mutex::default(),
    }
}

impl Device {
    /// A buffer with these contents.
    pub(crate) fn buffer(&self, kind: BindingKind, bytes: &[u8]) -> wgpu::Buffer {
        let usage = match kind {
            BindingKind::Uniform => wgpu::BufferUsages::UNIFORM,
            BindingKind::StorageRead | BindingKind::StorageReadWrite => {
                wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC
            }
        };
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes.len() as u64,
            usage: usage | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    /// The compiled stage, as the host compiles it: accesses are checked, loops are not bounded.
    pub(crate) fn pipeline(
        &self,
        name: &'static str,
        variant: Arithmetic,
    ) -> wgpu::ComputePipeline {
        let mut pipelines = self
            .pipelines
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let compiled = pipelines.entry((name, variant));
        compiled
            .or_insert_with(|| self.compile(shader(name, variant)))
            .clone()
    }

    fn compile(&self, shader: &Shader) -> wgpu::ComputePipeline {
        let descriptor = wgpu::ShaderModuleDescriptor {
            label: Some(shader.name),
            source: wgpu::ShaderSource::Wgsl(shader.source.into()),
        };
        let mut checks = wgpu::ShaderRuntimeChecks::checked();
        checks.force_loop_bounding = false;
        // SAFETY: the shader is one of the crate's, and all of its loops end: after a number of rounds that is constant, or
        // that they read before they start from parameters, or, in `keccak` and `levels`, from the lengths of messages in a
        // buffer, all of which the tests keep small.
        let module = unsafe { self.device.create_shader_module_trusted(descriptor, checks) };
        self.device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(shader.name),
                layout: None,
                module: &module,
                entry_point: Some(shader.entry_point),
                compilation_options: Default::default(),
                cache: None,
            })
    }

    /// Runs workgroups enough for so many invocations over the buffers of a stage by the names of its bindings, and waits.
    pub(crate) fn dispatch<'a>(
        &self,
        name: &'static str,
        variant: Arithmetic,
        invocations: u32,
        buffer: impl Fn(&str) -> &'a wgpu::Buffer,
    ) {
        let pipeline = self.pipeline(name, variant);
        let shader = shader(name, variant);
        let entries: Vec<_> = shader
            .bindings
            .iter()
            .map(|binding| wgpu::BindGroupEntry {
                binding: binding.binding,
                resource: buffer(binding.name).as_entire_binding(),
            })
            .collect();
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(invocations.div_ceil(shader.workgroup_size[0]), 1, 1);
        }
        self.queue.submit([encoder.finish()]);
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .expect("the device finishes");
    }

    /// What a buffer holds.
    pub(crate) fn read(&self, buffer: &wgpu::Buffer) -> Vec<u8> {
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: buffer.size(),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, buffer.size());
        self.queue.submit([encoder.finish()]);
        staging.map_async(wgpu::MapMode::Read, .., |result| {
            result.expect("the buffer is mapped");
        });
        self.device
            .poll(wgpu::PollType::wait_indefinitely())
            .expect("the device finishes");
        let range = staging.get_mapped_range(..).expect("the buffer is mapped");
        range.to_vec()
    }
}

/// The shader of a stage that is known to exist.
pub(crate) fn shader(name: &str, variant: Arithmetic) -> &'static Shader {
    shader_for(name, variant).unwrap_or_else(|| panic!("no shader {name}"))
}

//! One opened device: buffers, dispatches and results, with every error brought back as a value.

use phalanx_shaders::{BindingKind, Shader};
use std::{
    num::NonZeroU64,
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::Duration,
};

/// What goes wrong on a device.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GpuError {
    /// The adapter gives no device.
    #[error("no device: {0}")]
    NoDevice(String),
    /// The device or its driver reports an error.
    #[error("device error: {0}")]
    Fault(String),
    /// No answer in time.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
}

/// An opened device with its queue.
#[derive(Debug)]
pub struct Device {
    device: wgpu::Device,
    queue: wgpu::Queue,
    /// The first error that the device reported, or the reason of its loss.
    fault: Arc<Mutex<Option<String>>>,
}

impl Device {
    /// Opens an adapter with all limits that it offers.
    pub fn open(adapter: &wgpu::Adapter) -> Result<Self, GpuError> {
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("phalanx"),
            required_limits: adapter.limits(),
            ..Default::default()
        }))
        .map_err(|error| GpuError::NoDevice(error.to_string()))?;
        let fault = Arc::new(Mutex::new(None));
        // Without handlers wgpu panics on the thread that happens to notice.
        let seen = Arc::clone(&fault);
        device.on_uncaptured_error(Arc::new(move |error| note(&seen, error.to_string())));
        let seen = Arc::clone(&fault);
        device.set_device_lost_callback(move |reason, text| {
            note(&seen, format!("device lost ({reason:?}): {text}"));
        });
        Ok(Self {
            device,
            queue,
            fault,
        })
    }

    /// A buffer that holds `bytes`, a multiple of four.
    pub fn buffer(&self, kind: BindingKind, bytes: &[u8]) -> wgpu::Buffer {
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

    /// Compiles a shader. Its bind group layout is that of the shader table, all in group 0.
    pub fn pipeline(&self, shader: &Shader) -> Result<wgpu::ComputePipeline, GpuError> {
        let entries: Vec<_> = shader
            .bindings
            .iter()
            .map(|binding| wgpu::BindGroupLayoutEntry {
                binding: binding.binding,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer {
                    ty: match binding.kind {
                        BindingKind::Uniform => wgpu::BufferBindingType::Uniform,
                        BindingKind::StorageRead => {
                            wgpu::BufferBindingType::Storage { read_only: true }
                        }
                        BindingKind::StorageReadWrite => {
                            wgpu::BufferBindingType::Storage { read_only: false }
                        }
                    },
                    has_dynamic_offset: false,
                    min_binding_size: NonZeroU64::new(u64::from(binding.min_size_bytes)),
                },
                count: None,
            })
            .collect();
        let bind_group_layout =
            self.device
                .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                    label: Some(shader.name),
                    entries: &entries,
                });
        let layout = self
            .device
            .create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: Some(shader.name),
                bind_group_layouts: &[Some(&bind_group_layout)],
                immediate_size: 0,
            });
        let module = self
            .device
            .create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(shader.name),
                source: wgpu::ShaderSource::Wgsl(shader.source.into()),
            });
        let pipeline = self
            .device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(shader.name),
                layout: Some(&layout),
                module: &module,
                entry_point: Some(shader.entry_point),
                compilation_options: Default::default(),
                cache: None,
            });
        self.check()?;
        Ok(pipeline)
    }

    /// Runs `workgroups` workgroups in one dimension over `buffers`, by binding index, and reads `output` back.
    pub fn run(
        &self,
        pipeline: &wgpu::ComputePipeline,
        buffers: &[&wgpu::Buffer],
        workgroups: u32,
        output: &wgpu::Buffer,
        limit: Duration,
    ) -> Result<Vec<u8>, GpuError> {
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: output.size(),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let mut encoder = self.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(workgroups, 1, 1);
        }
        encoder.copy_buffer_to_buffer(output, 0, &staging, 0, output.size());
        let submission = self.queue.submit([encoder.finish()]);
        self.check()?;

        let (send, receive) = mpsc::channel();
        staging.map_async(wgpu::MapMode::Read, .., move |result| {
            // Fails only if the wait below has ended.
            let _ = send.send(result);
        });
        self.device
            .poll(wgpu::PollType::Wait {
                submission_index: Some(submission),
                timeout: Some(limit),
            })
            .map_err(|error| match error {
                wgpu::PollError::Timeout => GpuError::Timeout(limit),
                other => GpuError::Fault(other.to_string()),
            })?;
        self.check()?;
        match receive.try_recv() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(GpuError::Fault(error.to_string())),
            Err(_) => return Err(GpuError::Fault("the result was never mapped".into())),
        }
        let bytes = staging
            .get_mapped_range(..)
            .map_err(|error| GpuError::Fault(error.to_string()))?
            .to_vec();
        Ok(bytes)
    }

    /// The first error reported so far, if any.
    fn check(&self) -> Result<(), GpuError> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault
            .as_ref()
            .map_or(Ok(()), |text| Err(GpuError::Fault(text.clone())))
    }
}

fn note(fault: &Mutex<Option<String>>, text: String) {
    fault
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert(text);
}

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
    /// The device reports success and its results are wrong.
    #[error("wrong result: {0}")]
    Wrong(&'static str),
    /// The device has failed before and gets no more work.
    #[error("the device was put aside: {0}")]
    Aside(String),
    /// Nobody waits for the device any more.
    #[error("the engine has ended")]
    Ended,
    /// No adapter can be used.
    #[error("{0}")]
    NoAdapter(String),
}

/// An opened device with its queue.
#[derive(Debug)]
pub struct Device {
    device: wgpu::Device,
    queue: wgpu::Queue,
    /// The first error that the device reported, or the reason of its loss.
    fault: Arc<Mutex<Option<String>>>,
}

/// What shaders may do besides what every device can, and what else is of use.
pub const WANTED_FEATURES: wgpu::Features =
    wgpu::Features::SHADER_INT64.union(wgpu::Features::PIPELINE_CACHE);

impl Device {
    /// Opens an adapter with all limits that it offers, and those of the [`WANTED_FEATURES`] that it has.
    pub fn open(adapter: &wgpu::Adapter) -> Result<Self, GpuError> {
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: Some("phalanx"),
            required_features: adapter.features() & WANTED_FEATURES,
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
        let buffer = self.empty(kind, bytes.len() as u64);
        self.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    /// A buffer of so many bytes, a multiple of four, all zero.
    pub fn empty(&self, kind: BindingKind, bytes: u64) -> wgpu::Buffer {
        let usage = match kind {
            BindingKind::Uniform => wgpu::BufferUsages::UNIFORM,
            BindingKind::StorageRead | BindingKind::StorageReadWrite => {
                wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC
            }
        };
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes,
            usage: usage | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    }

    /// Compiles a shader. Its bind group layout is that of the shader table, all in group 0.
    ///
    /// Accesses past the end of a buffer are checked on the device, where its driver does not do so by itself. Loops
    /// are not: a counter in each would cost more than many of their bodies.
    pub fn pipeline(
        &self,
        shader: &Shader,
        cache: Option<&wgpu::PipelineCache>,
    ) -> Result<wgpu::ComputePipeline, GpuError> {
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
        let mut checks = wgpu::ShaderRuntimeChecks::checked();
        checks.force_loop_bounding = false;
        let descriptor = wgpu::ShaderModuleDescriptor {
            label: Some(shader.name),
            source: wgpu::ShaderSource::Wgsl(shader.source.into()),
        };
        // SAFETY: the shaders are this program's own, and all of their loops end: each counts a variable of its own up
        // or down to a constant or a number that it reads before it starts, by one or by the number of lanes, which
        // `recover::plan` never makes zero. Lengths of messages come from a buffer, where `keccak::plan` and
        // `levels::Rows` put none above `keccak::LONGEST_MESSAGE_BYTES`.
        let module = unsafe { self.device.create_shader_module_trusted(descriptor, checks) };
        let pipeline = self
            .device
            .create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(shader.name),
                layout: Some(&layout),
                module: &module,
                entry_point: Some(shader.entry_point),
                compilation_options: Default::default(),
                cache,
            });
        self.check()?;
        Ok(pipeline)
    }

    /// The device itself.
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// Its queue.
    pub fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }

    /// A buffer that the host reads.
    pub fn staging(&self, bytes: u64) -> wgpu::Buffer {
        self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes,
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        })
    }

    /// The buffers that a stage takes, in the order of its bindings.
    pub fn group(
        &self,
        pipeline: &wgpu::ComputePipeline,
        buffers: &[&wgpu::Buffer],
    ) -> wgpu::BindGroup {
        let entries: Vec<_> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        })
    }

    /// Puts commands on the queue, whose last copies to the first `bytes` of `staging`; [`read`](Self::read) waits for
    /// them.
    pub fn submit(
        &self,
        commands: wgpu::CommandEncoder,
        staging: &wgpu::Buffer,
        bytes: u64,
    ) -> Result<Submission, GpuError> {
        let index = self.queue.submit([commands.finish()]);
        let (send, mapped) = mpsc::channel();
        staging.map_async(wgpu::MapMode::Read, ..bytes, move |result| {
            // Fails only if nobody waits any more.
            let _ = send.send(result);
        });
        self.check()?;
        Ok(Submission {
            index,
            mapped,
            bytes,
        })
    }

    /// Waits for commands and reads what they copied to `staging`, as words; `None` if they are not through by then.
    pub fn read(
        &self,
        submission: &Submission,
        staging: &wgpu::Buffer,
        wait: Duration,
    ) -> Result<Option<Vec<u32>>, GpuError> {
        let polled = self.device.poll(wgpu::PollType::Wait {
            submission_index: Some(submission.index.clone()),
            timeout: Some(wait),
        });
        self.check()?;
        match polled {
            Ok(_) => {}
            Err(wgpu::PollError::Timeout) => return Ok(None),
            Err(other) => return Err(GpuError::Fault(other.to_string())),
        }
        match submission.mapped.try_recv() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(GpuError::Fault(error.to_string())),
            Err(_) => return Err(GpuError::Fault("the result was never mapped".into())),
        }
        let words = {
            let view = staging
                .get_mapped_range(..submission.bytes)
                .map_err(|error| GpuError::Fault(error.to_string()))?;
            bytemuck::pod_collect_to_vec(&view)
        };
        staging.unmap();
        Ok(Some(words))
    }

    /// The first error reported so far, if any.
    pub fn check(&self) -> Result<(), GpuError> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        fault
            .as_ref()
            .map_or(Ok(()), |text| Err(GpuError::Fault(text.clone())))
    }
}

/// Commands on a device's queue.
#[derive(Debug)]
pub struct Submission {
    index: wgpu::SubmissionIndex,
    mapped: mpsc::Receiver<Result<(), wgpu::BufferAsyncError>>,
    bytes: u64,
}

fn note(fault: &Mutex<Option<String>>, text: String) {
    fault
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get_or_insert(text);
}

//! The stages of a device, each compiled once and kept on disk where the driver lets it be.

use super::{Device, GpuError, Plan, Progress, files};
use phalanx_shaders::{Arithmetic, Shader, shader_for};
use std::{
    collections::HashMap,
    io::{self, IsTerminal},
    path::PathBuf,
    thread,
    time::Instant,
};

/// A compiled stage.
pub(super) struct Stage {
    /// Its entry in the shader table.
    pub(super) shader: &'static Shader,
    /// What the driver made of it.
    pub(super) pipeline: wgpu::ComputePipeline,
}

/// The stages that have been needed so far.
pub(super) struct Pipelines {
    arithmetic: Arithmetic,
    stages: HashMap<&'static str, Stage>,
    cache: Option<wgpu::PipelineCache>,
    /// Where the cache is kept, and for which adapter.
    file: Option<(PathBuf, String)>,
    progress: Progress,
    adapter: String,
}

impl Pipelines {
    /// Reads what an earlier process left under `folder` for this adapter, driver and arithmetic.
    pub(super) fn new(
        adapter: &wgpu::Adapter,
        device: &Device,
        arithmetic: Arithmetic,
        folder: Option<PathBuf>,
        progress: Progress,
    ) -> Self {
        let info = adapter.get_info();
        let key = format!(
            "pipelines {} {:?} {} {:?} {:x} {:x} {} {}",
            env!("CARGO_PKG_VERSION"),
            arithmetic,
            info.name,
            info.backend,
            info.vendor,
            info.device,
            info.driver,
            info.driver_info,
        );
        let offered = device
            .device()
            .features()
            .contains(wgpu::Features::PIPELINE_CACHE);
        let file = folder.filter(|_| offered).map(|folder| (folder, key));
        let cache = file.as_ref().map(|(folder, key)| {
            let data = files::read(folder, key);
            // SAFETY: the data is whole (its hash is checked) and was written by `keep` below for this adapter and
            // driver, from what the driver gave.
            unsafe {
                device
                    .device()
                    .create_pipeline_cache(&wgpu::PipelineCacheDescriptor {
                        label: None,
                        data: data.as_deref(),
                        fallback: true,
                    })
            }
        });
        Self {
            arithmetic,
            stages: HashMap::new(),
            cache,
            file,
            progress,
            adapter: info.name,
        }
    }

    /// Compiles what a plan needs and is not there yet, all at once: drivers take up to seconds for a stage.
    pub(super) fn prepare(&mut self, device: &Device, plan: &Plan) -> Result<(), GpuError> {
        let mut missing: Vec<&'static Shader> = Vec::new();
        for dispatch in &plan.dispatches {
            let name = dispatch.stage;
            let known = self.stages.contains_key(name);
            if known || missing.iter().any(|shader| shader.name == name) {
                continue;
            }
            let shader = shader_for(name, self.arithmetic);
            missing.push(
                shader.ok_or_else(|| GpuError::Fault(format!("the shader {name} is absent")))?,
            );
        }
        if missing.is_empty() {
            return Ok(());
        }
        let start = Instant::now();
        self.tell("first use of the GPU: compiling shaders", plan);
        let compile = |shader: &Shader| {
            let began = Instant::now();
            let pipeline = device.pipeline(shader, self.cache.as_ref());
            self.progress.step();
            let milliseconds = began.elapsed().as_millis();
            tracing::debug!(stage = shader.name, milliseconds, "compiled");
            pipeline
        };
        let compiled: Vec<Result<wgpu::ComputePipeline, GpuError>> = thread::scope(|scope| {
            let threads: Vec<_> = missing
                .iter()
                .map(|shader| scope.spawn(|| compile(shader)))
                .collect();
            let panicked = || GpuError::Fault("the driver's compiler panicked".into());
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err(panicked())))
                .collect()
        });
        for (shader, pipeline) in missing.into_iter().zip(compiled) {
            let pipeline = pipeline?;
            self.stages.insert(shader.name, Stage { shader, pipeline });
        }
        let seconds = start.elapsed().as_secs_f32();
        self.tell(&format!("shaders are compiled, in {seconds:.1} s"), plan);
        self.keep();
        Ok(())
    }

    /// Says why nothing seems to happen: to one who sits at a terminal as a warning, which is shown unless it is filtered
    /// out, and otherwise in passing.
    fn tell(&self, what: &str, plan: &Plan) {
        if io::stderr().is_terminal() {
            tracing::warn!(device = %self.adapter, program = plan.program, "{what}");
        } else {
            tracing::info!(device = %self.adapter, program = plan.program, "{what}");
        }
    }

    /// The stage of a name that a plan was prepared with.
    pub(super) fn get(&self, name: &str) -> Result<&Stage, GpuError> {
        let stage = self.stages.get(name);
        stage.ok_or_else(|| GpuError::Fault(format!("the stage {name} is not compiled")))
    }

    /// Leaves what the driver compiled for later processes. Without it they only start later.
    fn keep(&self) {
        let (Some(cache), Some((folder, key))) = (&self.cache, &self.file) else {
            return;
        };
        if let Some(data) = cache.get_data()
            && let Err(error) = files::write(folder, key, &data)
        {
            tracing::warn!(folder = %folder.display(), %error, "compiled shaders can't be kept");
        }
    }
}

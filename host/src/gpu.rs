//! GPU adapters: which there are, which of them compute what they are told, and the work of batches on one of them.
//!
//! An adapter is believed by its results only: drivers exist that accept a shader, report success and leave the output
//! as it was. Nothing here panics or waits without bound, whatever the driver does short of ending the process.
//!
//! A batch is packed as a [`Plan`] ([`keccak`], [`levels`], [`recover`]) and handed to a device's [`Worker`], whose thread makes
//! every call into the driver. Which device that is, [`select`](select::select) says; it is opened once in a process
//! ([`open`]).

pub mod device;
pub(crate) mod files;
#[doc(hidden)]
pub mod keccak;
#[doc(hidden)]
pub mod levels;
#[doc(hidden)]
pub mod measure;
mod pipelines;
#[doc(hidden)]
pub mod plan;
pub mod probe;
mod queue;
#[doc(hidden)]
pub mod recover;
#[doc(hidden)]
pub mod select;
#[doc(hidden)]
pub mod shared;
#[doc(hidden)]
pub mod worker;

pub use device::{Device, GpuError};
#[doc(hidden)]
pub use plan::{Capacity, Constant, Dispatch, Plan, Upload};
pub use probe::Probe;
use queue::Queue;
#[doc(hidden)]
pub use select::{Request, select};
#[doc(hidden)]
pub use shared::{Opened, open};
#[doc(hidden)]
pub use worker::{Driver, Progress, Ticket, Worker};

use serde::Serialize;
use std::{sync::mpsc, thread, time::Duration};

/// How long drivers may take to name their adapters, and one adapter to answer the probe.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How long an opened device may take for a step: to compile a stage, or to answer a batch. Software adapters compile when
/// they first run, and on the cores that everything else needs.
pub(crate) fn step_limit(kind: &str) -> Duration {
    if kind == "software" {
        6 * TIME_LIMIT
    } else {
        TIME_LIMIT
    }
}

/// An adapter as its driver describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdapterDescription {
    /// Name of the adapter.
    pub name: String,
    /// Interface it is reached by: `vulkan`, `metal` or `dx12`.
    pub backend: String,
    /// Kind of device, in words; `software` renders on the CPU.
    pub kind: &'static str,
    /// Name and version of the driver.
    pub driver: String,
    /// Largest storage buffer binding in bytes.
    pub max_storage_buffer_binding_bytes: u64,
    /// Most workgroups in one dimension of a dispatch.
    pub max_workgroups_per_dimension: u32,
    /// Largest workgroup memory in bytes.
    pub max_workgroup_storage_bytes: u32,
    /// True if shaders may use 64-bit integers.
    pub shader_int64: bool,
    /// True if shaders may use subgroup operations.
    pub subgroup: bool,
}

/// An adapter and what came of the probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AdapterReport {
    /// What the driver says.
    #[serde(flatten)]
    pub description: AdapterDescription,
    /// What it does.
    pub probe: Probe,
}

/// Lists every adapter and runs the probe on each, one after the other.
///
/// No loader, no driver or no device gives an empty list. `limit` bounds the listing and each probe; a driver that is
/// stuck past it leaves its thread behind until the process ends.
pub fn survey(limit: Duration) -> Result<Vec<AdapterReport>, GpuError> {
    let adapters = bounded(limit, adapters)?;
    Ok(adapters
        .into_iter()
        .map(|adapter| {
            let description = describe(&adapter);
            let probe = bounded(limit, move || probe::run(&adapter, limit))
                .unwrap_or_else(|error| Probe::Failed(error.to_string()));
            AdapterReport { description, probe }
        })
        .collect())
}

/// Every adapter that can run compute shaders.
pub fn adapters() -> Vec<wgpu::Adapter> {
    let backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        // Debug layers are the developer's to turn on; in a debug build they would slow and change what is probed.
        flags: wgpu::InstanceFlags::empty(),
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    pollster::block_on(instance.enumerate_adapters(backends))
}

fn describe(adapter: &wgpu::Adapter) -> AdapterDescription {
    let info = adapter.get_info();
    let limits = adapter.limits();
    let features = adapter.features();
    AdapterDescription {
        name: info.name,
        backend: info.backend.to_string(),
        kind: match info.device_type {
            wgpu::DeviceType::DiscreteGpu => "discrete",
            wgpu::DeviceType::IntegratedGpu => "integrated",
            wgpu::DeviceType::VirtualGpu => "virtual",
            wgpu::DeviceType::Cpu => "software",
            wgpu::DeviceType::Other => "other",
        },
        driver: format!("{} {}", info.driver, info.driver_info)
            .trim()
            .to_owned(),
        max_storage_buffer_binding_bytes: limits.max_storage_buffer_binding_size,
        max_workgroups_per_dimension: limits.max_compute_workgroups_per_dimension,
        max_workgroup_storage_bytes: limits.max_compute_workgroup_storage_size,
        shader_int64: features.contains(wgpu::Features::SHADER_INT64),
        subgroup: features.contains(wgpu::Features::SUBGROUP),
    }
}

/// Runs work that may hang or panic inside a driver.
fn bounded<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, GpuError> {
    let (send, receive) = mpsc::channel();
    thread::Builder::new()
        .name("gpu".into())
        .spawn(move || {
            // Fails only if the other side no longer waits.
            let _ = send.send(work());
        })
        .map_err(|error| GpuError::Fault(error.to_string()))?;
    receive.recv_timeout(limit).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => GpuError::Timeout(limit),
        mpsc::RecvTimeoutError::Disconnected => GpuError::Fault("the driver call panicked".into()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounded_work_returns_times_out_or_fails() {
        let long = Duration::from_secs(60);
        assert_eq!(bounded(long, || 7), Ok(7));
        let short = Duration::from_millis(20);
        assert_eq!(
            bounded(short, move || thread::sleep(long)),
            Err(GpuError::Timeout(short))
        );
        assert!(matches!(
            bounded(long, || -> u8 { panic!("expected by the test") }),
            Err(GpuError::Fault(_))
        ));
    }
}

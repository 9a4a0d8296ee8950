//! Devices that a process has opened. Each is opened once and stays: opening takes seconds, and one that was put aside
//! must not come back by another engine.

use super::{Capacity, GpuError, Queue, Request, Worker, select, step_limit};
use phalanx_shaders::Arithmetic;
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// A device and what its driver says of it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The device.
    pub worker: Arc<Worker>,
    /// Adapter, driver and variant, as they are told to users and name files.
    pub title: String,
    /// The variant of its shaders.
    pub arithmetic: Arithmetic,
}

type Answer = Result<Opened, GpuError>;

static ANSWERS: Mutex<Vec<(Request, Answer)>> = Mutex::new(Vec::new());

/// The device that answers a request: opened by the first who asks, while others wait; the same answer ever after.
///
/// `cache` is the folder for compiled shaders, none where nothing is to be kept.
pub fn open(request: &Request, cache: Option<&Path>) -> Answer {
    let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, answer)) = answers.iter().find(|(known, _)| known == request) {
        return answer.clone();
    }
    let answer = start(request, cache, &answers);
    answers.push((request.clone(), answer.clone()));
    answer
}

fn start(request: &Request, cache: Option<&Path>, open: &[(Request, Answer)]) -> Answer {
    let selected = select(request)?;
    let description = selected.description;
    let title = format!(
        "{} ({}, {}), driver {}, {:?} arithmetic",
        description.name,
        description.kind,
        description.backend,
        description.driver,
        selected.arithmetic
    );
    // Another request may have had the same answer.
    let same = |(_, answer): &&(Request, Answer)| {
        answer.as_ref().is_ok_and(|opened| opened.title == title)
    };
    if let Some((_, answer)) = open.iter().find(same) {
        return answer.clone();
    }
    let max_buffer_bytes = selected.adapter.limits().max_buffer_size;
    let capacity = Capacity::of(
        description.kind,
        max_buffer_bytes.min(description.max_storage_buffer_binding_bytes),
        description.max_workgroups_per_dimension,
    );
    let cache = cache.map(Path::to_owned);
    let (adapter, arithmetic) = (selected.adapter, selected.arithmetic);
    let limit = step_limit(description.kind);
    let worker = Worker::start(description.name, limit, move |progress| {
        let queue = Queue::open(&adapter, arithmetic, cache, progress)?;
        Ok((queue, capacity))
    })?;
    tracing::info!(device = %title, "GPU opened");
    Ok(Opened {
        worker: Arc::new(worker),
        title,
        arithmetic,
    })
}

//! The engine behind an opaque handle.

use crate::{
    failure::{Failure, guard},
    memory::{self, Place},
    status::Status,
    types::{Backend, Config},
};
use phalanx::Engine;
use std::ffi::c_char;

/// Does the batches: owns its threads, and device where it uses one. Only ever behind a pointer.
///
/// Any number of threads may use one engine at a time, in any of the calls that take it. Make one and share it: engines
/// don't share threads. An engine does not survive fork() in the child.
#[derive(Debug)]
pub struct EngineHandle {
    engine: Engine,
}

/// The engine of a handle.
///
/// # Safety
///
/// Unless NULL or misaligned, the pointer is from `phalanx_engine_new`, and the engine is not freed until `'a` ends.
pub unsafe fn engine<'a>(pointer: *const EngineHandle) -> Result<&'a Engine, Failure> {
    // SAFETY: promised above; nobody writes an engine.
    Ok(&unsafe { memory::reference("engine", pointer) }?.engine)
}

/// Makes an engine and starts its threads.
///
/// `config` may be NULL: then settings are the defaults with what the environment says (PHALANX_BACKEND, PHALANX_THREADS,
/// PHALANX_GPU, PHALANX_GPU_ARITHMETIC, PHALANX_CACHE). Otherwise the environment is not read. The structure and its
/// texts remain the caller's and are not used after the call.
///
/// On success `*engine` is the new engine, which is the caller's, to be given to `phalanx_engine_free`; on failure it is
/// what it was. Fails with PHALANX_STATUS_UNAVAILABLE where the backend or the threads can't be had: no other is taken
/// in place of one that is asked for by name.
///
/// # Safety
///
/// `config`, unless NULL, is a `phalanx_config` with its `struct_size` set; `engine` is a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_engine_new(
    config: *const Config,
    engine: *mut *mut EngineHandle,
) -> Status {
    guard(|| {
        let out = Place::new("engine", engine, 1)?;
        // SAFETY: promised by the caller.
        let config = unsafe { settings(config) }?;
        let built = Engine::builder().config(config).build();
        let built = built.map_err(|error| Failure::new(Status::Unavailable, chain(&error)))?;
        let handle = Box::into_raw(Box::new(EngineHandle { engine: built }));
        // SAFETY: promised by the caller.
        unsafe { out.write(&[handle]) };
        Ok(())
    })
}

/// Gives an engine back with all that it holds; its threads end by themselves soon after. NULL does nothing.
///
/// No other call may be using the engine, and none may use it afterwards.
///
/// # Safety
///
/// `engine` is NULL or from `phalanx_engine_new`, and is not freed already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_engine_free(engine: *mut EngineHandle) -> Status {
    guard(|| {
        if engine.is_null() {
            return Ok(());
        }
        // SAFETY: promised by the caller; the check is for NULL (done) and alignment.
        unsafe { memory::reference("engine", engine) }?;
        // SAFETY: the pointer came from `Box::into_raw`, and this is the only place that takes it back.
        drop(unsafe { Box::from_raw(engine) });
        Ok(())
    })
}

/// Writes what was chosen, as in "avx512, 2 threads", with a zero at the end.
///
/// `*length` becomes the length of the text without the zero, also where `capacity` (bytes at `text`) is too small: then
/// the status is PHALANX_STATUS_CAPACITY and `text` is not touched, and may be NULL with a capacity of 0. On any other
/// failure nothing is written.
///
/// # Safety
///
/// `engine` is from `phalanx_engine_new`; there is room for `capacity` bytes at `text` and for a `size_t` at `length`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_engine_describe(
    engine: *const EngineHandle,
    text: *mut c_char,
    capacity: usize,
    length: *mut usize,
) -> Status {
    guard(|| {
        // SAFETY: promised by the caller.
        let engine = unsafe { self::engine(engine) }?;
        let room = Place::<u8>::new("text", text.cast(), capacity)?;
        let length = Place::new("length", length, 1)?;
        room.region().apart_from(&length.region())?;
        let threads = engine.threads();
        let plural = if threads == 1 { "" } else { "s" };
        let mut words = format!("{}, {threads} thread{plural}", engine.backend()).into_bytes();
        // SAFETY: promised by the caller.
        unsafe { length.write(&[words.len()]) };
        words.push(0);
        if capacity < words.len() {
            let details = format!("text has {capacity} bytes and takes {}", words.len());
            return Err(Failure::new(Status::Capacity, details));
        }
        let room = Place::<u8>::new("text", text.cast(), words.len())?;
        // SAFETY: promised by the caller.
        unsafe { room.write(&words) };
        Ok(())
    })
}

/// What a configuration asks for.
///
/// # Safety
///
/// As for `phalanx_engine_new`.
unsafe fn settings(pointer: *const Config) -> Result<phalanx::Config, Failure> {
    let invalid = |details: String| Failure::new(Status::InvalidArgument, details);
    if pointer.is_null() {
        return phalanx::Config::from_env().map_err(|error| invalid(chain(&error)));
    }
    // SAFETY: promised by the caller.
    let given = unsafe { memory::config(pointer) }?;
    let backend = Backend::of(given.backend);
    let backend =
        backend.ok_or_else(|| invalid(format!("config->backend is {}", given.backend)))?;
    let threads = given.threads as usize;
    let most = phalanx::Config::MAX_THREADS;
    if threads > most {
        let details = format!("config->threads is {threads}; the most is {most}");
        return Err(invalid(details));
    }
    // SAFETY: promised by the caller.
    let gpu = unsafe { memory::text("config->gpu", given.gpu) }?;
    // SAFETY: promised by the caller.
    let cache = unsafe { memory::text("config->cache", given.cache) }?;
    Ok(phalanx::Config {
        backend,
        threads: (threads > 0).then_some(threads),
        gpu: gpu.map(str::to_owned),
        cache: cache.map(Into::into),
        ..phalanx::Config::default()
    })
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}

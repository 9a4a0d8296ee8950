//! The engine behind an opaque handle.

use crate::{
    failure::{Failure, guard},
    memory::{self, Place, Region},
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

/// What lets any thread use a handle, and any thread free it.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<EngineHandle>();
};

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
/// `config` may be NULL: then settings are the defaults with what the environment says in PHALANX_BACKEND,
/// PHALANX_EXECUTOR, PHALANX_THREADS, PHALANX_GPU, PHALANX_GPU_ARITHMETIC and PHALANX_CACHE. A bad value in any of them is
/// PHALANX_STATUS_INVALID_ARGUMENT, also in PHALANX_EXECUTOR, which nothing here uses. Without PHALANX_CACHE, compiled
/// shaders and measurements are kept in `phalanx` in the user's cache folder: below XDG_CACHE_HOME or HOME (macOS: HOME;
/// Windows: LOCALAPPDATA). No other thread may change the environment meanwhile, of whatever variable: setenv() beside
/// this call is a data race, and so is os.Setenv in a Go program with cgo.
///
/// With any other `config` none of these variables is read; starting threads, and a GPU's driver when one is looked for, may
/// still read some of their own. The structure and its texts remain the caller's and are not used after the call.
///
/// On success `*engine` is the new engine, which is the caller's, to be given to `phalanx_engine_free`; on failure it is
/// what it was. Fails with PHALANX_STATUS_UNAVAILABLE where the backend or the threads can't be had: no other is taken
/// in place of one that is asked for by name.
///
/// # Safety
///
/// `config`, unless NULL, is a `phalanx_config` with its `struct_size` set; `engine` is a place for a pointer; nobody
/// writes the configuration or its texts, or with NULL the environment, or uses `*engine` during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn phalanx_engine_new(
    config: *const Config,
    engine: *mut *mut EngineHandle,
) -> Status {
    guard(|| {
        let out = Place::new("engine", engine, 1)?;
        // SAFETY: promised by the caller.
        let config = unsafe { settings(config, &out.region()) }?;
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

/// What a configuration asks for; empty texts count as unset. It is apart from what is written.
///
/// # Safety
///
/// As for `phalanx_engine_new`.
unsafe fn settings(pointer: *const Config, written: &Region) -> Result<phalanx::Config, Failure> {
    let invalid = |details: String| Failure::new(Status::InvalidArgument, details);
    if pointer.is_null() {
        return phalanx::Config::from_env().map_err(|error| invalid(chain(&error)));
    }
    // SAFETY: promised by the caller.
    let given = unsafe { memory::config(pointer, written) }?;
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
    let gpu = unsafe { memory::text("config->gpu", given.gpu) }?.filter(|name| !name.is_empty());
    // SAFETY: promised by the caller.
    let cache = unsafe { memory::text("config->cache", given.cache) }?;
    let cache = cache.filter(|folder| !folder.is_empty());
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr;

    fn settings_of(config: &Config) -> Result<phalanx::Config, Failure> {
        let mut handle = ptr::null_mut::<EngineHandle>();
        let out = Place::new("engine", &raw mut handle, 1).expect("a place");
        // SAFETY: the configuration and the texts of the tests are there, and nobody writes them.
        unsafe { settings(config, &out.region()) }
    }

    fn config() -> Config {
        Config {
            struct_size: size_of::<Config>(),
            backend: Backend::Portable as u32,
            threads: 0,
            gpu: ptr::null(),
            cache: ptr::null(),
        }
    }

    #[test]
    fn empty_texts_are_unset() {
        let unset = settings_of(&config()).expect("a configuration");
        assert_eq!((&unset.gpu, &unset.cache), (&None, &None));
        let empty = Config {
            gpu: c"".as_ptr(),
            cache: c"".as_ptr(),
            ..config()
        };
        assert_eq!(settings_of(&empty).expect("a configuration"), unset);
        let set = Config {
            gpu: c"RTX".as_ptr(),
            cache: c"/kept".as_ptr(),
            ..config()
        };
        let set = settings_of(&set).expect("a configuration");
        assert_eq!(set.gpu.as_deref(), Some("RTX"));
        assert_eq!(set.cache, Some("/kept".into()));
    }

    #[test]
    fn the_engine_is_not_written_into_its_configuration() {
        let mut config = config();
        let inside = (&raw mut config.gpu).cast::<*mut EngineHandle>();
        // SAFETY: `config` is there and nobody else uses it; the place for the engine is in it.
        let status = unsafe { phalanx_engine_new(&raw const config, inside) };
        assert_eq!(status, Status::Overlap);
        assert_eq!(config.gpu, ptr::null());
    }
}

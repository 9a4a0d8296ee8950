//! What the caller is linked with.

use std::ffi::c_char;

/// Version of this ABI. It is raised when a program compiled with an earlier header might no longer work, and the
/// shared library's name for the loader ends in it.
pub const PHALANX_ABI_VERSION: u32 = 1;

/// The `PHALANX_ABI_VERSION` of the library that runs.
#[unsafe(no_mangle)]
pub extern "C" fn phalanx_abi_version() -> u32 {
    PHALANX_ABI_VERSION
}

/// The version of the library that runs, as in "0.1.0". Never NULL, and the library's own.
#[unsafe(no_mangle)]
pub extern "C" fn phalanx_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

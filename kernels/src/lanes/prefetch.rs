//! Hints at memory that will be read soon. They read nothing and never fault; where Rust names no such instruction, they
//! are nothing.
#![allow(unsafe_code)]

/// Hints that the cache line that `at` points to will be read.
#[inline(always)]
pub(crate) fn prefetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the instruction, which accepts any address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(at.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// Hints that the first 136 bytes of a row will be read.
#[inline(always)]
pub(crate) fn prefetch_row(row: &[u8]) {
    let start = row.as_ptr();
    prefetch(start);
    prefetch(start.wrapping_add(64));
    prefetch(start.wrapping_add(128));
}

/// Bytes in a cache line.
const LINE: usize = 64;

/// Hints that bytes will be read soon, all lines of them. It reads nothing and never fails.
pub fn prefetch_bytes(bytes: &[u8]) {
    for line in bytes.chunks(LINE) {
        prefetch(line.as_ptr());
    }
    if let Some(last) = bytes.last() {
        prefetch(last);
    }
}

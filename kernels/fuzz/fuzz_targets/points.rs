//! Point operations, tables and ladders against affine big integers, at every level.
#![no_main]

use phalanx_kernels::fuzzing;

libfuzzer_sys::fuzz_target!(
    |bytes: &[u8]| fuzzing::levels().for_each(|level| fuzzing::points(level, bytes))
);

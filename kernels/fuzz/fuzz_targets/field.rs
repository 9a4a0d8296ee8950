//! Programs of field operations against big integers, at every level.
#![no_main]

use phalanx_kernels::fuzzing;

libfuzzer_sys::fuzz_target!(
    |bytes: &[u8]| fuzzing::levels().for_each(|level| fuzzing::field(level, bytes))
);

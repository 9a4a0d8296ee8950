//! Batches of signatures against k256, at every level.
#![no_main]

use phalanx_kernels::fuzzing;

libfuzzer_sys::fuzz_target!(
    |bytes: &[u8]| fuzzing::levels().for_each(|level| fuzzing::recovery(level, bytes))
);

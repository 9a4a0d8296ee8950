//! Words, scalars modulo n, inverses and digits against big integers.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| phalanx_kernels::fuzzing::scalars(bytes));

//! CPU twins: for each stage the same computation in plain Rust, on the same buffers in the same layout.

pub mod keccak;
pub mod probe;

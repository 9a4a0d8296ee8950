//! CPU twins: for each stage the same computation in plain Rust, on the same buffers in the same layout.
//!
//! Those of a recovery compute on whole numbers, by the book, with the formulas of their stage: what they write is, word for
//! word, what the stage must write, on any input.

pub mod address;
pub mod affine;
pub mod integer;
pub mod invert_field;
pub mod invert_scalar;
pub mod keccak;
pub mod ladder;
pub mod levels;
pub mod lift;
pub mod multiply;
mod numbers;
mod point;
pub mod probe;
pub mod recovery;
pub mod scalars;
pub mod table;

//! Phalanx beside its rivals: the same inputs for all, and no time taken of an engine whose answers are not right.

pub mod engines;
pub mod workloads;

//! Phalanx beside its rivals: the same inputs for all, and no time taken of an engine whose answers are not right.

pub mod engines;
pub mod measure;
pub mod memory;
pub mod report;
pub mod rows;
pub mod scaling;
pub mod spans;
pub mod workloads;

/// Where real data is: the tests' own helper.
#[path = "../../host/tests/suite/data.rs"]
mod data;

//! Phalanx beside its rivals: the same inputs for all, and no time taken of an engine whose answers are not right.

pub mod engines;
pub mod memory;
pub mod report;
pub mod rows;
pub mod scaling;
pub mod spans;
pub mod workloads;

/// Timing of contenders that take turns.
pub mod measure {
    pub use phalanx::bench::{
        contender::{Answers, Contender},
        measure::{Clock, Pace, take_turns},
        stats::Quartiles,
    };
}

/// Where real data is: the tests' own helper.
#[path = "../../host/tests/suite/data.rs"]
mod data;

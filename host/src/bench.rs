//! `phalanx bench`: Phalanx beside its rivals, for people who want to know what it does on their machine.
//!
//! A [`Plan`] is measured section by section ([`run`]): contenders take turns on the same inputs ([`measure`]), nobody is
//! timed whose answers are not right ([`contender`]), and ratios are of the same round, with an interval that assumes no
//! distribution ([`stats`]). What comes of it is one [`record::Document`], which goes to a terminal, to JSON, and to a
//! page of HTML, and is held against an earlier one.

pub mod compare;
pub mod contender;
mod contest;
mod curves;
pub mod energy;
pub mod engines;
mod field;
mod format;
pub mod html;
pub mod machine;
pub mod measure;
pub mod noise;
mod plan;
pub mod record;
mod sections;
mod sentences;
pub mod stats;
pub mod text;
pub mod workloads;

pub use plan::{BenchError, Plan, Sizes, Step, run};

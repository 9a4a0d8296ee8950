//! Verification of blocks against what is known of their chain and state.
//!
//! Every path leads through the same four steps, each in its own file and each noting its outcomes in one
//! [`BlockVerdict`](crate::verdict::BlockVerdict): [`header`], [`body`], [`senders`], [`execution`]. The paths differ
//! in what they know: [`list`] has blocks alone, [`prestate`] an unproved state, [`stateless`] a witness, [`chain`] a
//! whole state that it carries from block to block. [`groundwork`] is what needs nothing but the block, and may be done
//! before. [`export`], [`era1`] and [`fixture`] feed whole files to a chain, [`case`] takes each input apart to the path
//! that fits it, and [`drive`] sends the parts of all through a [`pipeline`](crate::pipeline).

pub mod accumulator;
pub mod body;
pub mod case;
pub mod chain;
pub mod drive;
pub mod era1;
pub mod execution;
pub mod export;
pub mod fixture;
pub mod groundwork;
pub mod header;
pub mod list;
pub mod prestate;
pub mod report;
pub mod senders;
pub mod stateless;
mod units;

#[cfg(test)]
mod tests;

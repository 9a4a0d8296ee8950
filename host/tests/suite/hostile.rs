//! What a hostile author may hand over: false blocks that must not come out verified, and documents that must neither
//! stop nor exhaust the verifier.

pub(crate) mod corpus;
mod falsehoods;
mod fuzz;
mod limits;
pub(crate) mod small;

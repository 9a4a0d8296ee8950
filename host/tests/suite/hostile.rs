//! What a hostile author may hand over: false blocks that must not come out verified, and documents that must neither
//! stop nor exhaust the verifier.

mod corpus;
mod falsehoods;
mod fuzz;
mod limits;
mod small;

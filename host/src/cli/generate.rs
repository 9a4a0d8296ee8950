//! `phalanx generate`.

use super::{fail, options::GenerateArgs};
use std::process::ExitCode;

/// Writes a chain.
pub fn run(_: &GenerateArgs) -> ExitCode {
    fail("generate", "not in this build")
}

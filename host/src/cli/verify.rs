//! `phalanx verify`.

use super::{fail, options::VerifyArgs};
use std::process::ExitCode;

/// Verifies the inputs named.
pub fn run(_: &VerifyArgs) -> ExitCode {
    fail("verify", "not in this build")
}

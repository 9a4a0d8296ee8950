//! Where the tests find real data, which a user's clone does not have.

use std::{io::Write, path::PathBuf};

/// The path of a file or folder of real test data: below `PHALANX_DATA`, else below `shared/data` beside the project.
///
/// Where it is absent, prints one line naming the test that is skipped and returns `None`; unless
/// `PHALANX_REQUIRE_DATA` is set, as in CI, where absence is a failure.
pub(crate) fn path(test: &str, name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("PHALANX_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("PHALANX_REQUIRE_DATA").is_none(),
        "{test}: {name} is absent and PHALANX_REQUIRE_DATA is set"
    );
    // Not println!, which the test harness keeps to itself when a test passes.
    let line = format!("SKIPPED {test}: no {name} under {}\n", root.display());
    std::io::stderr()
        .write_all(line.as_bytes())
        .expect("standard error takes a line");
    None
}

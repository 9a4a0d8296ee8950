//! Which levels a test runs at.

use super::{Level, LevelName};
use std::io::Write;

/// The level, for the test of that name to run at; where the processor lacks it, prints one line naming the test that is
/// skipped and returns `None`, unless `PHALANX_REQUIRE_LEVELS` (names with commas between) lists the level, which makes
/// absence a failure.
pub(crate) fn level(name: LevelName, test: &str) -> Option<Level> {
    let error = match Level::new(name) {
        Ok(level) => return Some(level),
        Err(error) => error,
    };
    let required = std::env::var("PHALANX_REQUIRE_LEVELS").unwrap_or_default();
    let mut required = required.split(',').map(str::trim);
    assert!(
        !required.any(|required| required == name.to_string()),
        "{test}: {error} and PHALANX_REQUIRE_LEVELS asks for it"
    );
    // Not eprintln!, which the test harness keeps to itself when a test passes.
    let line = format!("SKIPPED {test}: {error}\n");
    std::io::stderr()
        .write_all(line.as_bytes())
        .expect("standard error takes a line");
    None
}

/// Stamps a list of cases for every level: each case is a function of a [`Level`], and becomes the tests
/// `portable::case`, `avx2::case` and `avx512::case`.
macro_rules! at_every_level {
    ($($case:ident),+ $(,)?) => {
        $crate::level::testing::at_every_level!(@ portable Portable $($case)+);
        $crate::level::testing::at_every_level!(@ avx2 Avx2 $($case)+);
        $crate::level::testing::at_every_level!(@ avx512 Avx512 $($case)+);
    };
    (@ $module:ident $name:ident $($case:ident)+) => {
        mod $module {
            $(
                #[test]
                fn $case() {
                    let test = concat!(module_path!(), "::", stringify!($case));
                    let name = $crate::LevelName::$name;
                    if let Some(level) = $crate::level::testing::level(name, test) {
                        super::$case(level);
                    }
                }
            )+
        }
    };
}

pub(crate) use at_every_level;

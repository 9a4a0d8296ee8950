//! Each layer against its oracle, driven by bytes: the fuzz targets' way in, and property tests take it too.

pub use crate::{
    keccak::fuzzing::keccak,
    secp256k1::fuzzing::{field, points, recovery, scalars},
};

use crate::{Level, LevelName};

/// Every level that this machine has.
pub fn levels() -> impl Iterator<Item = Level> {
    [LevelName::Portable, LevelName::Avx2, LevelName::Avx512]
        .into_iter()
        .filter_map(|name| Level::new(name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::testing::at_every_level;
    use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

    at_every_level!(
        programs_of_the_field,
        programs_of_points,
        batches_of_signatures,
        batches_of_messages,
    );

    /// A layer on random bytes, so many times.
    #[track_caller]
    fn check(cases: u32, most: usize, layer: impl Fn(&[u8])) {
        let mut runner = TestRunner::new(ProptestConfig::with_cases(cases));
        let bytes = vec(any::<u8>(), 0..most);
        let result = runner.run(&bytes, |bytes| {
            layer(&bytes);
            Ok(())
        });
        result.expect("the layer agrees with its oracle");
    }

    fn programs_of_the_field(level: Level) {
        check(400, 600, |bytes| field(level, bytes));
    }

    fn programs_of_points(level: Level) {
        check(60, 400, |bytes| points(level, bytes));
    }

    fn batches_of_signatures(level: Level) {
        check(60, 1500, |bytes| recovery(level, bytes));
    }

    fn batches_of_messages(level: Level) {
        check(400, 600, |bytes| keccak(level, bytes));
    }

    #[test]
    fn numbers_and_scalars() {
        check(1000, 800, scalars);
    }
}

//! The multiples of G and of 2^128·G that the ladder adds.

use super::{
    field::Packed,
    glv::GENERATOR_WINDOW,
    words::{Words, from_be_bytes},
};
use k256::{
    AffinePoint, ProjectivePoint,
    elliptic_curve::{BatchNormalize, point::AffineCoordinates},
};
use std::sync::LazyLock;

/// Multiples up to here are in a table: the absolute values of digits.
const MULTIPLES: usize = 1 << (GENERATOR_WINDOW - 1);

/// Two tables of 1 MiB, computed at first use.
pub(super) static TABLES: LazyLock<[Vec<Packed>; 2]> = LazyLock::new(|| {
    let mut high = ProjectivePoint::GENERATOR;
    for _ in 0..128 {
        high = high.double();
    }
    [table(ProjectivePoint::GENERATOR), table(high)]
});

/// x and y of the multiples of G from 0 to 2^14, and then of 2^128·G, for devices that keep the tables themselves.
/// Multiple 0 stands for a point that is not looked at: it holds the one of multiple 1.
pub fn generator_table() -> impl Iterator<Item = [Words; 2]> {
    TABLES.iter().flatten().map(|point| [point.x, point.y])
}

/// The multiples of a point by index. Index 0, which digits of value zero look at and leave out, holds the point itself.
fn table(point: ProjectivePoint) -> Vec<Packed> {
    let mut multiples = vec![point; MULTIPLES + 1];
    for i in 2..=MULTIPLES {
        multiples[i] = multiples[i - 1] + point;
    }
    ProjectivePoint::batch_normalize_vartime(multiples.as_slice())
        .iter()
        .map(packed)
        .collect()
}

/// A point that is not infinity.
pub(super) fn packed(point: &AffinePoint) -> Packed {
    let words = |bytes: k256::FieldBytes| -> Words { from_be_bytes(&bytes.into()) };
    Packed {
        x: words(point.x()),
        y: words(point.y()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k256::Scalar;

    /// Each entry from the one before and some from scratch, each table by the scalar it belongs to.
    #[test]
    fn entries_are_the_multiples() {
        let two_128 = Scalar::from(u128::MAX) + Scalar::ONE;
        for (table, unit) in TABLES.iter().zip([Scalar::ONE, two_128]) {
            assert_eq!(table.len(), MULTIPLES + 1);
            assert_eq!(table[0], table[1]);
            for i in (1..=MULTIPLES).step_by(337).chain([2, 3, MULTIPLES]) {
                let multiple = ProjectivePoint::GENERATOR * (unit * Scalar::from(i as u64));
                assert_eq!(table[i], packed(&multiple.to_affine()), "{i}");
            }
        }
    }
}

//! What tests and fuzz targets share: big integers into lanes and out again, and the fields that a level computes with.
//!
//! - `oracle`: the slow and obvious arithmetic that every layer is held against.
//! - `points`: points in lanes beside what they must be.
//! - `reader`: numbers and points out of bytes, those at the ends of ranges far more often than chance has them.
//! - `samples`: lists of the latter.

pub(in crate::secp256k1) mod oracle;
pub(in crate::secp256k1) mod points;
pub(in crate::secp256k1) mod reader;
#[cfg(test)]
pub(in crate::secp256k1) mod samples;

use super::{
    field::{Field, Packed},
    words::{Words, to_be_bytes},
};
use num_bigint::BigUint;

/// Calls a function that is generic over the field for each field that the level's recoveries compute with, its proof
/// first.
macro_rules! for_fields {
    ($level:expr, $case:ident $(, $argument:expr)* $(,)?) => {{
        use $crate::{level::Built, secp256k1::field::portable::Portable};
        #[cfg(target_arch = "x86_64")]
        use $crate::secp256k1::field::{avx2::Avx2, avx512::Avx512, wide::Wide};
        match $level.0 {
            Built::Portable => $case::<Portable>(() $(, $argument)*),
            #[cfg(target_arch = "x86_64")]
            Built::Avx2(proof) => $case::<Avx2>(proof $(, $argument)*),
            #[cfg(target_arch = "x86_64")]
            Built::Avx512(proof) => {
                $case::<Avx512>(proof $(, $argument)*);
                $case::<Wide<Avx512, 2>>(proof $(, $argument)*);
            }
        }
    }};
}

pub(in crate::secp256k1) use for_fields;

pub(in crate::secp256k1) fn big(words: &Words) -> BigUint {
    BigUint::from_bytes_be(&to_be_bytes(words))
}

/// The words of a number below 2^256.
pub(in crate::secp256k1) fn words(number: &BigUint) -> Words {
    let mut words = [0; 4];
    let digits = number.to_u64_digits();
    words[..digits.len()].copy_from_slice(&digits);
    words
}

/// Number `i` in lane `i`; each below p.
pub(in crate::secp256k1) fn into_lanes<F: Field>(proof: F::Proof, numbers: &[BigUint]) -> F {
    let lines: Vec<Packed> = numbers
        .iter()
        .map(|number| Packed {
            x: words(number),
            y: [0; 4],
        })
        .collect();
    assert_eq!(lines.len(), F::LANES);
    F::vectorize(
        proof,
        #[inline(always)]
        || F::load(proof, |lane| &lines[lane]).0,
    )
}

/// The number in each lane: below p, whatever the limbs were.
pub(in crate::secp256k1) fn out_of_lanes<F: Field>(proof: F::Proof, value: F) -> Vec<BigUint> {
    let mut lines = vec![Packed::default(); F::LANES];
    F::vectorize(
        proof,
        #[inline(always)]
        || {
            let value = value.canonical();
            F::store(value, value, &mut lines);
        },
    );
    let numbers = lines.iter().map(|line| {
        assert_eq!(line.x, line.y);
        big(&line.x)
    });
    let numbers: Vec<BigUint> = numbers.collect();
    assert!(numbers.iter().all(|number| *number < oracle::p()));
    numbers
}

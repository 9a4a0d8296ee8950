//! Signatures to test with.

use k256::{
    ProjectivePoint, Scalar, U256,
    elliptic_curve::{PrimeField, point::AffineCoordinates},
};
use phalanx_kernels::{RecoverInput, SRule, curve};

/// A stream of numbers from a seed (SplitMix64).
pub(crate) struct Stream(pub(crate) u64);

impl Stream {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for eight in bytes.as_chunks_mut::<8>().0 {
            *eight = self.next().to_be_bytes();
        }
        bytes
    }

    /// A scalar below 2^255.
    pub(crate) fn scalar(&mut self) -> Scalar {
        let mut bytes = self.bytes();
        bytes[0] >>= 1;
        scalar(&bytes)
    }
}

pub(crate) fn scalar(bytes: &[u8; 32]) -> Scalar {
    Scalar::from_repr((*bytes).into()).expect("below n")
}

pub(crate) fn lambda() -> Scalar {
    scalar(&number_bytes(&curve::LAMBDA))
}

pub(crate) fn power_of_two(exponent: u32) -> Scalar {
    (0..exponent).fold(Scalar::ONE, |power, _| power + power)
}

/// Big-endian bytes of a number of words.
pub(crate) fn number_bytes(words: &curve::Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (eight, word) in bytes
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip(words.iter().rev())
    {
        *eight = word.to_be_bytes();
    }
    bytes
}

/// The signature with R = k·G that makes a recovery compute u1·G + u2·R.
pub(crate) fn crafted(k: Scalar, u1: Scalar, u2: Scalar) -> RecoverInput {
    let point = (ProjectivePoint::GENERATOR * k).to_affine();
    let r = Scalar::from_repr(point.x()).expect("x below n, as nearly all are");
    RecoverInput {
        prehash: (-(u1 * r)).to_bytes().into(),
        r: r.to_bytes().into(),
        s: (u2 * r).to_bytes().into(),
        y_parity: bool::from(point.y_is_odd()).into(),
        s_rule: SRule::Any,
    }
}

/// Ordinary signatures.
pub(crate) fn ordinary(count: usize, seed: u64) -> Vec<RecoverInput> {
    let mut stream = Stream(seed);
    (0..count)
        .map(|_| crafted(stream.scalar(), stream.scalar(), stream.scalar()))
        .collect()
}

/// Any bytes at all: about half of them are no points.
pub(crate) fn random(count: usize, seed: u64) -> Vec<RecoverInput> {
    let mut stream = Stream(seed);
    (0..count)
        .map(|i| RecoverInput {
            prehash: stream.bytes(),
            r: stream.bytes(),
            s: stream.bytes(),
            y_parity: (stream.next() % 2) as u8,
            s_rule: [SRule::Any, SRule::Low][i % 2],
        })
        .collect()
}

/// Every pair of values at the ends of the ranges of r and s, with prehashes and recovery ids at theirs.
pub(crate) fn ends() -> Vec<RecoverInput> {
    let near = |words: &curve::Words| {
        let middle = U256::from_be_slice(&number_bytes(words));
        [-2i64, -1, 0, 1].map(|offset| {
            let step = U256::from(offset.unsigned_abs());
            let number = match offset < 0 {
                true => middle.wrapping_sub(&step),
                false => middle.wrapping_add(&step),
            };
            number.to_be_bytes().into()
        })
    };
    let mut values: Vec<[u8; 32]> = [
        curve::N,
        curve::HALF_N,
        curve::P,
        [0; 4],
        curve::GENERATOR_X,
    ]
    .iter()
    .flat_map(near)
    .collect();
    values.extend((2..6u64).map(|small| number_bytes(&[small, 0, 0, 0])));
    let mut inputs = Vec::new();
    for r in &values {
        for s in &values {
            let i = inputs.len();
            inputs.push(RecoverInput {
                prehash: values[i % values.len()],
                r: *r,
                s: *s,
                y_parity: [0, 1, 0, 1, 2, 0, 1, 255][i % 8],
                s_rule: [SRule::Any, SRule::Low, SRule::Any][i % 3],
            });
        }
    }
    inputs
}

/// Signatures whose sums meet equal or opposite points, with R = ±k·G and ±kλ·G for small k, or whose key is the point at
/// infinity.
pub(crate) fn exceptions() -> Vec<RecoverInput> {
    let random = Stream(3).scalar();
    let mut inputs = Vec::new();
    for k in (1..=20).chain([31, 32, 33, 16_383, 16_384]) {
        let k = Scalar::from(k as u64);
        for unit in [Scalar::ONE, lambda(), lambda() * lambda()] {
            for k in [unit * k, -unit * k] {
                for (u1, u2) in [
                    (random, random),
                    (Scalar::ONE, Scalar::ONE),
                    (-k, Scalar::ONE),
                    (-k * random, random),
                    (random, -Scalar::ONE),
                    (Scalar::ZERO, random),
                    (Scalar::ZERO, lambda()),
                ] {
                    inputs.push(crafted(k, u1, u2));
                }
            }
        }
    }
    // At each window of the generator's tables: the sum so far is ± what is added there, and more is added below.
    for half in [0, 128] {
        for j in 0..9 {
            let place = power_of_two(15 * j);
            for d in [1u64, 2, 16, 337, 16_383] {
                let k = Scalar::from(d) * power_of_two(half);
                let low = Scalar::from(u64::from(j > 0) * 5);
                inputs.push(crafted(k, k * place + low, place));
                inputs.push(crafted(k, -k * place + low, place + low));
            }
        }
    }
    inputs
}

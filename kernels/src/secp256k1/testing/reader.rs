//! Numbers and points out of bytes. Bytes past the end are zeros, so that any bytes mean something.

use super::oracle::{Point, p};
use num_bigint::BigUint;
use std::sync::LazyLock;

/// What is left of the bytes.
pub(in crate::secp256k1) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(in crate::secp256k1) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(in crate::secp256k1) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(in crate::secp256k1) fn byte(&mut self) -> u8 {
        let [byte] = self.bytes();
        byte
    }

    pub(in crate::secp256k1) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_at(N.min(self.0.len()));
        self.0 = rest;
        let mut bytes = [0; N];
        bytes[..taken.len()].copy_from_slice(taken);
        bytes
    }

    /// A mask of lanes.
    pub(in crate::secp256k1) fn mask(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    /// A number below the modulus: any; small; a few bits anywhere; or with limbs of zeros and ones only, in the radix of
    /// one level or another. Then perhaps a little more, and negated.
    pub(in crate::secp256k1) fn number(&mut self, modulus: &BigUint) -> BigUint {
        let shape = self.byte();
        let number = match shape % 8 {
            0 | 1 => BigUint::from_bytes_be(&self.bytes::<32>()),
            2 => BigUint::from(self.byte()),
            3 => ones(26, u16::from_le_bytes(self.bytes())),
            4 => ones(64, self.byte().into()),
            5 => BigUint::from(self.byte()) << self.byte(),
            _ => ones(52, self.byte().into()),
        };
        let number = (number + (shape >> 3 & 0b1111)) % modulus;
        if shape >> 7 == 1 {
            (modulus - number) % modulus
        } else {
            number
        }
    }

    /// A point that is not infinity: a small multiple of G, which others meet often, or one with a chosen coordinate;
    /// multiplied by λ or negated.
    pub(in crate::secp256k1) fn point(&mut self) -> Point {
        let shape = self.byte();
        let small = || MULTIPLES[usize::from(shape >> 4)].clone();
        let point = match shape % 4 {
            0 => Point::with_x(&self.number(&p()), false).unwrap_or_else(small),
            1 => Point::with_y(&self.number(&p())).unwrap_or_else(small),
            2 => small().times_lambda(),
            _ => small(),
        };
        if shape & 4 == 0 {
            point
        } else {
            point.negate()
        }
    }
}

/// 1·G to 16·G.
static MULTIPLES: LazyLock<Vec<Point>> = LazyLock::new(|| {
    let generator = Point::generator();
    let next = |point: &Point| Some(point.add(&generator));
    std::iter::successors(Some(generator.clone()), next)
        .take(16)
        .collect()
});

/// The number below 2^260 with ones in the limbs of the mask.
fn ones(width: u32, mask: u16) -> BigUint {
    let limb = (BigUint::from(1u8) << width) - 1u8;
    let count = 260 / width;
    (0..16.min(count))
        .filter(|i| mask >> i & 1 == 1)
        .map(|i| &limb << (width * i))
        .sum()
}

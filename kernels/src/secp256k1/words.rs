//! Whole numbers of 256 bits as four 64-bit words, lowest first.

use super::{curve, field::Packed};

pub(super) use super::curve::{HALF_N, N, P, Words};

/// The point that signatures start from.
pub(super) const GENERATOR: Packed = Packed {
    x: curve::GENERATOR_X,
    y: curve::GENERATOR_Y,
};

pub(super) fn from_be_bytes(bytes: &[u8; 32]) -> Words {
    let mut words = [0; 4];
    for (word, eight) in words.iter_mut().rev().zip(bytes.as_chunks().0) {
        *word = u64::from_be_bytes(*eight);
    }
    words
}

pub(super) fn to_be_bytes(words: &Words) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (word, eight) in words.iter().rev().zip(bytes.as_chunks_mut().0) {
        *eight = word.to_be_bytes();
    }
    bytes
}

pub(super) fn is_zero(a: &Words) -> bool {
    a.iter().all(|&word| word == 0)
}

/// a - b modulo 2^256, and whether it went below zero.
#[inline]
pub(super) fn sub(a: &Words, b: &Words) -> (Words, bool) {
    let mut difference = [0; 4];
    let mut borrow = false;
    for i in 0..4 {
        (difference[i], borrow) = a[i].borrowing_sub(b[i], borrow);
    }
    (difference, borrow)
}

/// Whether a < b.
#[inline]
pub(super) fn less(a: &Words, b: &Words) -> bool {
    sub(a, b).1
}

/// a·b + c + d, which never exceeds 128 bits: low word, high word.
#[inline(always)]
pub(super) fn mul_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (sum as u64, (sum >> 64) as u64)
}

/// The product of two numbers, in full.
#[inline]
pub(super) fn mul(a: &Words, b: &Words) -> [u64; 8] {
    let mut product = [0; 8];
    for i in 0..4 {
        let mut carry = 0;
        for j in 0..4 {
            (product[i + j], carry) = mul_add(a[i], b[j], product[i + j], carry);
        }
        product[i + 4] = carry;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_agree_with_each_other() {
        // 2·(n-1)/2 + 1 = n.
        let (rest, below) = sub(&N, &HALF_N);
        assert!(!below);
        assert_eq!(sub(&rest, &HALF_N), ([1, 0, 0, 0], false));
        assert!(less(&N, &P));
        assert_eq!(sub(&[0; 4], &P), ([0x1_0000_03d1, 0, 0, 0], true));
    }

    #[test]
    fn bytes_round_trip() {
        let bytes = std::array::from_fn(|i| i as u8);
        let words = from_be_bytes(&bytes);
        assert_eq!(words[0], 0x1819_1a1b_1c1d_1e1f);
        assert_eq!(words[3], 0x0001_0203_0405_0607);
        assert_eq!(to_be_bytes(&words), bytes);
    }
}

//! Whole numbers of 256 bits as four 64-bit words, lowest first.

use super::field::Packed;

/// A number below 2^256.
pub(super) type Words = [u64; 4];

/// The order of the group.
pub(super) const N: Words = [
    0xbfd2_5e8c_d036_4141,
    0xbaae_dce6_af48_a03b,
    0xffff_ffff_ffff_fffe,
    0xffff_ffff_ffff_ffff,
];

/// The order of the field.
pub(super) const P: Words = [
    0xffff_fffe_ffff_fc2f,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];

/// (n-1)/2, the largest s of the low half.
pub(super) const HALF_N: Words = [
    0xdfe9_2f46_681b_20a0,
    0x5d57_6e73_57a4_501d,
    0xffff_ffff_ffff_ffff,
    0x7fff_ffff_ffff_ffff,
];

/// The point that signatures start from.
pub(super) const GENERATOR: Packed = Packed {
    x: [
        0x59f2_815b_16f8_1798,
        0x029b_fcdb_2dce_28d9,
        0x55a0_6295_ce87_0b07,
        0x79be_667e_f9dc_bbac,
    ],
    y: [
        0x9c47_d08f_fb10_d4b8,
        0xfd17_b448_a685_5419,
        0x5da4_fbfc_0e11_08a8,
        0x483a_da77_26a3_c465,
    ],
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

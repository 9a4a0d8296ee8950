//! Whole numbers of 256 and 512 bits, 64-bit words, lowest first, and Montgomery's reduction modulo p with radix 2^256.
//!
//! p is below 2^254: the sum of two numbers below p needs no fifth word, and neither does any intermediate sum of a
//! reduction.

pub(super) type Words = [u64; 4];

/// A product before its reduction.
pub(super) type Wide = [u64; 8];

/// The field's prime, 36u⁴ + 36u³ + 24u² + 6u + 1 for the curve's parameter u.
pub(super) const P: Words = [
    0x3c20_8c16_d87c_fd47,
    0x9781_6a91_6871_ca8d,
    0xb850_45b6_8181_585d,
    0x3064_4e72_e131_a029,
];

/// 1/p modulo 2^64: an odd number is its own inverse to three bits, and each round doubles them.
const INVERSE_P: u64 = {
    let mut inverse = P[0];
    let mut bits = 3;
    while bits < 64 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(P[0].wrapping_mul(inverse)));
        bits *= 2;
    }
    inverse
};

/// 2^256 modulo p.
pub(super) const RADIX: Words = shifted([1, 0, 0, 0], 256);

/// 2^512 modulo p.
pub(super) const RADIX_SQUARED: Words = shifted(RADIX, 256);

/// 2^768 modulo p.
pub(super) const RADIX_CUBED: Words = shifted(RADIX_SQUARED, 256);

/// a·2^bits modulo p, by doublings, for a below p: for constants.
pub(super) const fn shifted(mut a: Words, mut bits: u32) -> Words {
    while bits > 0 {
        a = [
            a[0] << 1,
            a[1] << 1 | a[0] >> 63,
            a[2] << 1 | a[1] >> 63,
            a[3] << 1 | a[2] >> 63,
        ];
        let mut less = [0; 4];
        let mut borrow = 0;
        let mut i = 0;
        while i < 4 {
            let difference = a[i] as i128 - P[i] as i128 + borrow;
            less[i] = difference as u64;
            borrow = difference >> 64;
            i += 1;
        }
        if borrow == 0 {
            a = less;
        }
        bits -= 1;
    }
    a
}

/// a + b, below 2^256.
#[inline(always)]
pub(super) fn add(a: &Words, b: &Words) -> Words {
    let (w0, carry) = a[0].overflowing_add(b[0]);
    let (w1, carry) = a[1].carrying_add(b[1], carry);
    let (w2, carry) = a[2].carrying_add(b[2], carry);
    let (w3, _) = a[3].carrying_add(b[3], carry);
    [w0, w1, w2, w3]
}

/// a - b modulo 2^256, and whether it went below zero.
#[inline(always)]
pub(super) fn sub(a: &Words, b: &Words) -> (Words, bool) {
    let (w0, borrow) = a[0].overflowing_sub(b[0]);
    let (w1, borrow) = a[1].borrowing_sub(b[1], borrow);
    let (w2, borrow) = a[2].borrowing_sub(b[2], borrow);
    let (w3, borrow) = a[3].borrowing_sub(b[3], borrow);
    ([w0, w1, w2, w3], borrow)
}

/// a + b modulo p, of numbers below p, the second of which may be p.
///
/// As a - (p - b): compilers keep chains of borrows where they would turn a comparison with p into more.
#[inline(always)]
pub(super) fn add_modulo(a: &Words, b: &Words) -> Words {
    sub_modulo(a, &sub(&P, b).0)
}

/// a - b modulo p, of numbers below p, the second of which may be p.
#[inline(always)]
pub(super) fn sub_modulo(a: &Words, b: &Words) -> Words {
    lift(sub(a, b).0)
}

/// a/2 modulo p, of a number below 3p: below 2p, and below p if a is.
#[inline(always)]
pub(super) fn halve_modulo(a: &Words) -> Words {
    let [w0, w1, w2, w3] = add(a, &p_if_negative(a[0] << 63));
    [
        w0 >> 1 | w1 << 63,
        w1 >> 1 | w2 << 63,
        w2 >> 1 | w3 << 63,
        w3 >> 1,
    ]
}

/// A number from -p to p - 1, modulo 2^256, brought to 0 to p - 1: without a branch, as no one foresees its sign.
#[inline(always)]
fn lift(a: Words) -> Words {
    add(&a, &p_if_negative(a[3]))
}

/// p where the highest bit is set, else zero.
#[inline(always)]
fn p_if_negative(top: u64) -> Words {
    let mask = (top as i64 >> 63) as u64;
    [P[0] & mask, P[1] & mask, P[2] & mask, P[3] & mask]
}

/// The product of two numbers.
#[inline(always)]
pub(super) fn mul(a: &Words, b: &Words) -> Wide {
    let mut product = [0; 8];
    let mut sum = [0u64; 4];
    for i in 0..4 {
        // The row by itself first: two chains of carries are shorter than one addition with two carries a word.
        let [r0, r1, r2, r3, r4] = row(a[i], b);
        let (s0, c) = sum[0].overflowing_add(r0);
        let (s1, c) = sum[1].carrying_add(r1, c);
        let (s2, c) = sum[2].carrying_add(r2, c);
        let (s3, c) = sum[3].carrying_add(r3, c);
        product[i] = s0;
        sum = [s1, s2, s3, r4 + u64::from(c)];
    }
    product[4..].copy_from_slice(&sum);
    product
}

/// The number times itself: the products of unequal words once, doubled.
#[inline(always)]
pub(super) fn square(a: &Words) -> Wide {
    let wide = |i: usize, j: usize| u128::from(a[i]) * u128::from(a[j]);
    let (low, high) = (|x: u128| x as u64, |x: u128| (x >> 64) as u64);
    let (p01, p02, p03) = (wide(0, 1), wide(0, 2), wide(0, 3));
    let (p12, p13, p23) = (wide(1, 2), wide(1, 3), wide(2, 3));
    // Words 1 to 6 of the sum: 01, 03, 23 lie end to end, then 02 and 13, then 12.
    let (w2, c) = high(p01).overflowing_add(low(p02));
    let (w3, c) = low(p03).carrying_add(high(p02), c);
    let (w4, c) = high(p03).carrying_add(low(p13), c);
    let (w5, c) = low(p23).carrying_add(high(p13), c);
    let (w6, _) = high(p23).carrying_add(0, c);
    let (w3, c) = w3.overflowing_add(low(p12));
    let (w4, c) = w4.carrying_add(high(p12), c);
    let (w5, c) = w5.carrying_add(0, c);
    let (w6, _) = w6.carrying_add(0, c);
    let w1 = low(p01);
    let doubled = [
        w1 << 1,
        w2 << 1 | w1 >> 63,
        w3 << 1 | w2 >> 63,
        w4 << 1 | w3 >> 63,
        w5 << 1 | w4 >> 63,
        w6 << 1 | w5 >> 63,
        w6 >> 63,
    ];
    let (p00, p11, p22, p33) = (wide(0, 0), wide(1, 1), wide(2, 2), wide(3, 3));
    let (w1, c) = doubled[0].overflowing_add(high(p00));
    let (w2, c) = doubled[1].carrying_add(low(p11), c);
    let (w3, c) = doubled[2].carrying_add(high(p11), c);
    let (w4, c) = doubled[3].carrying_add(low(p22), c);
    let (w5, c) = doubled[4].carrying_add(high(p22), c);
    let (w6, c) = doubled[5].carrying_add(low(p33), c);
    let (w7, _) = doubled[6].carrying_add(high(p33), c);
    [low(p00), w1, w2, w3, w4, w5, w6, w7]
}

/// a/2^256 modulo p, below p, for a below p·2^256.
#[inline(always)]
pub(super) fn reduce(a: &Wide) -> Words {
    let mut rest = [a[0], a[1], a[2], a[3]];
    let mut below = false;
    for &next in &a[4..] {
        // Less the multiple of p that makes the lowest word zero, and drop that word.
        let quotient = rest[0].wrapping_mul(INVERSE_P);
        let [_, r1, r2, r3, r4] = row(quotient, &P);
        let (w0, borrow) = rest[1].overflowing_sub(r1);
        let (w1, borrow) = rest[2].borrowing_sub(r2, borrow);
        let (w2, borrow) = rest[3].borrowing_sub(r3, borrow);
        let (w3, borrow) = next.borrowing_sub(r4 + u64::from(below), borrow);
        below = borrow;
        rest = [w0, w1, w2, w3];
    }
    // The quotients are a number below 2^256, times p: what is left is above -p, and below p as a/2^256 is.
    lift(rest)
}

/// a·b.
#[inline(always)]
fn row(a: u64, b: &Words) -> [u64; 5] {
    let wide = |j: usize| {
        let product = u128::from(a) * u128::from(b[j]);
        (product as u64, (product >> 64) as u64)
    };
    let ((l0, h0), (l1, h1), (l2, h2), (l3, h3)) = (wide(0), wide(1), wide(2), wide(3));
    let (r1, c) = l1.overflowing_add(h0);
    let (r2, c) = l2.carrying_add(h1, c);
    let (r3, c) = l3.carrying_add(h2, c);
    [l0, r1, r2, r3, h3 + u64::from(c)]
}

/// a + b, below 2^512.
#[inline(always)]
pub(super) fn add_wide(a: &Wide, b: &Wide) -> Wide {
    let mut sum = [0; 8];
    let mut carry = false;
    for i in 0..8 {
        (sum[i], carry) = a[i].carrying_add(b[i], carry);
    }
    sum
}

/// a - b modulo 2^512.
#[inline(always)]
pub(super) fn sub_wide(a: &Wide, b: &Wide) -> Wide {
    let mut difference = [0; 8];
    let mut borrow = false;
    for i in 0..8 {
        (difference[i], borrow) = a[i].borrowing_sub(b[i], borrow);
    }
    difference
}

/// a - b, and p·2^256 more where that is negative, for numbers below p·2^256.
#[inline(always)]
pub(super) fn sub_wide_modulo(a: &Wide, b: &Wide) -> Wide {
    let [w0, w1, w2, w3, w4, w5, w6, w7] = sub_wide(a, b);
    let [w4, w5, w6, w7] = lift([w4, w5, w6, w7]);
    [w0, w1, w2, w3, w4, w5, w6, w7]
}

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

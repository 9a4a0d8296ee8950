//! Numbers as tables hold them, a row of four words each, to halves in lanes and back.

use super::*;

/// Four rows of four words to four columns, and back.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn transpose(r: [__m256i; 4]) -> [__m256i; 4] {
    let even = vector!(_mm256_unpacklo_epi64(r[0], r[1]));
    let odd = vector!(_mm256_unpackhi_epi64(r[0], r[1]));
    let even_above = vector!(_mm256_unpacklo_epi64(r[2], r[3]));
    let odd_above = vector!(_mm256_unpackhi_epi64(r[2], r[3]));
    [
        vector!(_mm256_permute2x128_si256::<0x20>(even, even_above)),
        vector!(_mm256_permute2x128_si256::<0x20>(odd, odd_above)),
        vector!(_mm256_permute2x128_si256::<0x31>(even, even_above)),
        vector!(_mm256_permute2x128_si256::<0x31>(odd, odd_above)),
    ]
}

/// What is taken from half an odd number, with (p-1)/2 = 2^255 - this.
pub(super) const HALF_FOLD: u64 = 0x8000_01e9;

/// From the words of x below p, x/2: for x = 2q + b that is q - b·(p-1)/2.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn from_words(w: [__m256i; 4]) -> Avx2 {
    let limb = word(LIMB);
    let odd = and(w[0], word(1));
    let q0 = and(right::<1>(w[0]), limb);
    let q1 = and(or(right::<52>(w[0]), left::<12>(w[1])), limb);
    let q2 = and(or(right::<39>(w[1]), left::<25>(w[2])), limb);
    let q3 = and(or(right::<26>(w[2]), left::<38>(w[3])), limb);
    let q4 = sub(right::<13>(w[3]), left::<51>(odd));
    let folded = and(sub(word(0), odd), word(HALF_FOLD));
    let q0 = add(q0, add(folded, word(1 << 50)));
    let q1 = add(q1, right::<51>(q0));
    let top = of_bits(add(q4, word(MIDDLE_BITS)));
    Avx2([
        to_double(and(q0, limb), TWO_50),
        to_double(q1, 0.0),
        to_double(q2, 0.0),
        to_double(q3, 0.0),
        sub_double(top, double(MIDDLE)),
    ])
}

/// The words of x from canonical x/2.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn to_words(Avx2(a): Avx2) -> [__m256i; 4] {
    let odd = vector!(_mm256_cmpgt_epi64(word(0), bits(a[4])));
    let integer = |a, lent| add(bits(add_double(a, double(MIDDLE))), word(lent));
    // q = x/2 + b·(p-1)/2; each limb lends one to the limb below, as the first may fall below zero.
    const NONE: u64 = MIDDLE_BITS.wrapping_neg();
    let q = carry([
        sub(
            integer(a[0], NONE.wrapping_add(1 << 51)),
            and(odd, word(HALF_FOLD)),
        ),
        integer(a[1], NONE.wrapping_add(LIMB)),
        integer(a[2], NONE.wrapping_add(LIMB)),
        integer(a[3], NONE.wrapping_add(LIMB)),
        add(integer(a[4], NONE.wrapping_sub(1)), and(odd, word(1 << 51))),
    ]);
    let odd = and(odd, word(1));
    [
        or(or(odd, left::<1>(q[0])), left::<52>(q[1])),
        or(or(right::<12>(q[1]), left::<39>(q[2])), word(0)),
        or(right::<25>(q[2]), left::<26>(q[3])),
        or(right::<38>(q[3]), left::<13>(q[4])),
    ]
}

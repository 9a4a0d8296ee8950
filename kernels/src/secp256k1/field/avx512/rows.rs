//! Points as tables hold them, a row of eight words each, to limbs in lanes and back.

use super::*;

/// Eight rows of eight words to eight columns.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn transpose(r: [__m512i; 8]) -> [__m512i; 8] {
    // Of pairs of rows: words 0, 2, 4, 6 and words 1, 3, 5, 7.
    let even = [
        vector!(_mm512_unpacklo_epi64(r[0], r[1])),
        vector!(_mm512_unpacklo_epi64(r[2], r[3])),
        vector!(_mm512_unpacklo_epi64(r[4], r[5])),
        vector!(_mm512_unpacklo_epi64(r[6], r[7])),
    ];
    let odd = [
        vector!(_mm512_unpackhi_epi64(r[0], r[1])),
        vector!(_mm512_unpackhi_epi64(r[2], r[3])),
        vector!(_mm512_unpackhi_epi64(r[4], r[5])),
        vector!(_mm512_unpackhi_epi64(r[6], r[7])),
    ];
    let [w0, w2, w4, w6] = quarters(even);
    let [w1, w3, w5, w7] = quarters(odd);
    [w0, w1, w2, w3, w4, w5, w6, w7]
}

/// Four rows of four 128-bit blocks to four columns.
#[cfg_attr(not(debug_assertions), inline(always))]
fn quarters(r: [__m512i; 4]) -> [__m512i; 4] {
    let (a, b) = (
        vector!(_mm512_shuffle_i64x2::<0x88>(r[0], r[1])),
        vector!(_mm512_shuffle_i64x2::<0x88>(r[2], r[3])),
    );
    let (c, d) = (
        vector!(_mm512_shuffle_i64x2::<0xdd>(r[0], r[1])),
        vector!(_mm512_shuffle_i64x2::<0xdd>(r[2], r[3])),
    );
    [
        vector!(_mm512_shuffle_i64x2::<0x88>(a, b)),
        vector!(_mm512_shuffle_i64x2::<0x88>(c, d)),
        vector!(_mm512_shuffle_i64x2::<0xdd>(a, b)),
        vector!(_mm512_shuffle_i64x2::<0xdd>(c, d)),
    ]
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn from_words(w: [__m512i; 4]) -> Avx512 {
    let mask = all(MASK);
    Avx512([
        and(w[0], mask),
        and(or_left::<12>(right::<52>(w[0]), w[1]), mask),
        and(or_left::<24>(right::<40>(w[1]), w[2]), mask),
        and(or_left::<36>(right::<28>(w[2]), w[3]), mask),
        right::<16>(w[3]),
    ])
}

#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn to_words(Avx512(a): Avx512) -> [__m512i; 4] {
    [
        or_left::<52>(a[0], a[1]),
        or_left::<40>(right::<12>(a[1]), a[2]),
        or_left::<28>(right::<24>(a[2]), a[3]),
        or_left::<16>(right::<36>(a[3]), a[4]),
    ]
}

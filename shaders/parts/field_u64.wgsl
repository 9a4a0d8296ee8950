// The field of p = 2^256 - 2^32 - 977 in the 64-bit arithmetic: numbers, sums and what is canonical.
//
// A factor `Fe` is nine limbs of 29 bits, lowest first: any representative, limbs at most 2^29 + 2^18, which is what all
// functions here and those of the products take and give.

alias Fe = array<u32, 9>;
/// A number below 2^256, lowest word first.
alias Words = array<u32, 8>;

const MASK: u32 = 0x1fffffffu;
/// Bits of the top limb below 2^256.
const TOP_MASK: u32 = 0xffffffu;

/// The factor of a sum with limbs below 2^32.
fn carry(t: Fe) -> Fe {
    let top = t[8] >> 29u;
    return Fe(
        (t[0] & MASK) + top * FOLD_LOW,
        (t[1] & MASK) + (t[0] >> 29u) + (top << FOLD_SHIFT),
        (t[2] & MASK) + (t[1] >> 29u),
        (t[3] & MASK) + (t[2] >> 29u),
        (t[4] & MASK) + (t[3] >> 29u),
        (t[5] & MASK) + (t[4] >> 29u),
        (t[6] & MASK) + (t[5] >> 29u),
        (t[7] & MASK) + (t[6] >> 29u),
        (t[8] & MASK) + (t[7] >> 29u),
    );
}

/// a + b.
fn fe_add(a: Fe, b: Fe) -> Fe {
    return carry(Fe(
        a[0] + b[0],
        a[1] + b[1],
        a[2] + b[2],
        a[3] + b[3],
        a[4] + b[4],
        a[5] + b[5],
        a[6] + b[6],
        a[7] + b[7],
        a[8] + b[8],
    ));
}

/// a - b.
fn fe_subtract(a: Fe, b: Fe) -> Fe {
    return carry(Fe(
        a[0] + FE_BIAS[0] - b[0],
        a[1] + FE_BIAS[1] - b[1],
        a[2] + FE_BIAS[2] - b[2],
        a[3] + FE_BIAS[3] - b[3],
        a[4] + FE_BIAS[4] - b[4],
        a[5] + FE_BIAS[5] - b[5],
        a[6] + FE_BIAS[6] - b[6],
        a[7] + FE_BIAS[7] - b[7],
        a[8] + FE_BIAS[8] - b[8],
    ));
}

/// a - 2b.
fn fe_subtract_twice(a: Fe, b: Fe) -> Fe {
    return carry(Fe(
        a[0] + ((FE_BIAS[0] - b[0]) << 1u),
        a[1] + ((FE_BIAS[1] - b[1]) << 1u),
        a[2] + ((FE_BIAS[2] - b[2]) << 1u),
        a[3] + ((FE_BIAS[3] - b[3]) << 1u),
        a[4] + ((FE_BIAS[4] - b[4]) << 1u),
        a[5] + ((FE_BIAS[5] - b[5]) << 1u),
        a[6] + ((FE_BIAS[6] - b[6]) << 1u),
        a[7] + ((FE_BIAS[7] - b[7]) << 1u),
        a[8] + ((FE_BIAS[8] - b[8]) << 1u),
    ));
}

/// 3a/2: p is added where 3a is odd.
fn fe_three_halves(a: Fe) -> Fe {
    let odd = 0u - (a[0] & 1u);
    let t0 = a[0] * 3u + (odd & FE_P[0]);
    let t1 = a[1] * 3u + (odd & FE_P[1]);
    let t2 = a[2] * 3u + (odd & FE_P[2]);
    let t3 = a[3] * 3u + (odd & FE_P[3]);
    let t4 = a[4] * 3u + (odd & FE_P[4]);
    let t5 = a[5] * 3u + (odd & FE_P[5]);
    let t6 = a[6] * 3u + (odd & FE_P[6]);
    let t7 = a[7] * 3u + (odd & FE_P[7]);
    let t8 = a[8] * 3u + (odd & FE_P[8]);
    return carry(Fe(
        (t0 >> 1u) + ((t1 & 1u) << 28u),
        (t1 >> 1u) + ((t2 & 1u) << 28u),
        (t2 >> 1u) + ((t3 & 1u) << 28u),
        (t3 >> 1u) + ((t4 & 1u) << 28u),
        (t4 >> 1u) + ((t5 & 1u) << 28u),
        (t5 >> 1u) + ((t6 & 1u) << 28u),
        (t6 >> 1u) + ((t7 & 1u) << 28u),
        (t7 >> 1u) + ((t8 & 1u) << 28u),
        t8 >> 1u,
    ));
}

/// The factor of a number below 2^256.
fn fe_from_words(w: Words) -> Fe {
    return Fe(
        w[0] & MASK,
        ((w[0] >> 29u) | (w[1] << 3u)) & MASK,
        ((w[1] >> 26u) | (w[2] << 6u)) & MASK,
        ((w[2] >> 23u) | (w[3] << 9u)) & MASK,
        ((w[3] >> 20u) | (w[4] << 12u)) & MASK,
        ((w[4] >> 17u) | (w[5] << 15u)) & MASK,
        ((w[5] >> 14u) | (w[6] << 18u)) & MASK,
        ((w[6] >> 11u) | (w[7] << 21u)) & MASK,
        w[7] >> 8u,
    );
}

/// The number below p, in words, that a factor stands for.
fn fe_to_words(a: Fe) -> Words {
    // Exact limbs, and what is above 2^256 folded: below 2^256 + 2^39 then.
    let b = carry_all(a);
    let above = b[8] >> 24u;
    let c = carry_all(Fe(b[0] + above * 977u, b[1] + (above << 3u), b[2], b[3], b[4], b[5], b[6], b[7], b[8] & TOP_MASK));
    // At least p if, and only if, it reaches 2^256 with 2^256 - p added; and then that is what is left.
    let d = carry_all(Fe(c[0] + 977u, c[1] + 8u, c[2], c[3], c[4], c[5], c[6], c[7], c[8]));
    if reaches_2_256(d) {
        return limbs_to_words(d);
    }
    return limbs_to_words(c);
}

/// Whether a number of exact limbs has bits above 2^256.
fn reaches_2_256(a: Fe) -> bool {
    return a[8] > TOP_MASK;
}

/// A number of exact limbs modulo 2^256.
fn limbs_to_words(a: Fe) -> Words {
    return Words(
        a[0] | (a[1] << 29u),
        (a[1] >> 3u) | (a[2] << 26u),
        (a[2] >> 6u) | (a[3] << 23u),
        (a[3] >> 9u) | (a[4] << 20u),
        (a[4] >> 12u) | (a[5] << 17u),
        (a[5] >> 15u) | (a[6] << 14u),
        (a[6] >> 18u) | (a[7] << 11u),
        (a[7] >> 21u) | (a[8] << 8u),
    );
}

/// Limbs below 2^29 one after the other; the top one keeps what is above.
fn carry_all(a: Fe) -> Fe {
    var t = a[0];
    let l0 = t & MASK;
    t = (t >> 29u) + a[1];
    let l1 = t & MASK;
    t = (t >> 29u) + a[2];
    let l2 = t & MASK;
    t = (t >> 29u) + a[3];
    let l3 = t & MASK;
    t = (t >> 29u) + a[4];
    let l4 = t & MASK;
    t = (t >> 29u) + a[5];
    let l5 = t & MASK;
    t = (t >> 29u) + a[6];
    let l6 = t & MASK;
    t = (t >> 29u) + a[7];
    let l7 = t & MASK;
    t = (t >> 29u) + a[8];
    return Fe(l0, l1, l2, l3, l4, l5, l6, l7, t);
}

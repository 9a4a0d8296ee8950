// The field of p = 2^256 - 2^32 - 977 in the 32-bit arithmetic: numbers, sums and what is canonical.
//
// A factor `Fe` is twenty limbs of 13 bits, lowest first: any representative, limbs at most 2^13 + 2^8, limb 2 below
// 2^14 - 2, which is what all functions here and those of the products take and give.

alias Fe = array<u32, 20>;
/// A number below 2^256, lowest word first.
alias Words = array<u32, 8>;

const MASK: u32 = 0x1fffu;
/// Bits of the top limb below 2^256.
const TOP_MASK: u32 = 0x1ffu;

/// The factor of a sum with limbs below 2^16.
fn carry(t: Fe) -> Fe {
    let top = t[19] >> 13u;
    let low = (t[0] & MASK) + top * FOLD_LOW;
    return Fe(
        low & MASK,
        (t[1] & MASK) + (t[0] >> 13u) + (low >> 13u),
        (t[2] & MASK) + (t[1] >> 13u) + (top << FOLD_SHIFT),
        (t[3] & MASK) + (t[2] >> 13u),
        (t[4] & MASK) + (t[3] >> 13u),
        (t[5] & MASK) + (t[4] >> 13u),
        (t[6] & MASK) + (t[5] >> 13u),
        (t[7] & MASK) + (t[6] >> 13u),
        (t[8] & MASK) + (t[7] >> 13u),
        (t[9] & MASK) + (t[8] >> 13u),
        (t[10] & MASK) + (t[9] >> 13u),
        (t[11] & MASK) + (t[10] >> 13u),
        (t[12] & MASK) + (t[11] >> 13u),
        (t[13] & MASK) + (t[12] >> 13u),
        (t[14] & MASK) + (t[13] >> 13u),
        (t[15] & MASK) + (t[14] >> 13u),
        (t[16] & MASK) + (t[15] >> 13u),
        (t[17] & MASK) + (t[16] >> 13u),
        (t[18] & MASK) + (t[17] >> 13u),
        (t[19] & MASK) + (t[18] >> 13u),
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
        a[9] + b[9],
        a[10] + b[10],
        a[11] + b[11],
        a[12] + b[12],
        a[13] + b[13],
        a[14] + b[14],
        a[15] + b[15],
        a[16] + b[16],
        a[17] + b[17],
        a[18] + b[18],
        a[19] + b[19],
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
        a[9] + FE_BIAS[9] - b[9],
        a[10] + FE_BIAS[10] - b[10],
        a[11] + FE_BIAS[11] - b[11],
        a[12] + FE_BIAS[12] - b[12],
        a[13] + FE_BIAS[13] - b[13],
        a[14] + FE_BIAS[14] - b[14],
        a[15] + FE_BIAS[15] - b[15],
        a[16] + FE_BIAS[16] - b[16],
        a[17] + FE_BIAS[17] - b[17],
        a[18] + FE_BIAS[18] - b[18],
        a[19] + FE_BIAS[19] - b[19],
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
        a[9] + ((FE_BIAS[9] - b[9]) << 1u),
        a[10] + ((FE_BIAS[10] - b[10]) << 1u),
        a[11] + ((FE_BIAS[11] - b[11]) << 1u),
        a[12] + ((FE_BIAS[12] - b[12]) << 1u),
        a[13] + ((FE_BIAS[13] - b[13]) << 1u),
        a[14] + ((FE_BIAS[14] - b[14]) << 1u),
        a[15] + ((FE_BIAS[15] - b[15]) << 1u),
        a[16] + ((FE_BIAS[16] - b[16]) << 1u),
        a[17] + ((FE_BIAS[17] - b[17]) << 1u),
        a[18] + ((FE_BIAS[18] - b[18]) << 1u),
        a[19] + ((FE_BIAS[19] - b[19]) << 1u),
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
    let t9 = a[9] * 3u + (odd & FE_P[9]);
    let t10 = a[10] * 3u + (odd & FE_P[10]);
    let t11 = a[11] * 3u + (odd & FE_P[11]);
    let t12 = a[12] * 3u + (odd & FE_P[12]);
    let t13 = a[13] * 3u + (odd & FE_P[13]);
    let t14 = a[14] * 3u + (odd & FE_P[14]);
    let t15 = a[15] * 3u + (odd & FE_P[15]);
    let t16 = a[16] * 3u + (odd & FE_P[16]);
    let t17 = a[17] * 3u + (odd & FE_P[17]);
    let t18 = a[18] * 3u + (odd & FE_P[18]);
    let t19 = a[19] * 3u + (odd & FE_P[19]);
    return carry(Fe(
        (t0 >> 1u) + ((t1 & 1u) << 12u),
        (t1 >> 1u) + ((t2 & 1u) << 12u),
        (t2 >> 1u) + ((t3 & 1u) << 12u),
        (t3 >> 1u) + ((t4 & 1u) << 12u),
        (t4 >> 1u) + ((t5 & 1u) << 12u),
        (t5 >> 1u) + ((t6 & 1u) << 12u),
        (t6 >> 1u) + ((t7 & 1u) << 12u),
        (t7 >> 1u) + ((t8 & 1u) << 12u),
        (t8 >> 1u) + ((t9 & 1u) << 12u),
        (t9 >> 1u) + ((t10 & 1u) << 12u),
        (t10 >> 1u) + ((t11 & 1u) << 12u),
        (t11 >> 1u) + ((t12 & 1u) << 12u),
        (t12 >> 1u) + ((t13 & 1u) << 12u),
        (t13 >> 1u) + ((t14 & 1u) << 12u),
        (t14 >> 1u) + ((t15 & 1u) << 12u),
        (t15 >> 1u) + ((t16 & 1u) << 12u),
        (t16 >> 1u) + ((t17 & 1u) << 12u),
        (t17 >> 1u) + ((t18 & 1u) << 12u),
        (t18 >> 1u) + ((t19 & 1u) << 12u),
        t19 >> 1u,
    ));
}

/// The factor of a number below 2^256.
fn fe_from_words(w: Words) -> Fe {
    return Fe(
        w[0] & MASK,
        (w[0] >> 13u) & MASK,
        ((w[0] >> 26u) | (w[1] << 6u)) & MASK,
        (w[1] >> 7u) & MASK,
        ((w[1] >> 20u) | (w[2] << 12u)) & MASK,
        (w[2] >> 1u) & MASK,
        (w[2] >> 14u) & MASK,
        ((w[2] >> 27u) | (w[3] << 5u)) & MASK,
        (w[3] >> 8u) & MASK,
        ((w[3] >> 21u) | (w[4] << 11u)) & MASK,
        (w[4] >> 2u) & MASK,
        (w[4] >> 15u) & MASK,
        ((w[4] >> 28u) | (w[5] << 4u)) & MASK,
        (w[5] >> 9u) & MASK,
        ((w[5] >> 22u) | (w[6] << 10u)) & MASK,
        (w[6] >> 3u) & MASK,
        (w[6] >> 16u) & MASK,
        ((w[6] >> 29u) | (w[7] << 3u)) & MASK,
        (w[7] >> 10u) & MASK,
        w[7] >> 23u,
    );
}

/// The number below p, in words, that a factor stands for.
fn fe_to_words(a: Fe) -> Words {
    // Exact limbs, and what is above 2^256 folded: below 2^256 + 2^39 then.
    var b = carry_all(a);
    let above = b[19] >> 9u;
    b[0] += above * 977u;
    b[2] += above << 6u;
    b[19] &= TOP_MASK;
    b = carry_all(b);
    // At least p if, and only if, it reaches 2^256 with 2^256 - p added; and then that is what is left.
    var d = b;
    d[0] += 977u;
    d[2] += 64u;
    d = carry_all(d);
    if reaches_2_256(d) {
        return limbs_to_words(d);
    }
    return limbs_to_words(b);
}

/// Whether a number of exact limbs has bits above 2^256.
fn reaches_2_256(a: Fe) -> bool {
    return a[19] > TOP_MASK;
}

/// A number of exact limbs modulo 2^256.
fn limbs_to_words(a: Fe) -> Words {
    return Words(
        a[0] | (a[1] << 13u) | (a[2] << 26u),
        (a[2] >> 6u) | (a[3] << 7u) | (a[4] << 20u),
        (a[4] >> 12u) | (a[5] << 1u) | (a[6] << 14u) | (a[7] << 27u),
        (a[7] >> 5u) | (a[8] << 8u) | (a[9] << 21u),
        (a[9] >> 11u) | (a[10] << 2u) | (a[11] << 15u) | (a[12] << 28u),
        (a[12] >> 4u) | (a[13] << 9u) | (a[14] << 22u),
        (a[14] >> 10u) | (a[15] << 3u) | (a[16] << 16u) | (a[17] << 29u),
        (a[17] >> 3u) | (a[18] << 10u) | (a[19] << 23u),
    );
}

/// Limbs below 2^13 one after the other; the top one keeps what is above.
fn carry_all(a: Fe) -> Fe {
    var t = a[0];
    let l0 = t & MASK;
    t = (t >> 13u) + a[1];
    let l1 = t & MASK;
    t = (t >> 13u) + a[2];
    let l2 = t & MASK;
    t = (t >> 13u) + a[3];
    let l3 = t & MASK;
    t = (t >> 13u) + a[4];
    let l4 = t & MASK;
    t = (t >> 13u) + a[5];
    let l5 = t & MASK;
    t = (t >> 13u) + a[6];
    let l6 = t & MASK;
    t = (t >> 13u) + a[7];
    let l7 = t & MASK;
    t = (t >> 13u) + a[8];
    let l8 = t & MASK;
    t = (t >> 13u) + a[9];
    let l9 = t & MASK;
    t = (t >> 13u) + a[10];
    let l10 = t & MASK;
    t = (t >> 13u) + a[11];
    let l11 = t & MASK;
    t = (t >> 13u) + a[12];
    let l12 = t & MASK;
    t = (t >> 13u) + a[13];
    let l13 = t & MASK;
    t = (t >> 13u) + a[14];
    let l14 = t & MASK;
    t = (t >> 13u) + a[15];
    let l15 = t & MASK;
    t = (t >> 13u) + a[16];
    let l16 = t & MASK;
    t = (t >> 13u) + a[17];
    let l17 = t & MASK;
    t = (t >> 13u) + a[18];
    let l18 = t & MASK;
    t = (t >> 13u) + a[19];
    return Fe(l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17, l18, t);
}

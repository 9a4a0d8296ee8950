// Products modulo the order n of the group, by Montgomery's reduction with radix 2^260: limbs as in the field's part.
//
// Columns of both products together are below 46·2^26, and 2^32 is 64·2^26.

/// a·b/2^260 modulo n: below n + a·b/2^260, with exact limbs.
fn scalar_multiply(a: Fe, b: Fe) -> Fe {
    let c = columns(a, b);
    // Multiples m[k]·2^(13k) of n make one limb after the other zero.
    var t = c[0];
    let m0 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m0 * SCALAR_N[0]) >> 13u) + c[1] + m0 * SCALAR_N[1];
    let m1 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m1 * SCALAR_N[0]) >> 13u) + c[2] + m0 * SCALAR_N[2] + m1 * SCALAR_N[1];
    let m2 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m2 * SCALAR_N[0]) >> 13u) + c[3] + m0 * SCALAR_N[3] + m1 * SCALAR_N[2] + m2 * SCALAR_N[1];
    let m3 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m3 * SCALAR_N[0]) >> 13u) + c[4] + m0 * SCALAR_N[4] + m1 * SCALAR_N[3] + m2 * SCALAR_N[2]
        + m3 * SCALAR_N[1];
    let m4 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m4 * SCALAR_N[0]) >> 13u) + c[5] + m0 * SCALAR_N[5] + m1 * SCALAR_N[4] + m2 * SCALAR_N[3]
        + m3 * SCALAR_N[2] + m4 * SCALAR_N[1];
    let m5 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m5 * SCALAR_N[0]) >> 13u) + c[6] + m0 * SCALAR_N[6] + m1 * SCALAR_N[5] + m2 * SCALAR_N[4]
        + m3 * SCALAR_N[3] + m4 * SCALAR_N[2] + m5 * SCALAR_N[1];
    let m6 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m6 * SCALAR_N[0]) >> 13u) + c[7] + m0 * SCALAR_N[7] + m1 * SCALAR_N[6] + m2 * SCALAR_N[5]
        + m3 * SCALAR_N[4] + m4 * SCALAR_N[3] + m5 * SCALAR_N[2] + m6 * SCALAR_N[1];
    let m7 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m7 * SCALAR_N[0]) >> 13u) + c[8] + m0 * SCALAR_N[8] + m1 * SCALAR_N[7] + m2 * SCALAR_N[6]
        + m3 * SCALAR_N[5] + m4 * SCALAR_N[4] + m5 * SCALAR_N[3] + m6 * SCALAR_N[2] + m7 * SCALAR_N[1];
    let m8 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m8 * SCALAR_N[0]) >> 13u) + c[9] + m0 * SCALAR_N[9] + m1 * SCALAR_N[8] + m2 * SCALAR_N[7]
        + m3 * SCALAR_N[6] + m4 * SCALAR_N[5] + m5 * SCALAR_N[4] + m6 * SCALAR_N[3] + m7 * SCALAR_N[2]
        + m8 * SCALAR_N[1];
    let m9 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m9 * SCALAR_N[0]) >> 13u) + c[10] + m0 * SCALAR_N[10] + m1 * SCALAR_N[9] + m2 * SCALAR_N[8]
        + m3 * SCALAR_N[7] + m4 * SCALAR_N[6] + m5 * SCALAR_N[5] + m6 * SCALAR_N[4] + m7 * SCALAR_N[3]
        + m8 * SCALAR_N[2] + m9 * SCALAR_N[1];
    let m10 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m10 * SCALAR_N[0]) >> 13u) + c[11] + m0 * SCALAR_N[11] + m1 * SCALAR_N[10] + m2 * SCALAR_N[9]
        + m3 * SCALAR_N[8] + m4 * SCALAR_N[7] + m5 * SCALAR_N[6] + m6 * SCALAR_N[5] + m7 * SCALAR_N[4]
        + m8 * SCALAR_N[3] + m9 * SCALAR_N[2] + m10 * SCALAR_N[1];
    let m11 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m11 * SCALAR_N[0]) >> 13u) + c[12] + m0 * SCALAR_N[12] + m1 * SCALAR_N[11] + m2 * SCALAR_N[10]
        + m3 * SCALAR_N[9] + m4 * SCALAR_N[8] + m5 * SCALAR_N[7] + m6 * SCALAR_N[6] + m7 * SCALAR_N[5]
        + m8 * SCALAR_N[4] + m9 * SCALAR_N[3] + m10 * SCALAR_N[2] + m11 * SCALAR_N[1];
    let m12 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m12 * SCALAR_N[0]) >> 13u) + c[13] + m0 * SCALAR_N[13] + m1 * SCALAR_N[12] + m2 * SCALAR_N[11]
        + m3 * SCALAR_N[10] + m4 * SCALAR_N[9] + m5 * SCALAR_N[8] + m6 * SCALAR_N[7] + m7 * SCALAR_N[6]
        + m8 * SCALAR_N[5] + m9 * SCALAR_N[4] + m10 * SCALAR_N[3] + m11 * SCALAR_N[2] + m12 * SCALAR_N[1];
    let m13 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m13 * SCALAR_N[0]) >> 13u) + c[14] + m0 * SCALAR_N[14] + m1 * SCALAR_N[13] + m2 * SCALAR_N[12]
        + m3 * SCALAR_N[11] + m4 * SCALAR_N[10] + m5 * SCALAR_N[9] + m6 * SCALAR_N[8] + m7 * SCALAR_N[7]
        + m8 * SCALAR_N[6] + m9 * SCALAR_N[5] + m10 * SCALAR_N[4] + m11 * SCALAR_N[3] + m12 * SCALAR_N[2]
        + m13 * SCALAR_N[1];
    let m14 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m14 * SCALAR_N[0]) >> 13u) + c[15] + m0 * SCALAR_N[15] + m1 * SCALAR_N[14] + m2 * SCALAR_N[13]
        + m3 * SCALAR_N[12] + m4 * SCALAR_N[11] + m5 * SCALAR_N[10] + m6 * SCALAR_N[9] + m7 * SCALAR_N[8]
        + m8 * SCALAR_N[7] + m9 * SCALAR_N[6] + m10 * SCALAR_N[5] + m11 * SCALAR_N[4] + m12 * SCALAR_N[3]
        + m13 * SCALAR_N[2] + m14 * SCALAR_N[1];
    let m15 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m15 * SCALAR_N[0]) >> 13u) + c[16] + m0 * SCALAR_N[16] + m1 * SCALAR_N[15] + m2 * SCALAR_N[14]
        + m3 * SCALAR_N[13] + m4 * SCALAR_N[12] + m5 * SCALAR_N[11] + m6 * SCALAR_N[10] + m7 * SCALAR_N[9]
        + m8 * SCALAR_N[8] + m9 * SCALAR_N[7] + m10 * SCALAR_N[6] + m11 * SCALAR_N[5] + m12 * SCALAR_N[4]
        + m13 * SCALAR_N[3] + m14 * SCALAR_N[2] + m15 * SCALAR_N[1];
    let m16 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m16 * SCALAR_N[0]) >> 13u) + c[17] + m0 * SCALAR_N[17] + m1 * SCALAR_N[16] + m2 * SCALAR_N[15]
        + m3 * SCALAR_N[14] + m4 * SCALAR_N[13] + m5 * SCALAR_N[12] + m6 * SCALAR_N[11] + m7 * SCALAR_N[10]
        + m8 * SCALAR_N[9] + m9 * SCALAR_N[8] + m10 * SCALAR_N[7] + m11 * SCALAR_N[6] + m12 * SCALAR_N[5]
        + m13 * SCALAR_N[4] + m14 * SCALAR_N[3] + m15 * SCALAR_N[2] + m16 * SCALAR_N[1];
    let m17 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m17 * SCALAR_N[0]) >> 13u) + c[18] + m0 * SCALAR_N[18] + m1 * SCALAR_N[17] + m2 * SCALAR_N[16]
        + m3 * SCALAR_N[15] + m4 * SCALAR_N[14] + m5 * SCALAR_N[13] + m6 * SCALAR_N[12] + m7 * SCALAR_N[11]
        + m8 * SCALAR_N[10] + m9 * SCALAR_N[9] + m10 * SCALAR_N[8] + m11 * SCALAR_N[7] + m12 * SCALAR_N[6]
        + m13 * SCALAR_N[5] + m14 * SCALAR_N[4] + m15 * SCALAR_N[3] + m16 * SCALAR_N[2] + m17 * SCALAR_N[1];
    let m18 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m18 * SCALAR_N[0]) >> 13u) + c[19] + m0 * SCALAR_N[19] + m1 * SCALAR_N[18] + m2 * SCALAR_N[17]
        + m3 * SCALAR_N[16] + m4 * SCALAR_N[15] + m5 * SCALAR_N[14] + m6 * SCALAR_N[13] + m7 * SCALAR_N[12]
        + m8 * SCALAR_N[11] + m9 * SCALAR_N[10] + m10 * SCALAR_N[9] + m11 * SCALAR_N[8] + m12 * SCALAR_N[7]
        + m13 * SCALAR_N[6] + m14 * SCALAR_N[5] + m15 * SCALAR_N[4] + m16 * SCALAR_N[3] + m17 * SCALAR_N[2]
        + m18 * SCALAR_N[1];
    let m19 = (t * SCALAR_MINUS_INVERSE) & MASK;
    t = ((t + m19 * SCALAR_N[0]) >> 13u) + c[20] + m1 * SCALAR_N[19] + m2 * SCALAR_N[18] + m3 * SCALAR_N[17]
        + m4 * SCALAR_N[16] + m5 * SCALAR_N[15] + m6 * SCALAR_N[14] + m7 * SCALAR_N[13] + m8 * SCALAR_N[12]
        + m9 * SCALAR_N[11] + m10 * SCALAR_N[10] + m11 * SCALAR_N[9] + m12 * SCALAR_N[8] + m13 * SCALAR_N[7]
        + m14 * SCALAR_N[6] + m15 * SCALAR_N[5] + m16 * SCALAR_N[4] + m17 * SCALAR_N[3] + m18 * SCALAR_N[2]
        + m19 * SCALAR_N[1];
    let l0 = t & MASK;
    t = (t >> 13u) + c[21] + m2 * SCALAR_N[19] + m3 * SCALAR_N[18] + m4 * SCALAR_N[17] + m5 * SCALAR_N[16]
        + m6 * SCALAR_N[15] + m7 * SCALAR_N[14] + m8 * SCALAR_N[13] + m9 * SCALAR_N[12] + m10 * SCALAR_N[11]
        + m11 * SCALAR_N[10] + m12 * SCALAR_N[9] + m13 * SCALAR_N[8] + m14 * SCALAR_N[7] + m15 * SCALAR_N[6]
        + m16 * SCALAR_N[5] + m17 * SCALAR_N[4] + m18 * SCALAR_N[3] + m19 * SCALAR_N[2];
    let l1 = t & MASK;
    t = (t >> 13u) + c[22] + m3 * SCALAR_N[19] + m4 * SCALAR_N[18] + m5 * SCALAR_N[17] + m6 * SCALAR_N[16]
        + m7 * SCALAR_N[15] + m8 * SCALAR_N[14] + m9 * SCALAR_N[13] + m10 * SCALAR_N[12] + m11 * SCALAR_N[11]
        + m12 * SCALAR_N[10] + m13 * SCALAR_N[9] + m14 * SCALAR_N[8] + m15 * SCALAR_N[7] + m16 * SCALAR_N[6]
        + m17 * SCALAR_N[5] + m18 * SCALAR_N[4] + m19 * SCALAR_N[3];
    let l2 = t & MASK;
    t = (t >> 13u) + c[23] + m4 * SCALAR_N[19] + m5 * SCALAR_N[18] + m6 * SCALAR_N[17] + m7 * SCALAR_N[16]
        + m8 * SCALAR_N[15] + m9 * SCALAR_N[14] + m10 * SCALAR_N[13] + m11 * SCALAR_N[12] + m12 * SCALAR_N[11]
        + m13 * SCALAR_N[10] + m14 * SCALAR_N[9] + m15 * SCALAR_N[8] + m16 * SCALAR_N[7] + m17 * SCALAR_N[6]
        + m18 * SCALAR_N[5] + m19 * SCALAR_N[4];
    let l3 = t & MASK;
    t = (t >> 13u) + c[24] + m5 * SCALAR_N[19] + m6 * SCALAR_N[18] + m7 * SCALAR_N[17] + m8 * SCALAR_N[16]
        + m9 * SCALAR_N[15] + m10 * SCALAR_N[14] + m11 * SCALAR_N[13] + m12 * SCALAR_N[12] + m13 * SCALAR_N[11]
        + m14 * SCALAR_N[10] + m15 * SCALAR_N[9] + m16 * SCALAR_N[8] + m17 * SCALAR_N[7] + m18 * SCALAR_N[6]
        + m19 * SCALAR_N[5];
    let l4 = t & MASK;
    t = (t >> 13u) + c[25] + m6 * SCALAR_N[19] + m7 * SCALAR_N[18] + m8 * SCALAR_N[17] + m9 * SCALAR_N[16]
        + m10 * SCALAR_N[15] + m11 * SCALAR_N[14] + m12 * SCALAR_N[13] + m13 * SCALAR_N[12] + m14 * SCALAR_N[11]
        + m15 * SCALAR_N[10] + m16 * SCALAR_N[9] + m17 * SCALAR_N[8] + m18 * SCALAR_N[7] + m19 * SCALAR_N[6];
    let l5 = t & MASK;
    t = (t >> 13u) + c[26] + m7 * SCALAR_N[19] + m8 * SCALAR_N[18] + m9 * SCALAR_N[17] + m10 * SCALAR_N[16]
        + m11 * SCALAR_N[15] + m12 * SCALAR_N[14] + m13 * SCALAR_N[13] + m14 * SCALAR_N[12] + m15 * SCALAR_N[11]
        + m16 * SCALAR_N[10] + m17 * SCALAR_N[9] + m18 * SCALAR_N[8] + m19 * SCALAR_N[7];
    let l6 = t & MASK;
    t = (t >> 13u) + c[27] + m8 * SCALAR_N[19] + m9 * SCALAR_N[18] + m10 * SCALAR_N[17] + m11 * SCALAR_N[16]
        + m12 * SCALAR_N[15] + m13 * SCALAR_N[14] + m14 * SCALAR_N[13] + m15 * SCALAR_N[12] + m16 * SCALAR_N[11]
        + m17 * SCALAR_N[10] + m18 * SCALAR_N[9] + m19 * SCALAR_N[8];
    let l7 = t & MASK;
    t = (t >> 13u) + c[28] + m9 * SCALAR_N[19] + m10 * SCALAR_N[18] + m11 * SCALAR_N[17] + m12 * SCALAR_N[16]
        + m13 * SCALAR_N[15] + m14 * SCALAR_N[14] + m15 * SCALAR_N[13] + m16 * SCALAR_N[12] + m17 * SCALAR_N[11]
        + m18 * SCALAR_N[10] + m19 * SCALAR_N[9];
    let l8 = t & MASK;
    t = (t >> 13u) + c[29] + m10 * SCALAR_N[19] + m11 * SCALAR_N[18] + m12 * SCALAR_N[17] + m13 * SCALAR_N[16]
        + m14 * SCALAR_N[15] + m15 * SCALAR_N[14] + m16 * SCALAR_N[13] + m17 * SCALAR_N[12] + m18 * SCALAR_N[11]
        + m19 * SCALAR_N[10];
    let l9 = t & MASK;
    t = (t >> 13u) + c[30] + m11 * SCALAR_N[19] + m12 * SCALAR_N[18] + m13 * SCALAR_N[17] + m14 * SCALAR_N[16]
        + m15 * SCALAR_N[15] + m16 * SCALAR_N[14] + m17 * SCALAR_N[13] + m18 * SCALAR_N[12] + m19 * SCALAR_N[11];
    let l10 = t & MASK;
    t = (t >> 13u) + c[31] + m12 * SCALAR_N[19] + m13 * SCALAR_N[18] + m14 * SCALAR_N[17] + m15 * SCALAR_N[16]
        + m16 * SCALAR_N[15] + m17 * SCALAR_N[14] + m18 * SCALAR_N[13] + m19 * SCALAR_N[12];
    let l11 = t & MASK;
    t = (t >> 13u) + c[32] + m13 * SCALAR_N[19] + m14 * SCALAR_N[18] + m15 * SCALAR_N[17] + m16 * SCALAR_N[16]
        + m17 * SCALAR_N[15] + m18 * SCALAR_N[14] + m19 * SCALAR_N[13];
    let l12 = t & MASK;
    t = (t >> 13u) + c[33] + m14 * SCALAR_N[19] + m15 * SCALAR_N[18] + m16 * SCALAR_N[17] + m17 * SCALAR_N[16]
        + m18 * SCALAR_N[15] + m19 * SCALAR_N[14];
    let l13 = t & MASK;
    t = (t >> 13u) + c[34] + m15 * SCALAR_N[19] + m16 * SCALAR_N[18] + m17 * SCALAR_N[17] + m18 * SCALAR_N[16]
        + m19 * SCALAR_N[15];
    let l14 = t & MASK;
    t = (t >> 13u) + c[35] + m16 * SCALAR_N[19] + m17 * SCALAR_N[18] + m18 * SCALAR_N[17] + m19 * SCALAR_N[16];
    let l15 = t & MASK;
    t = (t >> 13u) + c[36] + m17 * SCALAR_N[19] + m18 * SCALAR_N[18] + m19 * SCALAR_N[17];
    let l16 = t & MASK;
    t = (t >> 13u) + c[37] + m18 * SCALAR_N[19] + m19 * SCALAR_N[18];
    let l17 = t & MASK;
    t = (t >> 13u) + c[38] + m19 * SCALAR_N[19];
    let l18 = t & MASK;
    t = t >> 13u;
    return Fe(
        l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17, l18, t,
    );
}

// Products of the field with 32-bit sums alone: limbs as in the field's part.
//
// A column of a product is below 25·2^26, and 2^32 is 64·2^26. No product waits for another one's carry: columns are carried
// once they are whole.

alias Columns = array<u32, 39>;

/// 2^260 = FOLD_LOW + 2^FOLD_SHIFT·2^26 modulo p.
const FOLD_LOW: u32 = 15632u;
const FOLD_SHIFT: u32 = 10u;

/// The columns of a product: column k is the sum of all a[i]·b[k - i].
fn columns(a: Fe, b: Fe) -> Columns {
    let c0 = a[0] * b[0];
    let c1 = a[0] * b[1] + a[1] * b[0];
    let c2 = a[0] * b[2] + a[1] * b[1] + a[2] * b[0];
    let c3 = a[0] * b[3] + a[1] * b[2] + a[2] * b[1] + a[3] * b[0];
    let c4 = a[0] * b[4] + a[1] * b[3] + a[2] * b[2] + a[3] * b[1] + a[4] * b[0];
    let c5 = a[0] * b[5] + a[1] * b[4] + a[2] * b[3] + a[3] * b[2] + a[4] * b[1] + a[5] * b[0];
    let c6 = a[0] * b[6] + a[1] * b[5] + a[2] * b[4] + a[3] * b[3] + a[4] * b[2] + a[5] * b[1] + a[6] * b[0];
    let c7 = a[0] * b[7] + a[1] * b[6] + a[2] * b[5] + a[3] * b[4] + a[4] * b[3] + a[5] * b[2] + a[6] * b[1]
        + a[7] * b[0];
    let c8 = a[0] * b[8] + a[1] * b[7] + a[2] * b[6] + a[3] * b[5] + a[4] * b[4] + a[5] * b[3] + a[6] * b[2]
        + a[7] * b[1] + a[8] * b[0];
    let c9 = a[0] * b[9] + a[1] * b[8] + a[2] * b[7] + a[3] * b[6] + a[4] * b[5] + a[5] * b[4] + a[6] * b[3]
        + a[7] * b[2] + a[8] * b[1] + a[9] * b[0];
    let c10 = a[0] * b[10] + a[1] * b[9] + a[2] * b[8] + a[3] * b[7] + a[4] * b[6] + a[5] * b[5] + a[6] * b[4]
        + a[7] * b[3] + a[8] * b[2] + a[9] * b[1] + a[10] * b[0];
    let c11 = a[0] * b[11] + a[1] * b[10] + a[2] * b[9] + a[3] * b[8] + a[4] * b[7] + a[5] * b[6] + a[6] * b[5]
        + a[7] * b[4] + a[8] * b[3] + a[9] * b[2] + a[10] * b[1] + a[11] * b[0];
    let c12 = a[0] * b[12] + a[1] * b[11] + a[2] * b[10] + a[3] * b[9] + a[4] * b[8] + a[5] * b[7] + a[6] * b[6]
        + a[7] * b[5] + a[8] * b[4] + a[9] * b[3] + a[10] * b[2] + a[11] * b[1] + a[12] * b[0];
    let c13 = a[0] * b[13] + a[1] * b[12] + a[2] * b[11] + a[3] * b[10] + a[4] * b[9] + a[5] * b[8] + a[6] * b[7]
        + a[7] * b[6] + a[8] * b[5] + a[9] * b[4] + a[10] * b[3] + a[11] * b[2] + a[12] * b[1] + a[13] * b[0];
    let c14 = a[0] * b[14] + a[1] * b[13] + a[2] * b[12] + a[3] * b[11] + a[4] * b[10] + a[5] * b[9] + a[6] * b[8]
        + a[7] * b[7] + a[8] * b[6] + a[9] * b[5] + a[10] * b[4] + a[11] * b[3] + a[12] * b[2] + a[13] * b[1]
        + a[14] * b[0];
    let c15 = a[0] * b[15] + a[1] * b[14] + a[2] * b[13] + a[3] * b[12] + a[4] * b[11] + a[5] * b[10] + a[6] * b[9]
        + a[7] * b[8] + a[8] * b[7] + a[9] * b[6] + a[10] * b[5] + a[11] * b[4] + a[12] * b[3] + a[13] * b[2]
        + a[14] * b[1] + a[15] * b[0];
    let c16 = a[0] * b[16] + a[1] * b[15] + a[2] * b[14] + a[3] * b[13] + a[4] * b[12] + a[5] * b[11] + a[6] * b[10]
        + a[7] * b[9] + a[8] * b[8] + a[9] * b[7] + a[10] * b[6] + a[11] * b[5] + a[12] * b[4] + a[13] * b[3]
        + a[14] * b[2] + a[15] * b[1] + a[16] * b[0];
    let c17 = a[0] * b[17] + a[1] * b[16] + a[2] * b[15] + a[3] * b[14] + a[4] * b[13] + a[5] * b[12] + a[6] * b[11]
        + a[7] * b[10] + a[8] * b[9] + a[9] * b[8] + a[10] * b[7] + a[11] * b[6] + a[12] * b[5] + a[13] * b[4]
        + a[14] * b[3] + a[15] * b[2] + a[16] * b[1] + a[17] * b[0];
    let c18 = a[0] * b[18] + a[1] * b[17] + a[2] * b[16] + a[3] * b[15] + a[4] * b[14] + a[5] * b[13] + a[6] * b[12]
        + a[7] * b[11] + a[8] * b[10] + a[9] * b[9] + a[10] * b[8] + a[11] * b[7] + a[12] * b[6] + a[13] * b[5]
        + a[14] * b[4] + a[15] * b[3] + a[16] * b[2] + a[17] * b[1] + a[18] * b[0];
    let c19 = a[0] * b[19] + a[1] * b[18] + a[2] * b[17] + a[3] * b[16] + a[4] * b[15] + a[5] * b[14] + a[6] * b[13]
        + a[7] * b[12] + a[8] * b[11] + a[9] * b[10] + a[10] * b[9] + a[11] * b[8] + a[12] * b[7] + a[13] * b[6]
        + a[14] * b[5] + a[15] * b[4] + a[16] * b[3] + a[17] * b[2] + a[18] * b[1] + a[19] * b[0];
    let c20 = a[1] * b[19] + a[2] * b[18] + a[3] * b[17] + a[4] * b[16] + a[5] * b[15] + a[6] * b[14] + a[7] * b[13]
        + a[8] * b[12] + a[9] * b[11] + a[10] * b[10] + a[11] * b[9] + a[12] * b[8] + a[13] * b[7] + a[14] * b[6]
        + a[15] * b[5] + a[16] * b[4] + a[17] * b[3] + a[18] * b[2] + a[19] * b[1];
    let c21 = a[2] * b[19] + a[3] * b[18] + a[4] * b[17] + a[5] * b[16] + a[6] * b[15] + a[7] * b[14] + a[8] * b[13]
        + a[9] * b[12] + a[10] * b[11] + a[11] * b[10] + a[12] * b[9] + a[13] * b[8] + a[14] * b[7] + a[15] * b[6]
        + a[16] * b[5] + a[17] * b[4] + a[18] * b[3] + a[19] * b[2];
    let c22 = a[3] * b[19] + a[4] * b[18] + a[5] * b[17] + a[6] * b[16] + a[7] * b[15] + a[8] * b[14] + a[9] * b[13]
        + a[10] * b[12] + a[11] * b[11] + a[12] * b[10] + a[13] * b[9] + a[14] * b[8] + a[15] * b[7] + a[16] * b[6]
        + a[17] * b[5] + a[18] * b[4] + a[19] * b[3];
    let c23 = a[4] * b[19] + a[5] * b[18] + a[6] * b[17] + a[7] * b[16] + a[8] * b[15] + a[9] * b[14] + a[10] * b[13]
        + a[11] * b[12] + a[12] * b[11] + a[13] * b[10] + a[14] * b[9] + a[15] * b[8] + a[16] * b[7] + a[17] * b[6]
        + a[18] * b[5] + a[19] * b[4];
    let c24 = a[5] * b[19] + a[6] * b[18] + a[7] * b[17] + a[8] * b[16] + a[9] * b[15] + a[10] * b[14] + a[11] * b[13]
        + a[12] * b[12] + a[13] * b[11] + a[14] * b[10] + a[15] * b[9] + a[16] * b[8] + a[17] * b[7] + a[18] * b[6]
        + a[19] * b[5];
    let c25 = a[6] * b[19] + a[7] * b[18] + a[8] * b[17] + a[9] * b[16] + a[10] * b[15] + a[11] * b[14]
        + a[12] * b[13] + a[13] * b[12] + a[14] * b[11] + a[15] * b[10] + a[16] * b[9] + a[17] * b[8] + a[18] * b[7]
        + a[19] * b[6];
    let c26 = a[7] * b[19] + a[8] * b[18] + a[9] * b[17] + a[10] * b[16] + a[11] * b[15] + a[12] * b[14]
        + a[13] * b[13] + a[14] * b[12] + a[15] * b[11] + a[16] * b[10] + a[17] * b[9] + a[18] * b[8] + a[19] * b[7];
    let c27 = a[8] * b[19] + a[9] * b[18] + a[10] * b[17] + a[11] * b[16] + a[12] * b[15] + a[13] * b[14]
        + a[14] * b[13] + a[15] * b[12] + a[16] * b[11] + a[17] * b[10] + a[18] * b[9] + a[19] * b[8];
    let c28 = a[9] * b[19] + a[10] * b[18] + a[11] * b[17] + a[12] * b[16] + a[13] * b[15] + a[14] * b[14]
        + a[15] * b[13] + a[16] * b[12] + a[17] * b[11] + a[18] * b[10] + a[19] * b[9];
    let c29 = a[10] * b[19] + a[11] * b[18] + a[12] * b[17] + a[13] * b[16] + a[14] * b[15] + a[15] * b[14]
        + a[16] * b[13] + a[17] * b[12] + a[18] * b[11] + a[19] * b[10];
    let c30 = a[11] * b[19] + a[12] * b[18] + a[13] * b[17] + a[14] * b[16] + a[15] * b[15] + a[16] * b[14]
        + a[17] * b[13] + a[18] * b[12] + a[19] * b[11];
    let c31 = a[12] * b[19] + a[13] * b[18] + a[14] * b[17] + a[15] * b[16] + a[16] * b[15] + a[17] * b[14]
        + a[18] * b[13] + a[19] * b[12];
    let c32 = a[13] * b[19] + a[14] * b[18] + a[15] * b[17] + a[16] * b[16] + a[17] * b[15] + a[18] * b[14]
        + a[19] * b[13];
    let c33 = a[14] * b[19] + a[15] * b[18] + a[16] * b[17] + a[17] * b[16] + a[18] * b[15] + a[19] * b[14];
    let c34 = a[15] * b[19] + a[16] * b[18] + a[17] * b[17] + a[18] * b[16] + a[19] * b[15];
    let c35 = a[16] * b[19] + a[17] * b[18] + a[18] * b[17] + a[19] * b[16];
    let c36 = a[17] * b[19] + a[18] * b[18] + a[19] * b[17];
    let c37 = a[18] * b[19] + a[19] * b[18];
    let c38 = a[19] * b[19];
    return Columns(
        c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12,
        c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25,
        c26, c27, c28, c29, c30, c31, c32, c33, c34, c35, c36, c37, c38,
    );
}

/// The columns of a·a: each product of two limbs is there twice.
fn columns_of_square(a: Fe) -> Columns {
    let d0 = a[0] << 1u;
    let d1 = a[1] << 1u;
    let d2 = a[2] << 1u;
    let d3 = a[3] << 1u;
    let d4 = a[4] << 1u;
    let d5 = a[5] << 1u;
    let d6 = a[6] << 1u;
    let d7 = a[7] << 1u;
    let d8 = a[8] << 1u;
    let d9 = a[9] << 1u;
    let d10 = a[10] << 1u;
    let d11 = a[11] << 1u;
    let d12 = a[12] << 1u;
    let d13 = a[13] << 1u;
    let d14 = a[14] << 1u;
    let d15 = a[15] << 1u;
    let d16 = a[16] << 1u;
    let d17 = a[17] << 1u;
    let d18 = a[18] << 1u;
    let c0 = a[0] * a[0];
    let c1 = d0 * a[1];
    let c2 = d0 * a[2] + a[1] * a[1];
    let c3 = d0 * a[3] + d1 * a[2];
    let c4 = d0 * a[4] + d1 * a[3] + a[2] * a[2];
    let c5 = d0 * a[5] + d1 * a[4] + d2 * a[3];
    let c6 = d0 * a[6] + d1 * a[5] + d2 * a[4] + a[3] * a[3];
    let c7 = d0 * a[7] + d1 * a[6] + d2 * a[5] + d3 * a[4];
    let c8 = d0 * a[8] + d1 * a[7] + d2 * a[6] + d3 * a[5] + a[4] * a[4];
    let c9 = d0 * a[9] + d1 * a[8] + d2 * a[7] + d3 * a[6] + d4 * a[5];
    let c10 = d0 * a[10] + d1 * a[9] + d2 * a[8] + d3 * a[7] + d4 * a[6] + a[5] * a[5];
    let c11 = d0 * a[11] + d1 * a[10] + d2 * a[9] + d3 * a[8] + d4 * a[7] + d5 * a[6];
    let c12 = d0 * a[12] + d1 * a[11] + d2 * a[10] + d3 * a[9] + d4 * a[8] + d5 * a[7] + a[6] * a[6];
    let c13 = d0 * a[13] + d1 * a[12] + d2 * a[11] + d3 * a[10] + d4 * a[9] + d5 * a[8] + d6 * a[7];
    let c14 = d0 * a[14] + d1 * a[13] + d2 * a[12] + d3 * a[11] + d4 * a[10] + d5 * a[9] + d6 * a[8] + a[7] * a[7];
    let c15 = d0 * a[15] + d1 * a[14] + d2 * a[13] + d3 * a[12] + d4 * a[11] + d5 * a[10] + d6 * a[9] + d7 * a[8];
    let c16 = d0 * a[16] + d1 * a[15] + d2 * a[14] + d3 * a[13] + d4 * a[12] + d5 * a[11] + d6 * a[10] + d7 * a[9]
        + a[8] * a[8];
    let c17 = d0 * a[17] + d1 * a[16] + d2 * a[15] + d3 * a[14] + d4 * a[13] + d5 * a[12] + d6 * a[11] + d7 * a[10]
        + d8 * a[9];
    let c18 = d0 * a[18] + d1 * a[17] + d2 * a[16] + d3 * a[15] + d4 * a[14] + d5 * a[13] + d6 * a[12] + d7 * a[11]
        + d8 * a[10] + a[9] * a[9];
    let c19 = d0 * a[19] + d1 * a[18] + d2 * a[17] + d3 * a[16] + d4 * a[15] + d5 * a[14] + d6 * a[13] + d7 * a[12]
        + d8 * a[11] + d9 * a[10];
    let c20 = d1 * a[19] + d2 * a[18] + d3 * a[17] + d4 * a[16] + d5 * a[15] + d6 * a[14] + d7 * a[13] + d8 * a[12]
        + d9 * a[11] + a[10] * a[10];
    let c21 = d2 * a[19] + d3 * a[18] + d4 * a[17] + d5 * a[16] + d6 * a[15] + d7 * a[14] + d8 * a[13] + d9 * a[12]
        + d10 * a[11];
    let c22 = d3 * a[19] + d4 * a[18] + d5 * a[17] + d6 * a[16] + d7 * a[15] + d8 * a[14] + d9 * a[13] + d10 * a[12]
        + a[11] * a[11];
    let c23 = d4 * a[19] + d5 * a[18] + d6 * a[17] + d7 * a[16] + d8 * a[15] + d9 * a[14] + d10 * a[13] + d11 * a[12];
    let c24 = d5 * a[19] + d6 * a[18] + d7 * a[17] + d8 * a[16] + d9 * a[15] + d10 * a[14] + d11 * a[13]
        + a[12] * a[12];
    let c25 = d6 * a[19] + d7 * a[18] + d8 * a[17] + d9 * a[16] + d10 * a[15] + d11 * a[14] + d12 * a[13];
    let c26 = d7 * a[19] + d8 * a[18] + d9 * a[17] + d10 * a[16] + d11 * a[15] + d12 * a[14] + a[13] * a[13];
    let c27 = d8 * a[19] + d9 * a[18] + d10 * a[17] + d11 * a[16] + d12 * a[15] + d13 * a[14];
    let c28 = d9 * a[19] + d10 * a[18] + d11 * a[17] + d12 * a[16] + d13 * a[15] + a[14] * a[14];
    let c29 = d10 * a[19] + d11 * a[18] + d12 * a[17] + d13 * a[16] + d14 * a[15];
    let c30 = d11 * a[19] + d12 * a[18] + d13 * a[17] + d14 * a[16] + a[15] * a[15];
    let c31 = d12 * a[19] + d13 * a[18] + d14 * a[17] + d15 * a[16];
    let c32 = d13 * a[19] + d14 * a[18] + d15 * a[17] + a[16] * a[16];
    let c33 = d14 * a[19] + d15 * a[18] + d16 * a[17];
    let c34 = d15 * a[19] + d16 * a[18] + a[17] * a[17];
    let c35 = d16 * a[19] + d17 * a[18];
    let c36 = d17 * a[19] + a[18] * a[18];
    let c37 = d18 * a[19];
    let c38 = a[19] * a[19];
    return Columns(
        c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12,
        c13, c14, c15, c16, c17, c18, c19, c20, c21, c22, c23, c24, c25,
        c26, c27, c28, c29, c30, c31, c32, c33, c34, c35, c36, c37, c38,
    );
}

/// The factor that columns stand for: the upper twenty limbs count 2^260 = 15632 + 2^10·2^26, and so does what is left above.
fn fold(c: Columns) -> Fe {
    var t = c[20];
    let h0 = t & MASK;
    t = (t >> 13u) + c[21];
    let h1 = t & MASK;
    t = (t >> 13u) + c[22];
    let h2 = t & MASK;
    t = (t >> 13u) + c[23];
    let h3 = t & MASK;
    t = (t >> 13u) + c[24];
    let h4 = t & MASK;
    t = (t >> 13u) + c[25];
    let h5 = t & MASK;
    t = (t >> 13u) + c[26];
    let h6 = t & MASK;
    t = (t >> 13u) + c[27];
    let h7 = t & MASK;
    t = (t >> 13u) + c[28];
    let h8 = t & MASK;
    t = (t >> 13u) + c[29];
    let h9 = t & MASK;
    t = (t >> 13u) + c[30];
    let h10 = t & MASK;
    t = (t >> 13u) + c[31];
    let h11 = t & MASK;
    t = (t >> 13u) + c[32];
    let h12 = t & MASK;
    t = (t >> 13u) + c[33];
    let h13 = t & MASK;
    t = (t >> 13u) + c[34];
    let h14 = t & MASK;
    t = (t >> 13u) + c[35];
    let h15 = t & MASK;
    t = (t >> 13u) + c[36];
    let h16 = t & MASK;
    t = (t >> 13u) + c[37];
    let h17 = t & MASK;
    t = (t >> 13u) + c[38];
    let h18 = t & MASK;
    let h19 = t >> 13u;
    t = c[0] + h0 * FOLD_LOW;
    let l0 = t & MASK;
    t = (t >> 13u) + c[1] + h1 * FOLD_LOW;
    let l1 = t & MASK;
    t = (t >> 13u) + c[2] + h2 * FOLD_LOW + (h0 << FOLD_SHIFT);
    let l2 = t & MASK;
    t = (t >> 13u) + c[3] + h3 * FOLD_LOW + (h1 << FOLD_SHIFT);
    let l3 = t & MASK;
    t = (t >> 13u) + c[4] + h4 * FOLD_LOW + (h2 << FOLD_SHIFT);
    let l4 = t & MASK;
    t = (t >> 13u) + c[5] + h5 * FOLD_LOW + (h3 << FOLD_SHIFT);
    let l5 = t & MASK;
    t = (t >> 13u) + c[6] + h6 * FOLD_LOW + (h4 << FOLD_SHIFT);
    let l6 = t & MASK;
    t = (t >> 13u) + c[7] + h7 * FOLD_LOW + (h5 << FOLD_SHIFT);
    let l7 = t & MASK;
    t = (t >> 13u) + c[8] + h8 * FOLD_LOW + (h6 << FOLD_SHIFT);
    let l8 = t & MASK;
    t = (t >> 13u) + c[9] + h9 * FOLD_LOW + (h7 << FOLD_SHIFT);
    let l9 = t & MASK;
    t = (t >> 13u) + c[10] + h10 * FOLD_LOW + (h8 << FOLD_SHIFT);
    let l10 = t & MASK;
    t = (t >> 13u) + c[11] + h11 * FOLD_LOW + (h9 << FOLD_SHIFT);
    let l11 = t & MASK;
    t = (t >> 13u) + c[12] + h12 * FOLD_LOW + (h10 << FOLD_SHIFT);
    let l12 = t & MASK;
    t = (t >> 13u) + c[13] + h13 * FOLD_LOW + (h11 << FOLD_SHIFT);
    let l13 = t & MASK;
    t = (t >> 13u) + c[14] + h14 * FOLD_LOW + (h12 << FOLD_SHIFT);
    let l14 = t & MASK;
    t = (t >> 13u) + c[15] + h15 * FOLD_LOW + (h13 << FOLD_SHIFT);
    let l15 = t & MASK;
    t = (t >> 13u) + c[16] + h16 * FOLD_LOW + (h14 << FOLD_SHIFT);
    let l16 = t & MASK;
    t = (t >> 13u) + c[17] + h17 * FOLD_LOW + (h15 << FOLD_SHIFT);
    let l17 = t & MASK;
    t = (t >> 13u) + c[18] + h18 * FOLD_LOW + (h16 << FOLD_SHIFT);
    let l18 = t & MASK;
    t = (t >> 13u) + c[19] + h19 * FOLD_LOW + (h17 << FOLD_SHIFT);
    let l19 = t & MASK;
    t = (t >> 13u) + (h18 << FOLD_SHIFT); // Below 2^24, like the next one.
    let g0 = t & MASK;
    t = (t >> 13u) + (h19 << FOLD_SHIFT);
    let g1 = t & MASK;
    let g2 = t >> 13u;
    let e0 = l0 + g0 * FOLD_LOW;
    let e1 = l1 + g1 * FOLD_LOW + (e0 >> 13u);
    let e2 = l2 + g2 * FOLD_LOW + (g0 << FOLD_SHIFT) + (e1 >> 13u);
    let e3 = l3 + (g1 << FOLD_SHIFT) + (e2 >> 13u);
    let e4 = l4 + (g2 << FOLD_SHIFT) + (e3 >> 13u);
    return Fe(
        e0 & MASK, e1 & MASK, e2 & MASK, e3 & MASK, e4 & MASK, l5 + (e4 >> 13u),
        l6, l7, l8, l9, l10, l11, l12, l13, l14, l15, l16, l17, l18, l19,
    );
}

/// a·b.
fn fe_multiply(a: Fe, b: Fe) -> Fe {
    return fold(columns(a, b));
}

/// a².
fn fe_square(a: Fe) -> Fe {
    return fold(columns_of_square(a));
}

/// The product of two numbers below 2^256 in full.
fn wide_multiply(a: Words, b: Words) -> array<u32, 16> {
    let c = columns(fe_from_words(a), fe_from_words(b));
    var t = c[0];
    let l0 = t & MASK;
    t = (t >> 13u) + c[1];
    let l1 = t & MASK;
    t = (t >> 13u) + c[2];
    let l2 = t & MASK;
    t = (t >> 13u) + c[3];
    let l3 = t & MASK;
    t = (t >> 13u) + c[4];
    let l4 = t & MASK;
    t = (t >> 13u) + c[5];
    let l5 = t & MASK;
    t = (t >> 13u) + c[6];
    let l6 = t & MASK;
    t = (t >> 13u) + c[7];
    let l7 = t & MASK;
    t = (t >> 13u) + c[8];
    let l8 = t & MASK;
    t = (t >> 13u) + c[9];
    let l9 = t & MASK;
    t = (t >> 13u) + c[10];
    let l10 = t & MASK;
    t = (t >> 13u) + c[11];
    let l11 = t & MASK;
    t = (t >> 13u) + c[12];
    let l12 = t & MASK;
    t = (t >> 13u) + c[13];
    let l13 = t & MASK;
    t = (t >> 13u) + c[14];
    let l14 = t & MASK;
    t = (t >> 13u) + c[15];
    let l15 = t & MASK;
    t = (t >> 13u) + c[16];
    let l16 = t & MASK;
    t = (t >> 13u) + c[17];
    let l17 = t & MASK;
    t = (t >> 13u) + c[18];
    let l18 = t & MASK;
    t = (t >> 13u) + c[19];
    let l19 = t & MASK;
    t = (t >> 13u) + c[20];
    let l20 = t & MASK;
    t = (t >> 13u) + c[21];
    let l21 = t & MASK;
    t = (t >> 13u) + c[22];
    let l22 = t & MASK;
    t = (t >> 13u) + c[23];
    let l23 = t & MASK;
    t = (t >> 13u) + c[24];
    let l24 = t & MASK;
    t = (t >> 13u) + c[25];
    let l25 = t & MASK;
    t = (t >> 13u) + c[26];
    let l26 = t & MASK;
    t = (t >> 13u) + c[27];
    let l27 = t & MASK;
    t = (t >> 13u) + c[28];
    let l28 = t & MASK;
    t = (t >> 13u) + c[29];
    let l29 = t & MASK;
    t = (t >> 13u) + c[30];
    let l30 = t & MASK;
    t = (t >> 13u) + c[31];
    let l31 = t & MASK;
    t = (t >> 13u) + c[32];
    let l32 = t & MASK;
    t = (t >> 13u) + c[33];
    let l33 = t & MASK;
    t = (t >> 13u) + c[34];
    let l34 = t & MASK;
    t = (t >> 13u) + c[35];
    let l35 = t & MASK;
    t = (t >> 13u) + c[36];
    let l36 = t & MASK;
    t = (t >> 13u) + c[37];
    let l37 = t & MASK;
    t = (t >> 13u) + c[38];
    let l38 = t & MASK;
    let l39 = t >> 13u;
    return array<u32, 16>(
        l0 | (l1 << 13u) | (l2 << 26u),
        (l2 >> 6u) | (l3 << 7u) | (l4 << 20u),
        (l4 >> 12u) | (l5 << 1u) | (l6 << 14u) | (l7 << 27u),
        (l7 >> 5u) | (l8 << 8u) | (l9 << 21u),
        (l9 >> 11u) | (l10 << 2u) | (l11 << 15u) | (l12 << 28u),
        (l12 >> 4u) | (l13 << 9u) | (l14 << 22u),
        (l14 >> 10u) | (l15 << 3u) | (l16 << 16u) | (l17 << 29u),
        (l17 >> 3u) | (l18 << 10u) | (l19 << 23u),
        (l19 >> 9u) | (l20 << 4u) | (l21 << 17u) | (l22 << 30u),
        (l22 >> 2u) | (l23 << 11u) | (l24 << 24u),
        (l24 >> 8u) | (l25 << 5u) | (l26 << 18u) | (l27 << 31u),
        (l27 >> 1u) | (l28 << 12u) | (l29 << 25u),
        (l29 >> 7u) | (l30 << 6u) | (l31 << 19u),
        l32 | (l33 << 13u) | (l34 << 26u),
        (l34 >> 6u) | (l35 << 7u) | (l36 << 20u),
        (l36 >> 12u) | (l37 << 1u) | (l38 << 14u) | (l39 << 27u),
    );
}

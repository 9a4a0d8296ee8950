// Products of the field with 64-bit sums: limbs as in the field's part.
//
// A column of a product is at most 9·(2^29 + 2^18)², which is below 2^61.2. No product waits for another one's carry: columns
// are carried once they are whole.

alias Columns = array<u64, 17>;

/// 2^261 = FOLD_LOW + 2^FOLD_SHIFT·2^29 modulo p.
const FOLD_LOW: u32 = 31264u;
const FOLD_SHIFT: u32 = 8u;

/// a·b + c.
fn multiply_add(a: u32, b: u32, c: u64) -> u64 {
    return u64(a) * u64(b) + c;
}

/// The columns of a product: column k is the sum of all a[i]·b[k - i].
fn columns(a: Fe, b: Fe) -> Columns {
    var c0 = u64(a[0]) * u64(b[0]);
    var c1 = u64(a[0]) * u64(b[1]);
    c1 = multiply_add(a[1], b[0], c1);
    var c2 = u64(a[0]) * u64(b[2]);
    c2 = multiply_add(a[1], b[1], c2);
    c2 = multiply_add(a[2], b[0], c2);
    var c3 = u64(a[0]) * u64(b[3]);
    c3 = multiply_add(a[1], b[2], c3);
    c3 = multiply_add(a[2], b[1], c3);
    c3 = multiply_add(a[3], b[0], c3);
    var c4 = u64(a[0]) * u64(b[4]);
    c4 = multiply_add(a[1], b[3], c4);
    c4 = multiply_add(a[2], b[2], c4);
    c4 = multiply_add(a[3], b[1], c4);
    c4 = multiply_add(a[4], b[0], c4);
    var c5 = u64(a[0]) * u64(b[5]);
    c5 = multiply_add(a[1], b[4], c5);
    c5 = multiply_add(a[2], b[3], c5);
    c5 = multiply_add(a[3], b[2], c5);
    c5 = multiply_add(a[4], b[1], c5);
    c5 = multiply_add(a[5], b[0], c5);
    var c6 = u64(a[0]) * u64(b[6]);
    c6 = multiply_add(a[1], b[5], c6);
    c6 = multiply_add(a[2], b[4], c6);
    c6 = multiply_add(a[3], b[3], c6);
    c6 = multiply_add(a[4], b[2], c6);
    c6 = multiply_add(a[5], b[1], c6);
    c6 = multiply_add(a[6], b[0], c6);
    var c7 = u64(a[0]) * u64(b[7]);
    c7 = multiply_add(a[1], b[6], c7);
    c7 = multiply_add(a[2], b[5], c7);
    c7 = multiply_add(a[3], b[4], c7);
    c7 = multiply_add(a[4], b[3], c7);
    c7 = multiply_add(a[5], b[2], c7);
    c7 = multiply_add(a[6], b[1], c7);
    c7 = multiply_add(a[7], b[0], c7);
    var c8 = u64(a[0]) * u64(b[8]);
    c8 = multiply_add(a[1], b[7], c8);
    c8 = multiply_add(a[2], b[6], c8);
    c8 = multiply_add(a[3], b[5], c8);
    c8 = multiply_add(a[4], b[4], c8);
    c8 = multiply_add(a[5], b[3], c8);
    c8 = multiply_add(a[6], b[2], c8);
    c8 = multiply_add(a[7], b[1], c8);
    c8 = multiply_add(a[8], b[0], c8);
    var c9 = u64(a[1]) * u64(b[8]);
    c9 = multiply_add(a[2], b[7], c9);
    c9 = multiply_add(a[3], b[6], c9);
    c9 = multiply_add(a[4], b[5], c9);
    c9 = multiply_add(a[5], b[4], c9);
    c9 = multiply_add(a[6], b[3], c9);
    c9 = multiply_add(a[7], b[2], c9);
    c9 = multiply_add(a[8], b[1], c9);
    var c10 = u64(a[2]) * u64(b[8]);
    c10 = multiply_add(a[3], b[7], c10);
    c10 = multiply_add(a[4], b[6], c10);
    c10 = multiply_add(a[5], b[5], c10);
    c10 = multiply_add(a[6], b[4], c10);
    c10 = multiply_add(a[7], b[3], c10);
    c10 = multiply_add(a[8], b[2], c10);
    var c11 = u64(a[3]) * u64(b[8]);
    c11 = multiply_add(a[4], b[7], c11);
    c11 = multiply_add(a[5], b[6], c11);
    c11 = multiply_add(a[6], b[5], c11);
    c11 = multiply_add(a[7], b[4], c11);
    c11 = multiply_add(a[8], b[3], c11);
    var c12 = u64(a[4]) * u64(b[8]);
    c12 = multiply_add(a[5], b[7], c12);
    c12 = multiply_add(a[6], b[6], c12);
    c12 = multiply_add(a[7], b[5], c12);
    c12 = multiply_add(a[8], b[4], c12);
    var c13 = u64(a[5]) * u64(b[8]);
    c13 = multiply_add(a[6], b[7], c13);
    c13 = multiply_add(a[7], b[6], c13);
    c13 = multiply_add(a[8], b[5], c13);
    var c14 = u64(a[6]) * u64(b[8]);
    c14 = multiply_add(a[7], b[7], c14);
    c14 = multiply_add(a[8], b[6], c14);
    var c15 = u64(a[7]) * u64(b[8]);
    c15 = multiply_add(a[8], b[7], c15);
    var c16 = u64(a[8]) * u64(b[8]);
    return Columns(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16);
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
    var c0 = u64(a[0]) * u64(a[0]);
    var c1 = u64(d0) * u64(a[1]);
    var c2 = u64(d0) * u64(a[2]);
    c2 = multiply_add(a[1], a[1], c2);
    var c3 = u64(d0) * u64(a[3]);
    c3 = multiply_add(d1, a[2], c3);
    var c4 = u64(d0) * u64(a[4]);
    c4 = multiply_add(d1, a[3], c4);
    c4 = multiply_add(a[2], a[2], c4);
    var c5 = u64(d0) * u64(a[5]);
    c5 = multiply_add(d1, a[4], c5);
    c5 = multiply_add(d2, a[3], c5);
    var c6 = u64(d0) * u64(a[6]);
    c6 = multiply_add(d1, a[5], c6);
    c6 = multiply_add(d2, a[4], c6);
    c6 = multiply_add(a[3], a[3], c6);
    var c7 = u64(d0) * u64(a[7]);
    c7 = multiply_add(d1, a[6], c7);
    c7 = multiply_add(d2, a[5], c7);
    c7 = multiply_add(d3, a[4], c7);
    var c8 = u64(d0) * u64(a[8]);
    c8 = multiply_add(d1, a[7], c8);
    c8 = multiply_add(d2, a[6], c8);
    c8 = multiply_add(d3, a[5], c8);
    c8 = multiply_add(a[4], a[4], c8);
    var c9 = u64(d1) * u64(a[8]);
    c9 = multiply_add(d2, a[7], c9);
    c9 = multiply_add(d3, a[6], c9);
    c9 = multiply_add(d4, a[5], c9);
    var c10 = u64(d2) * u64(a[8]);
    c10 = multiply_add(d3, a[7], c10);
    c10 = multiply_add(d4, a[6], c10);
    c10 = multiply_add(a[5], a[5], c10);
    var c11 = u64(d3) * u64(a[8]);
    c11 = multiply_add(d4, a[7], c11);
    c11 = multiply_add(d5, a[6], c11);
    var c12 = u64(d4) * u64(a[8]);
    c12 = multiply_add(d5, a[7], c12);
    c12 = multiply_add(a[6], a[6], c12);
    var c13 = u64(d5) * u64(a[8]);
    c13 = multiply_add(d6, a[7], c13);
    var c14 = u64(d6) * u64(a[8]);
    c14 = multiply_add(a[7], a[7], c14);
    var c15 = u64(d7) * u64(a[8]);
    var c16 = u64(a[8]) * u64(a[8]);
    return Columns(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15, c16);
}

/// The factor that columns stand for: the upper nine limbs count 2^261 = 31264 + 2^8·2^29, and so does what is left above.
fn fold(c: Columns) -> Fe {
    var t = c[9];
    let h0 = u32(t) & MASK;
    t = (t >> 29u) + c[10];
    let h1 = u32(t) & MASK;
    t = (t >> 29u) + c[11];
    let h2 = u32(t) & MASK;
    t = (t >> 29u) + c[12];
    let h3 = u32(t) & MASK;
    t = (t >> 29u) + c[13];
    let h4 = u32(t) & MASK;
    t = (t >> 29u) + c[14];
    let h5 = u32(t) & MASK;
    t = (t >> 29u) + c[15];
    let h6 = u32(t) & MASK;
    t = (t >> 29u) + c[16];
    let h7 = u32(t) & MASK;
    let h8 = u32(t >> 29u);
    t = multiply_add(h0, FOLD_LOW, c[0]);
    let l0 = u32(t) & MASK;
    t = multiply_add(h1, FOLD_LOW, (t >> 29u) + c[1] + (u64(h0) << FOLD_SHIFT));
    let l1 = u32(t) & MASK;
    t = multiply_add(h2, FOLD_LOW, (t >> 29u) + c[2] + (u64(h1) << FOLD_SHIFT));
    let l2 = u32(t) & MASK;
    t = multiply_add(h3, FOLD_LOW, (t >> 29u) + c[3] + (u64(h2) << FOLD_SHIFT));
    let l3 = u32(t) & MASK;
    t = multiply_add(h4, FOLD_LOW, (t >> 29u) + c[4] + (u64(h3) << FOLD_SHIFT));
    let l4 = u32(t) & MASK;
    t = multiply_add(h5, FOLD_LOW, (t >> 29u) + c[5] + (u64(h4) << FOLD_SHIFT));
    let l5 = u32(t) & MASK;
    t = multiply_add(h6, FOLD_LOW, (t >> 29u) + c[6] + (u64(h5) << FOLD_SHIFT));
    let l6 = u32(t) & MASK;
    t = multiply_add(h7, FOLD_LOW, (t >> 29u) + c[7] + (u64(h6) << FOLD_SHIFT));
    let l7 = u32(t) & MASK;
    t = multiply_add(h8, FOLD_LOW, (t >> 29u) + c[8] + (u64(h7) << FOLD_SHIFT));
    let l8 = u32(t) & MASK;
    t = (t >> 29u) + (u64(h8) << FOLD_SHIFT); // Below 2^38.
    let low = u64(l0) + t * u64(FOLD_LOW);
    let next = u64(l1) + (t << FOLD_SHIFT) + (low >> 29u);
    return Fe(u32(low) & MASK, u32(next) & MASK, l2 + u32(next >> 29u), l3, l4, l5, l6, l7, l8);
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
    let l0 = u32(t) & MASK;
    t = (t >> 29u) + c[1];
    let l1 = u32(t) & MASK;
    t = (t >> 29u) + c[2];
    let l2 = u32(t) & MASK;
    t = (t >> 29u) + c[3];
    let l3 = u32(t) & MASK;
    t = (t >> 29u) + c[4];
    let l4 = u32(t) & MASK;
    t = (t >> 29u) + c[5];
    let l5 = u32(t) & MASK;
    t = (t >> 29u) + c[6];
    let l6 = u32(t) & MASK;
    t = (t >> 29u) + c[7];
    let l7 = u32(t) & MASK;
    t = (t >> 29u) + c[8];
    let l8 = u32(t) & MASK;
    t = (t >> 29u) + c[9];
    let l9 = u32(t) & MASK;
    t = (t >> 29u) + c[10];
    let l10 = u32(t) & MASK;
    t = (t >> 29u) + c[11];
    let l11 = u32(t) & MASK;
    t = (t >> 29u) + c[12];
    let l12 = u32(t) & MASK;
    t = (t >> 29u) + c[13];
    let l13 = u32(t) & MASK;
    t = (t >> 29u) + c[14];
    let l14 = u32(t) & MASK;
    t = (t >> 29u) + c[15];
    let l15 = u32(t) & MASK;
    t = (t >> 29u) + c[16];
    let l16 = u32(t) & MASK;
    let l17 = u32(t >> 29u);
    return array<u32, 16>(
        l0 | (l1 << 29u),
        (l1 >> 3u) | (l2 << 26u),
        (l2 >> 6u) | (l3 << 23u),
        (l3 >> 9u) | (l4 << 20u),
        (l4 >> 12u) | (l5 << 17u),
        (l5 >> 15u) | (l6 << 14u),
        (l6 >> 18u) | (l7 << 11u),
        (l7 >> 21u) | (l8 << 8u),
        (l8 >> 24u) | (l9 << 5u),
        (l9 >> 27u) | (l10 << 2u) | (l11 << 31u),
        (l11 >> 1u) | (l12 << 28u),
        (l12 >> 4u) | (l13 << 25u),
        (l13 >> 7u) | (l14 << 22u),
        (l14 >> 10u) | (l15 << 19u),
        (l15 >> 13u) | (l16 << 16u),
        (l16 >> 16u) | (l17 << 13u),
    );
}

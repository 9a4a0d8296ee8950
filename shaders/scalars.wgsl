// u1 = -z/r and u2 = s/r modulo n, and their digits: u2 = k1 + k2·λ with halves of 128 bits (Gallant, Lambert, Vanstone),
// u1 = l + h·2^128, each with the offset that makes signed digits unsigned ones.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> rows: array<SignatureRow>;
@group(0) @binding(2) var<storage, read> scalar: array<u32>;
@group(0) @binding(3) var<storage, read_write> digits: array<u32>;

/// Stores the lower five words of a + offset.
fn store(number: u32, row: u32, a: Words, offset: array<u32, 5>) {
    var carry = 0u;
    for (var j = 0u; j < 5u; j++) {
        let part = a[j] + offset[j];
        let sum = part + carry;
        carry = select(0u, 1u, part < a[j] || sum < carry);
        digits[(5u * number + j) * params.stride + row] = sum;
    }
}

/// a·b/2^384 to the nearest integer, which is below 2^128.
fn rounded_high(a: Words, b: Words) -> Words {
    let product = wide_multiply(a, b);
    var high = Words(product[12], product[13], product[14], product[15], 0u, 0u, 0u, 0u);
    var carry = product[11] >> 31u;
    for (var j = 0u; j < 4u; j++) {
        high[j] += carry;
        carry = select(0u, carry, high[j] == 0u);
    }
    return high;
}

/// The lower half of a·b.
fn low_product(a: Words, b: Words) -> Words {
    let product = wide_multiply(a, b);
    return Words(
        product[0],
        product[1],
        product[2],
        product[3],
        product[4],
        product[5],
        product[6],
        product[7],
    );
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if row >= params.count {
        return;
    }
    let stride = params.stride;
    let r_inverse = Words(
        scalar[row],
        scalar[row + stride],
        scalar[row + 2u * stride],
        scalar[row + 3u * stride],
        scalar[row + 4u * stride],
        scalar[row + 5u * stride],
        scalar[row + 6u * stride],
        scalar[row + 7u * stride],
    );

    // With one factor R, which the products with z and s take away.
    let factor = scalar_multiply(fe_from_words(r_inverse), SCALAR_RADIX_SQUARED);
    let z = fe_from_words(words_from_bytes(rows[row].prehash));
    var u1 = scalar_to_words(scalar_multiply(z, factor));
    if !is_zero(u1) {
        u1 = subtract(N, u1).words;
    }
    store(2u, row, Words(u1[0], u1[1], u1[2], u1[3], 0u, 0u, 0u, 0u), GENERATOR_OFFSET);
    store(3u, row, Words(u1[4], u1[5], u1[6], u1[7], 0u, 0u, 0u, 0u), GENERATOR_OFFSET);

    // (c1, c2) are the coordinates of (u2, 0) in the basis (a1, b1), (a2, b2) of the lattice, to the nearest integers, and
    // k1 = u2 - c1·a1 - c2·a2, k2 = c1·(-b1) - c2·b2 with b2 = a1: small numbers, computed modulo 2^256.
    let s = fe_from_words(words_from_bytes(rows[row].s));
    let u2 = scalar_to_words(scalar_multiply(s, factor));
    let c1 = rounded_high(u2, GLV_G1);
    let c2 = rounded_high(u2, GLV_G2);
    let rest = subtract(u2, low_product(c1, GLV_A1)).words;
    store(0u, row, subtract(rest, low_product(c2, GLV_A2)).words, POINT_OFFSET);
    let k2 = subtract(low_product(c1, GLV_MINUS_B1), low_product(c2, GLV_A1)).words;
    store(1u, row, k2, POINT_OFFSET);
}

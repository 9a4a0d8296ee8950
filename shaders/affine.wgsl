// The table of R made affine, and βx of each multiple, which with the same y is the multiple of λR.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> inverse: array<u32>;
@group(0) @binding(2) var<storage, read_write> table: array<vec4<u32>>;

fn load(number: u32, row: u32) -> Fe {
    let at = 2u * (number * params.stride + row);
    return fe_from_words(words_of(table[at], table[at + 1u]));
}

fn store(number: u32, row: u32, a: Fe) {
    let w = fe_to_words(a);
    let at = 2u * (number * params.stride + row);
    table[at] = vec4<u32>(w[0], w[1], w[2], w[3]);
    table[at + 1u] = vec4<u32>(w[4], w[5], w[6], w[7]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if row >= params.count {
        return;
    }
    let stride = params.stride;
    let w = Words(
        inverse[row],
        inverse[row + stride],
        inverse[row + 2u * stride],
        inverse[row + 3u * stride],
        inverse[row + 4u * stride],
        inverse[row + 5u * stride],
        inverse[row + 6u * stride],
        inverse[row + 7u * stride],
    );
    // 1/Z of the multiple at hand: Z is the one before times the ratio.
    var z_inverse = fe_from_words(w);
    for (var left = POINT_MULTIPLES; left > 0u; left--) {
        let i = left - 1u;
        let ratio = load(2u * POINT_MULTIPLES + i, row);
        let square = fe_square(z_inverse);
        let x = fe_multiply(load(i, row), square);
        let y = fe_multiply(load(POINT_MULTIPLES + i, row), fe_multiply(square, z_inverse));
        store(i, row, x);
        store(POINT_MULTIPLES + i, row, y);
        store(2u * POINT_MULTIPLES + i, row, fe_multiply(x, FE_BETA));
        z_inverse = fe_multiply(z_inverse, ratio);
    }
}

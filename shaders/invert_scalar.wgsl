// 1/r modulo n, with one inversion for all rows of an invocation (Montgomery's trick).

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> rows: array<SignatureRow>;
@group(0) @binding(2) var<storage, read> status: array<u32>;
@group(0) @binding(3) var<storage, read_write> scalar: array<u32>;

/// r, and one where r is refused, so that no product of the rows is zero.
fn factor(row: u32) -> Fe {
    if status[row] != STATUS_OK {
        return FE_ONE;
    }
    return fe_from_words(words_from_bytes(rows[row].r));
}

fn load(row: u32) -> Fe {
    let stride = params.stride;
    return fe_from_words(Words(
        scalar[row],
        scalar[row + stride],
        scalar[row + 2u * stride],
        scalar[row + 3u * stride],
        scalar[row + 4u * stride],
        scalar[row + 5u * stride],
        scalar[row + 6u * stride],
        scalar[row + 7u * stride],
    ));
}

fn store(row: u32, a: Fe) {
    let w = scalar_to_words(a);
    let stride = params.stride;
    scalar[row] = w[0];
    scalar[row + stride] = w[1];
    scalar[row + 2u * stride] = w[2];
    scalar[row + 3u * stride] = w[3];
    scalar[row + 4u * stride] = w[4];
    scalar[row + 5u * stride] = w[5];
    scalar[row + 6u * stride] = w[6];
    scalar[row + 7u * stride] = w[7];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= min(params.lanes, params.count) {
        return;
    }
    // Going up, a row takes the product of those before it; going down, the inverse of all up to it is at hand. Products
    // are short of a factor R, and those with inverses make up for it.
    var product = FE_ONE;
    for (var row = lane; row < params.count; row += params.lanes) {
        store(row, product);
        product = scalar_multiply(product, factor(row));
    }
    var inverse = scalar_invert(product);
    for (var left = (params.count - lane - 1u) / params.lanes + 1u; left > 0u; left--) {
        let row = lane + (left - 1u) * params.lanes;
        store(row, scalar_multiply(inverse, load(row)));
        inverse = scalar_multiply(inverse, factor(row));
    }
}

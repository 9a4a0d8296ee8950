// 1/Z modulo p, with one inversion for all rows of an invocation (Montgomery's trick). A Z of zero says that the row met an
// exception: one takes its place, and the row is to be done again elsewhere.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> sum: array<u32>;
@group(0) @binding(2) var<storage, read_write> status: array<u32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<u32>;

/// Z of a row as it is.
fn load_z(row: u32) -> Words {
    let at = 16u * params.stride + row;
    let stride = params.stride;
    return Words(
        sum[at],
        sum[at + stride],
        sum[at + 2u * stride],
        sum[at + 3u * stride],
        sum[at + 4u * stride],
        sum[at + 5u * stride],
        sum[at + 6u * stride],
        sum[at + 7u * stride],
    );
}

/// Z of a row, and one in the place of zero.
fn factor(row: u32) -> Fe {
    let z = load_z(row);
    if is_zero(z) {
        return FE_ONE;
    }
    return fe_from_words(z);
}

fn load(row: u32) -> Fe {
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
    return fe_from_words(w);
}

fn store(row: u32, a: Fe) {
    let w = fe_to_words(a);
    let stride = params.stride;
    inverse[row] = w[0];
    inverse[row + stride] = w[1];
    inverse[row + 2u * stride] = w[2];
    inverse[row + 3u * stride] = w[3];
    inverse[row + 4u * stride] = w[4];
    inverse[row + 5u * stride] = w[5];
    inverse[row + 6u * stride] = w[6];
    inverse[row + 7u * stride] = w[7];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let lane = id.x;
    if lane >= min(params.lanes, params.count) {
        return;
    }
    // Going up, a row takes the product of those before it; going down, the inverse of all up to it is at hand.
    var product = FE_ONE;
    for (var row = lane; row < params.count; row += params.lanes) {
        if is_zero(load_z(row)) && status[row] == STATUS_OK {
            status[row] = STATUS_REDO;
        }
        store(row, product);
        product = fe_multiply(product, factor(row));
    }
    var suffix = fe_invert(product);
    for (var left = (params.count - lane - 1u) / params.lanes + 1u; left > 0u; left--) {
        let row = lane + (left - 1u) * params.lanes;
        store(row, fe_multiply(suffix, load(row)));
        suffix = fe_multiply(suffix, factor(row));
    }
}

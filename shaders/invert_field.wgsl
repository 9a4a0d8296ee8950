// 1/Z modulo p, with one inversion for all rows of an invocation (Montgomery's trick). A Z of zero says that the row met an
// exception: one takes its place, and the row is to be done again elsewhere.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> sum: array<u32>;
@group(0) @binding(2) var<storage, read_write> status: array<u32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<u32>;

/// Z of a row as it is.
fn load_z(row: u32) -> Words {
    var w: Words;
    for (var j = 0u; j < 8u; j++) {
        w[j] = sum[(16u + j) * params.stride + row];
    }
    return w;
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
    var w: Words;
    for (var j = 0u; j < 8u; j++) {
        w[j] = inverse[j * params.stride + row];
    }
    return fe_from_words(w);
}

fn store(row: u32, a: Fe) {
    let w = fe_to_words(a);
    for (var j = 0u; j < 8u; j++) {
        inverse[j * params.stride + row] = w[j];
    }
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

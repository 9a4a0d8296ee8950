// Ranges of a signature, and its point R: x = r and y by the recovery id.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> rows: array<SignatureRow>;
@group(0) @binding(2) var<storage, read_write> status: array<u32>;
@group(0) @binding(3) var<storage, read_write> point: array<u32>;

/// Why a signature is refused before anything is computed, or that it is not.
fn range_status(r: Words, s: Words, flags: u32) -> u32 {
    if (flags & 0xffu) > 1u {
        return STATUS_RECOVERY_ID;
    }
    if is_zero(r) || !subtract(r, N).below_zero {
        return STATUS_R_OUT_OF_RANGE;
    }
    if is_zero(s) || !subtract(s, N).below_zero {
        return STATUS_S_OUT_OF_RANGE;
    }
    if (flags & LOW_S) != 0u && subtract(HALF_N, s).below_zero {
        return STATUS_HIGH_S;
    }
    return STATUS_OK;
}

fn store(number: u32, row: u32, w: Words) {
    let at = 8u * number * params.stride + row;
    let stride = params.stride;
    point[at] = w[0];
    point[at + stride] = w[1];
    point[at + 2u * stride] = w[2];
    point[at + 3u * stride] = w[3];
    point[at + 4u * stride] = w[4];
    point[at + 5u * stride] = w[5];
    point[at + 6u * stride] = w[6];
    point[at + 7u * stride] = w[7];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if row >= params.count {
        return;
    }
    let r = words_from_bytes(rows[row].r);
    let flags = rows[row].flags;
    var outcome = range_status(r, words_from_bytes(rows[row].s), flags);

    let x = fe_from_words(r);
    let square = fe_add(fe_multiply(fe_square(x), x), FE_SEVEN);
    let root = fe_root(square);
    if outcome == STATUS_OK && !is_zero(fe_to_words(fe_subtract(fe_square(root), square))) {
        outcome = STATUS_NOT_ON_CURVE;
    }
    status[row] = outcome;
    // A row that is refused goes on with G in the place of R.
    if outcome != STATUS_OK {
        store(0u, row, GENERATOR_X);
        store(1u, row, GENERATOR_Y);
        return;
    }
    var y = fe_to_words(root);
    if (y[0] & 1u) != (flags & 1u) {
        y = fe_to_words(fe_subtract(Fe(), root));
    }
    store(0u, row, r);
    store(1u, row, y);
}

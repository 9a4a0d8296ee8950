// The affine public key, and the last 20 bytes of its Keccak-256.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> sum: array<u32>;
@group(0) @binding(2) var<storage, read> inverse: array<u32>;
@group(0) @binding(3) var<storage, read> status: array<u32>;
@group(0) @binding(4) var<storage, read_write> results: array<ResultRow>;

fn load_sum(number: u32, row: u32) -> Fe {
    let at = 8u * number * params.stride + row;
    let stride = params.stride;
    let w = Words(
        sum[at],
        sum[at + stride],
        sum[at + 2u * stride],
        sum[at + 3u * stride],
        sum[at + 4u * stride],
        sum[at + 5u * stride],
        sum[at + 6u * stride],
        sum[at + 7u * stride],
    );
    return fe_from_words(w);
}

fn load_inverse(row: u32) -> Fe {
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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if row >= params.count {
        return;
    }
    results[row].status = status[row];
    if status[row] != STATUS_OK {
        results[row].address = array<u32, 5>();
        return;
    }
    let z_inverse = load_inverse(row);
    let square = fe_square(z_inverse);
    let x = fe_to_words(fe_multiply(load_sum(0u, row), square));
    let y = fe_to_words(fe_multiply(load_sum(1u, row), fe_multiply(square, z_inverse)));

    // 64 bytes, x and y big-endian; then the padding, which fills the block of 136.
    var state = KeccakState();
    for (var i = 0u; i < 4u; i++) {
        state[i] = vec2<u32>(swap_bytes(x[7u - 2u * i]), swap_bytes(x[6u - 2u * i]));
        state[4u + i] = vec2<u32>(swap_bytes(y[7u - 2u * i]), swap_bytes(y[6u - 2u * i]));
    }
    state[8] = vec2<u32>(1u, 0u);
    state[16] = vec2<u32>(0u, 0x80000000u);
    keccak_f(&state);
    results[row].address = array<u32, 5>(state[1].y, state[2].x, state[2].y, state[3].x, state[3].y);
}

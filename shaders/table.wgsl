// R, 2R, ... 16R in Jacobian coordinates: X and Y of each, what its Z is a multiple of the one before by, and the last Z.
//
// The order of the group is a large prime, so no sum here is exceptional.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> point: array<u32>;
@group(0) @binding(2) var<storage, read_write> table: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> sum: array<u32>;

fn load(number: u32, row: u32) -> Fe {
    let at = 8u * number * params.stride + row;
    let stride = params.stride;
    let w = Words(
        point[at],
        point[at + stride],
        point[at + 2u * stride],
        point[at + 3u * stride],
        point[at + 4u * stride],
        point[at + 5u * stride],
        point[at + 6u * stride],
        point[at + 7u * stride],
    );
    return fe_from_words(w);
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
    let x = load(0u, row);
    let y = load(1u, row);
    var multiple = Jacobian(x, y, FE_ONE);
    var ratio = FE_ONE;
    for (var i = 0u; i < POINT_MULTIPLES; i++) {
        if i == 1u {
            ratio = y;
            multiple = point_double(multiple);
        } else if i > 1u {
            let next = point_add(multiple, x, y);
            ratio = next.ratio;
            multiple = next.point;
        }
        store(i, row, multiple.x);
        store(POINT_MULTIPLES + i, row, multiple.y);
        store(2u * POINT_MULTIPLES + i, row, ratio);
    }
    let z = fe_to_words(multiple.z);
    let at = 16u * params.stride + row;
    let stride = params.stride;
    sum[at] = z[0];
    sum[at + stride] = z[1];
    sum[at + 2u * stride] = z[2];
    sum[at + 3u * stride] = z[3];
    sum[at + 4u * stride] = z[4];
    sum[at + 5u * stride] = z[5];
    sum[at + 6u * stride] = z[6];
    sum[at + 7u * stride] = z[7];
}

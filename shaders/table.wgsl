// R, 2R, ... 16R in Jacobian coordinates: X and Y of each, what its Z is a multiple of the one before by, and the last Z.
//
// The order of the group is a large prime, so no sum here is exceptional.

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> point: array<u32>;
@group(0) @binding(2) var<storage, read_write> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> sum: array<u32>;

fn load(number: u32, row: u32) -> Fe {
    var w: Words;
    for (var j = 0u; j < 8u; j++) {
        w[j] = point[(8u * number + j) * params.stride + row];
    }
    return fe_from_words(w);
}

fn store(number: u32, row: u32, a: Fe) {
    let w = fe_to_words(a);
    for (var j = 0u; j < 8u; j++) {
        table[(8u * number + j) * params.stride + row] = w[j];
    }
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
    for (var j = 0u; j < 8u; j++) {
        sum[(16u + j) * params.stride + row] = z[j];
    }
}

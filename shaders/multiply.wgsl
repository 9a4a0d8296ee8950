// A chain of field products: x ← x·y `rounds` times, then x ← x² `rounds` times, for each row's factors x and y. It shows
// what a device makes of the arithmetic alone, and how fast.

struct MultiplyParams {
    /// Rows; word j of number k of row i stands at (8k + j)·count + i.
    count: u32,
    /// Products, and squares.
    rounds: u32,
}

@group(0) @binding(0) var<uniform> params: MultiplyParams;
@group(0) @binding(1) var<storage, read> factors: array<u32>;
@group(0) @binding(2) var<storage, read_write> products: array<u32>;

fn load(number: u32, row: u32) -> Fe {
    let at = 8u * number * params.count + row;
    let stride = params.count;
    let w = Words(
        factors[at],
        factors[at + stride],
        factors[at + 2u * stride],
        factors[at + 3u * stride],
        factors[at + 4u * stride],
        factors[at + 5u * stride],
        factors[at + 6u * stride],
        factors[at + 7u * stride],
    );
    return fe_from_words(w);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if row >= params.count {
        return;
    }
    var x = load(0u, row);
    let y = load(1u, row);
    for (var i = 0u; i < params.rounds; i++) {
        x = fe_multiply(x, y);
    }
    for (var i = 0u; i < params.rounds; i++) {
        x = fe_square(x);
    }
    let w = fe_to_words(x);
    let stride = params.count;
    products[row] = w[0];
    products[row + stride] = w[1];
    products[row + 2u * stride] = w[2];
    products[row + 3u * stride] = w[3];
    products[row + 4u * stride] = w[4];
    products[row + 5u * stride] = w[5];
    products[row + 6u * stride] = w[6];
    products[row + 7u * stride] = w[7];
}

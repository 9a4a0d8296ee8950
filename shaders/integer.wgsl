// Multiply-adds and nothing else, in eight chains that do not wait for each other: the limit of a device that products of
// numbers are measured by.

struct MultiplyParams {
    /// Rows; word j of row i stands at j·count + i.
    count: u32,
    /// Multiply-adds of each chain.
    rounds: u32,
}

@group(0) @binding(0) var<uniform> params: MultiplyParams;
@group(0) @binding(1) var<storage, read> factors: array<u32>;
@group(0) @binding(2) var<storage, read_write> products: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if row >= params.count {
        return;
    }
    let x = factors[row];
    let y = factors[params.count + row];
    var a = Accumulator(x);
    var b = Accumulator(x + 1u);
    var c = Accumulator(x + 2u);
    var d = Accumulator(x + 3u);
    var e = Accumulator(x + 4u);
    var f = Accumulator(x + 5u);
    var g = Accumulator(x + 6u);
    var h = Accumulator(x + 7u);
    for (var i = 0u; i < params.rounds; i++) {
        a = multiply_accumulate(a, y);
        b = multiply_accumulate(b, y);
        c = multiply_accumulate(c, y);
        d = multiply_accumulate(d, y);
        e = multiply_accumulate(e, y);
        f = multiply_accumulate(f, y);
        g = multiply_accumulate(g, y);
        h = multiply_accumulate(h, y);
    }
    products[row] = to_word(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h);
}

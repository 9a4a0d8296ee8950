// A multiply-add of the 64-bit arithmetic: a product of two words and a sum of 64 bits.

alias Accumulator = u64;

/// The low word of x times y, plus x.
fn multiply_accumulate(x: Accumulator, y: u32) -> Accumulator {
    return u64(u32(x)) * u64(y) + x;
}

fn to_word(x: Accumulator) -> u32 {
    return u32(x) ^ u32(x >> 32u);
}

// A multiply-add of the 32-bit arithmetic: product and sum of words.

alias Accumulator = u32;

/// x times y, plus y.
fn multiply_accumulate(x: Accumulator, y: u32) -> Accumulator {
    return x * y + y;
}

fn to_word(x: Accumulator) -> u32 {
    return x;
}

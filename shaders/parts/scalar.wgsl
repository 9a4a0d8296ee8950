// Numbers modulo the order n of the group, over the wide product of the field's part.

/// The number below n of one below 2^256, which is less than 2n.
fn scalar_reduce(a: Words) -> Words {
    let less = subtract(a, N);
    if less.below_zero {
        return a;
    }
    return less.words;
}

/// a·b modulo n, reduced, of any numbers below 2^256.
///
/// What is above 2^256 counts 2^256 - n each, which has 129 bits: after the product itself, at most 256, 130, 3 and 1 bits are
/// above, and then nothing.
fn scalar_multiply(a: Words, b: Words) -> Words {
    var above = a;
    var factor = b;
    var low = Words();
    for (var i = 0u; i < 5u; i++) {
        let product = wide_multiply(above, factor);
        var carry = 0u;
        for (var j = 0u; j < 8u; j++) {
            let part = low[j] + product[j];
            let sum = part + carry;
            carry = select(0u, 1u, part < low[j] || sum < carry);
            low[j] = sum;
        }
        for (var j = 0u; j < 8u; j++) {
            above[j] = product[j + 8u] + carry;
            carry = select(0u, carry, above[j] == 0u);
        }
        factor = N_FOLD;
    }
    return scalar_reduce(low);
}

/// 1/a modulo n, and 0 for 0: a^(n-2), bit by bit. An even step squares, an odd one multiplies.
fn scalar_invert(a: Words) -> Words {
    var power = Words(1u, 0u, 0u, 0u, 0u, 0u, 0u, 0u);
    for (var step = 0u; step < 512u; step++) {
        let bit = 255u - step / 2u;
        let multiplies = step % 2u == 1u;
        if multiplies && ((N_MINUS_2[bit / 32u] >> (bit % 32u)) & 1u) == 0u {
            continue;
        }
        var factor = power;
        if multiplies {
            factor = a;
        }
        power = scalar_multiply(power, factor);
    }
    return power;
}

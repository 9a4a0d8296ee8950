// Numbers modulo the order n of the group, over the product of the part `scalar_product`, which leaves out one factor R.

/// The number below n, in words, that exact limbs below 2n stand for.
fn scalar_to_words(a: Fe) -> Words {
    let words = limbs_to_words(a);
    let less = subtract(words, N);
    if !less.below_zero || reaches_2_256(a) {
        return less.words;
    }
    return words;
}

/// Products in `scalar_invert`: two that make a² and a³, two squares and a product for each two bits of n - 2 after the
/// first two, which are ones, and two that take factors R away.
const INVERSE_PRODUCTS: u32 = 385u;

/// 1/a modulo n, and 0 for 0: a^(n-2). One loop runs all products, so that there is one in the code.
fn scalar_invert(a: Fe) -> Fe {
    var power = a;
    var square = a;
    var cube = a;
    for (var i = 0u; i < INVERSE_PRODUCTS; i++) {
        var factor = a;
        if i >= INVERSE_PRODUCTS - 2u {
            // With every product short of a factor R, the power is R²/a.
            factor = FE_ONE;
        } else if i >= 2u {
            let bit = 252u - 2u * ((i - 2u) / 3u);
            let digit = (N_MINUS_2[bit / 32u] >> (bit % 32u)) & 3u;
            if (i - 2u) % 3u < 2u {
                factor = power;
            } else if digit == 0u {
                continue;
            } else if digit == 2u {
                factor = square;
            } else if digit == 3u {
                factor = cube;
            }
        }
        power = scalar_multiply(power, factor);
        if i == 0u {
            square = power;
        } else if i == 1u {
            cube = power;
        }
    }
    return power;
}

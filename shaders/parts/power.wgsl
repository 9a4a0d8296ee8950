// Powers with the two exponents that inverses and square roots take.
//
// p - 2 and (p + 1)/4 begin alike in binary: 223 ones, a zero, 22 ones. The chain makes powers of 2^k - 1 ("k ones") out of
// shorter ones; a step is squarings and one product. One loop runs it, so that there is one square and one product in the code.

/// Squarings of a step, and the power that is multiplied then.
struct Step {
    squarings: u32,
    factor: u32,
}

/// The power as it was before the squarings.
const SELF: u32 = 0u;
/// Of one, two, three and 22 ones.
const ONES_1: u32 = 1u;
const ONES_2: u32 = 2u;
const ONES_3: u32 = 3u;
const ONES_22: u32 = 4u;

/// Steps to 223 ones, a zero and 22 ones; then those of p - 2, of which the lowest bits are 0000101101, and those of (p + 1)/4,
/// of which they are 00001100 (its two last zeros are left to the caller).
const COMMON_STEPS: u32 = 12u;
const INVERSE_STEPS: u32 = 15u;
const ROOT_STEPS: u32 = 13u;
const STEPS = array<Step, 16>(
    Step(1u, ONES_1),
    Step(1u, ONES_1),
    Step(2u, ONES_2),
    Step(5u, SELF),
    Step(1u, ONES_1),
    Step(11u, SELF),
    Step(22u, SELF),
    Step(44u, SELF),
    Step(22u, ONES_22),
    Step(110u, SELF),
    Step(3u, ONES_3),
    Step(23u, ONES_22),
    Step(5u, ONES_1),
    Step(3u, ONES_2),
    Step(2u, ONES_1),
    Step(6u, ONES_2),
);

/// a to the power that `count` steps make; those after the common ones are `first_last` and on.
fn power_by_steps(a: Fe, count: u32, first_last: u32) -> Fe {
    var power = a;
    var ones_2 = a;
    var ones_3 = a;
    var ones_22 = a;
    for (var i = 0u; i < count; i++) {
        let step = STEPS[select(i, i - COMMON_STEPS + first_last, i >= COMMON_STEPS)];
        var factor = power;
        switch step.factor {
            case ONES_1: { factor = a; }
            case ONES_2: { factor = ones_2; }
            case ONES_3: { factor = ones_3; }
            case ONES_22: { factor = ones_22; }
            default: {}
        }
        for (var j = 0u; j < step.squarings; j++) {
            power = fe_square(power);
        }
        power = fe_multiply(power, factor);
        switch i {
            case 0u: { ones_2 = power; }
            case 1u: { ones_3 = power; }
            case 5u: { ones_22 = power; }
            default: {}
        }
    }
    return power;
}

/// 1/a, and 0 for 0: a^(p-2) in 255 squares and 15 products.
fn fe_invert(a: Fe) -> Fe {
    return power_by_steps(a, INVERSE_STEPS, COMMON_STEPS);
}

/// a^((p+1)/4), a root of a if there is one: 253 squares and 13 products.
fn fe_root(a: Fe) -> Fe {
    return fe_square(fe_square(power_by_steps(a, ROOT_STEPS, INVERSE_STEPS)));
}

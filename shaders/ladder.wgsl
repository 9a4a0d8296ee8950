// A slice of u1·G + u2·R = l·G + h·2^128·G + k1·R + k2·λR: windows from window_high down to window_low. A window is five bits
// of k1 and k2; every third one is fifteen bits of l and h as well.
//
// The sum stays where it is between slices. Exceptions of the addition leave Z at zero for good (parts/point.wgsl).

@group(0) @binding(0) var<uniform> params: RecoverParams;
@group(0) @binding(1) var<storage, read> digits: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read> generator: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read_write> sum: array<u32>;

/// Windows of the point in one of the generator.
const WINDOWS_IN_ONE: u32 = GENERATOR_WINDOW / POINT_WINDOW;
/// The column of `sum` that tells whether nothing is added yet.
const INFINITE: u32 = 24u;

/// Digit `window` of one of the four numbers, plus 2^(width - 1).
fn raw_digit(number: u32, width: u32, window: u32, row: u32) -> u32 {
    let bit = width * window;
    let at = (5u * number + bit / 32u) * params.stride + row;
    let shift = bit % 32u;
    var raw = digits[at] >> shift;
    if shift + width > 32u {
        raw |= digits[at + params.stride] << (32u - shift);
    }
    return raw & ((1u << width) - 1u);
}

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

fn store_sum(number: u32, row: u32, a: Fe) {
    let w = fe_to_words(a);
    let at = 8u * number * params.stride + row;
    let stride = params.stride;
    sum[at] = w[0];
    sum[at + stride] = w[1];
    sum[at + 2u * stride] = w[2];
    sum[at + 3u * stride] = w[3];
    sum[at + 4u * stride] = w[4];
    sum[at + 5u * stride] = w[5];
    sum[at + 6u * stride] = w[6];
    sum[at + 7u * stride] = w[7];
}

/// A coordinate of a multiple of R or of λR.
fn load_table(number: u32, row: u32) -> Fe {
    let at = 2u * (number * params.stride + row);
    return fe_from_words(words_of(table[at], table[at + 1u]));
}

/// A coordinate of a multiple of G or of 2^128·G.
fn load_generator(first: u32) -> Fe {
    return fe_from_words(words_of(generator[first], generator[first + 1u]));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let row = id.x;
    if row >= params.count {
        return;
    }
    var acc: Jacobian;
    var infinite = true;
    if params.window_high + 1u != POINT_WINDOWS {
        acc = Jacobian(load_sum(0u, row), load_sum(1u, row), load_sum(2u, row));
        infinite = sum[INFINITE * params.stride + row] != 0u;
    }

    for (var left = params.window_high + 1u; left > params.window_low; left--) {
        let window = left - 1u;
        if left != POINT_WINDOWS {
            for (var i = 0u; i < POINT_WINDOW; i++) {
                acc = point_double(acc);
            }
        }
        // One place in the code adds, whatever is added.
        let additions = select(2u, 4u, window % WINDOWS_IN_ONE == 0u);
        for (var number = 0u; number < additions; number++) {
            var half: u32;
            var raw: u32;
            if number < 2u {
                half = 1u << (POINT_WINDOW - 1u);
                raw = raw_digit(number, POINT_WINDOW, window, row);
            } else {
                half = 1u << (GENERATOR_WINDOW - 1u);
                raw = raw_digit(number, GENERATOR_WINDOW, window / WINDOWS_IN_ONE, row);
            }
            if raw == half {
                continue;
            }
            let negative = raw < half;
            let multiple = select(raw - half, half - raw, negative);
            var x: Fe;
            var y: Fe;
            if number < 2u {
                x = load_table(2u * POINT_MULTIPLES * number + multiple - 1u, row);
                y = load_table(POINT_MULTIPLES + multiple - 1u, row);
            } else {
                let first = 4u * ((number - 2u) * (GENERATOR_MULTIPLES + 1u) + multiple);
                x = load_generator(first);
                y = load_generator(first + 2u);
            }
            if negative {
                y = fe_subtract(Fe(), y);
            }
            if infinite {
                acc = Jacobian(x, y, FE_ONE);
                infinite = false;
            } else {
                acc = point_add(acc, x, y).point;
            }
        }
    }

    store_sum(0u, row, acc.x);
    store_sum(1u, row, acc.y);
    store_sum(2u, row, acc.z);
    sum[INFINITE * params.stride + row] = select(0u, 1u, infinite);
}

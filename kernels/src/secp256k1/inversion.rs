//! Inverses modulo n and modulo p by division steps (Bernstein and Yang, "Fast constant-time gcd computation and modular
//! inversion", 2019), in variable time.
//!
//! A division step takes (δ, f, g), f odd, to (1-δ, g, (g-f)/2) if δ > 0 and g is odd, and else to
//! (1+δ, f, (g + (g mod 2)·f)/2). It keeps gcd(f, g), and g becomes zero. Sixty-two steps at a time look at the lowest 62
//! bits only: they give a matrix that is then applied to f and g in full, and modulo m to the pair (d, e) that starts
//! as (0, 1) and holds what d·x = f and e·x = g modulo m ask for. In the end f is 1 or -1, and d is the inverse or its
//! negative.

use super::words::Words;

/// Signed limbs of radix 2^62, lowest first: the last one carries the sign.
type Signed = [i64; 5];

const LIMB_BITS: u32 = 62;
const LIMB_MASK: i64 = (1 << LIMB_BITS) - 1;

/// 2^62 times the transition of (f, g) in 62 steps: rows (u, v) and (q, r), the sum of absolute values of a row at most
/// 2^62.
struct Matrix {
    u: i64,
    v: i64,
    q: i64,
    r: i64,
}

/// 1/a modulo the odd m, for a prime to m; 0 for 0. Both below 2^256.
pub(crate) fn invert(a: &Words, m: &Words) -> Words {
    let modulus = from_words(m);
    let inverse_of_m = inverse_of_odd(modulus[0] as u64);
    let (mut f, mut g) = (modulus, from_words(a));
    let (mut d, mut e) = ([0; 5], [1, 0, 0, 0, 0]);
    let mut delta = 1;
    while g != [0; 5] {
        let matrix = steps(&mut delta, f[0] as u64, g[0] as u64);
        update_pair(&mut d, &mut e, &matrix, &modulus, inverse_of_m);
        divide_pair(&mut f, &mut g, &matrix);
    }
    // f is ±1 now, and -m < d < m... up to twice that: bring it home.
    let mut d = if f[4] < 0 { negate(&d) } else { d };
    while d[4] < 0 {
        d = add(&d, &modulus);
    }
    loop {
        let less = add(&d, &negate(&modulus));
        if less[4] < 0 {
            return to_words(&d);
        }
        d = less;
    }
}

/// Sixty-two division steps on the lowest bits, runs of even g at once.
fn steps(delta: &mut i64, mut f: u64, mut g: u64) -> Matrix {
    let (mut u, mut v, mut q, mut r) = (1i64, 0i64, 0i64, 1i64);
    let mut left = LIMB_BITS;
    loop {
        // A bit above those left stops the count there.
        let zeros = (g | (u64::MAX << left)).trailing_zeros();
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        left -= zeros;
        *delta += i64::from(zeros);
        if left == 0 {
            return Matrix { u, v, q, r };
        }
        // g is odd here.
        if *delta > 0 {
            *delta = -*delta;
            (f, g) = (g, f.wrapping_neg());
            (u, v, q, r) = (q, r, -u, -v);
        }
        // With δ ≤ 0 the next -δ + 1 steps don't swap: up to six of them together, by the multiple of f that makes that
        // many low bits of g zero. f·(f² - 2) is -1/f modulo 2^6.
        let together = (1 - *delta).min(i64::from(left)).min(6) as u32;
        let multiple = f
            .wrapping_mul(f)
            .wrapping_sub(2)
            .wrapping_mul(f)
            .wrapping_mul(g)
            & ((1 << together) - 1);
        g = g.wrapping_add(f.wrapping_mul(multiple));
        q += u * multiple as i64;
        r += v * multiple as i64;
    }
}

/// (f, g) becomes the matrix times (f, g), over 2^62: exact.
fn divide_pair(f: &mut Signed, g: &mut Signed, matrix: &Matrix) {
    let row = |a: i64, b: i64, i: usize| {
        i128::from(a) * i128::from(f[i]) + i128::from(b) * i128::from(g[i])
    };
    let (mut new_f, mut new_g) = ([0; 5], [0; 5]);
    let mut carry_f = row(matrix.u, matrix.v, 0) >> LIMB_BITS;
    let mut carry_g = row(matrix.q, matrix.r, 0) >> LIMB_BITS;
    for i in 1..5 {
        carry_f += row(matrix.u, matrix.v, i);
        carry_g += row(matrix.q, matrix.r, i);
        new_f[i - 1] = carry_f as i64 & LIMB_MASK;
        new_g[i - 1] = carry_g as i64 & LIMB_MASK;
        carry_f >>= LIMB_BITS;
        carry_g >>= LIMB_BITS;
    }
    new_f[4] = carry_f as i64;
    new_g[4] = carry_g as i64;
    (*f, *g) = (new_f, new_g);
}

/// (d, e) becomes the matrix times (d, e), over 2^62, modulo m: multiples of m make the division exact. Both stay in
/// (-2m, m).
fn update_pair(
    d: &mut Signed,
    e: &mut Signed,
    matrix: &Matrix,
    modulus: &Signed,
    inverse_of_m: u64,
) {
    let row = |a: i64, b: i64, i: usize| {
        i128::from(a) * i128::from(d[i]) + i128::from(b) * i128::from(e[i])
    };
    // A negative d or e counts as itself plus m, so that sums stay in range.
    let (d_sign, e_sign) = (d[4] >> 63, e[4] >> 63);
    let multiple = |a: i64, b: i64, low: i128| {
        let start = (a & d_sign) + (b & e_sign);
        let needed = (low as u64)
            .wrapping_mul(inverse_of_m)
            .wrapping_add(start as u64);
        start - (needed & LIMB_MASK as u64) as i64
    };
    let (low_d, low_e) = (row(matrix.u, matrix.v, 0), row(matrix.q, matrix.r, 0));
    let d_multiple = i128::from(multiple(matrix.u, matrix.v, low_d));
    let e_multiple = i128::from(multiple(matrix.q, matrix.r, low_e));
    let (mut new_d, mut new_e) = ([0; 5], [0; 5]);
    let mut carry_d = low_d + d_multiple * i128::from(modulus[0]);
    let mut carry_e = low_e + e_multiple * i128::from(modulus[0]);
    debug_assert_eq!(carry_d as i64 & LIMB_MASK, 0);
    debug_assert_eq!(carry_e as i64 & LIMB_MASK, 0);
    carry_d >>= LIMB_BITS;
    carry_e >>= LIMB_BITS;
    for i in 1..5 {
        carry_d += row(matrix.u, matrix.v, i) + d_multiple * i128::from(modulus[i]);
        carry_e += row(matrix.q, matrix.r, i) + e_multiple * i128::from(modulus[i]);
        new_d[i - 1] = carry_d as i64 & LIMB_MASK;
        new_e[i - 1] = carry_e as i64 & LIMB_MASK;
        carry_d >>= LIMB_BITS;
        carry_e >>= LIMB_BITS;
    }
    new_d[4] = carry_d as i64;
    new_e[4] = carry_e as i64;
    (*d, *e) = (new_d, new_e);
}

/// 1/a modulo 2^64 of an odd a, by Newton's iteration: five right bits become 10, 20, 40, 80.
fn inverse_of_odd(a: u64) -> u64 {
    let mut inverse = a.wrapping_mul(3) ^ 2;
    for _ in 0..4 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(a.wrapping_mul(inverse)));
    }
    inverse
}

fn from_words(w: &Words) -> Signed {
    let limb = |low: u64| low as i64 & LIMB_MASK;
    [
        limb(w[0]),
        limb(w[0] >> 62 | w[1] << 2),
        limb(w[1] >> 60 | w[2] << 4),
        limb(w[2] >> 58 | w[3] << 6),
        (w[3] >> 56) as i64,
    ]
}

fn to_words(a: &Signed) -> Words {
    let a = a.map(|limb| limb as u64);
    [
        a[0] | a[1] << 62,
        a[1] >> 2 | a[2] << 60,
        a[2] >> 4 | a[3] << 58,
        a[3] >> 6 | a[4] << 56,
    ]
}

fn add(a: &Signed, b: &Signed) -> Signed {
    let mut sum = [0; 5];
    let mut carry = 0;
    for i in 0..4 {
        carry += a[i] + b[i];
        sum[i] = carry & LIMB_MASK;
        carry >>= LIMB_BITS;
    }
    sum[4] = carry + a[4] + b[4];
    sum
}

fn negate(a: &Signed) -> Signed {
    let mut negated = [0; 5];
    let mut carry = 0;
    for i in 0..4 {
        carry -= a[i];
        negated[i] = carry & LIMB_MASK;
        carry >>= LIMB_BITS;
    }
    negated[4] = carry - a[4];
    negated
}

#[cfg(test)]
mod tests {
    use super::{
        super::words::{N, P, from_be_bytes, to_be_bytes},
        *,
    };
    use num_bigint::BigUint;
    use proptest::prelude::*;

    fn check(a: Words, m: Words) {
        let big = |words: &Words| BigUint::from_bytes_be(&to_be_bytes(words));
        let inverse = invert(&a, &m);
        assert!(big(&inverse) < big(&m));
        let product = big(&a) * big(&inverse) % big(&m);
        let zero = big(&a) % big(&m) == BigUint::ZERO;
        assert_eq!(product, BigUint::from(u8::from(!zero)), "1/{}", big(&a));
    }

    #[test]
    fn ends_of_the_range() {
        for m in [N, P] {
            for small in 0..70 {
                check([small, 0, 0, 0], m);
                check([m[0] - small, m[1], m[2], m[3]], m);
            }
            for bit in 0..256 {
                let mut a = [0; 4];
                a[bit / 64] = 1 << (bit % 64);
                check(a, m);
                a[..bit / 64].fill(u64::MAX);
                a[bit / 64] -= 1;
                check(a, m);
            }
        }
    }

    proptest! {
        #[test]
        fn product_with_the_inverse_is_one(bytes: [u8; 32]) {
            for m in [N, P] {
                check(from_be_bytes(&bytes), m);
            }
        }
    }
}

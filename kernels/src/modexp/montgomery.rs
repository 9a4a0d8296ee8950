//! Numbers modulo an odd m in Montgomery's form: x stands as x·R modulo m, where R = 2^(64·N). All of them are below m.

use super::{
    Exponent,
    limbs::{self, product, subtract_once},
};

/// An odd modulus above one, and what is known of it.
pub(super) struct Montgomery<const N: usize> {
    modulus: [u64; N],
    /// -1/m modulo 2^64.
    negative_inverse: u64,
    /// R modulo m: what one stands as.
    one: [u64; N],
    /// R² modulo m.
    square: [u64; N],
}

impl<const N: usize> Montgomery<N> {
    pub(super) fn new(modulus: [u64; N]) -> Self {
        debug_assert!(modulus[0] % 2 == 1);
        let mut montgomery = Self {
            negative_inverse: inverse(modulus[0]).wrapping_neg(),
            one: radix(&modulus),
            square: modulus,
            modulus,
        };
        // What 2 stands as, to the power of the bits of R, is what R stands as. The first powers are doublings.
        let bits = 64 * N;
        let squarings = bits.ilog2() - 3;
        let mut power = montgomery.one;
        for _ in 0..bits >> squarings {
            double(&mut power, &modulus);
        }
        for at in (0..squarings).rev() {
            power = montgomery.times(&power, &power);
            if bits >> at & 1 == 1 {
                double(&mut power, &modulus);
            }
        }
        montgomery.square = power;
        montgomery
    }

    /// What a big-endian number of any length stands as.
    pub(super) fn enter(&self, bytes: &[u8]) -> [u64; N] {
        // Horner's rule in digits to the base of R: an earlier sum moves up by R, and a digit is brought below m. The
        // highest digit may be above m, which a product bears.
        let (first, rest) = bytes.split_at(bytes.len() % (8 * N));
        let mut digits = rest.chunks_exact(8 * N);
        let highest = match first {
            [] => digits.next().unwrap_or_default(),
            first => first,
        };
        let mut sum = limbs::read(highest);
        for digit in digits {
            sum = self.times(&sum, &self.square);
            let digit = self.times(&limbs::read(digit), &self.one);
            sum = self.add(&sum, &digit);
        }
        self.times(&sum, &self.square)
    }

    /// What stands as this.
    pub(super) fn leave(&self, a: &[u64; N]) -> [u64; N] {
        let mut one = [0; N];
        one[0] = 1;
        self.times(a, &one)
    }

    /// base^exponent.
    pub(super) fn power(&self, base: &[u64; N], exponent: &Exponent<'_>) -> [u64; N] {
        let bits = exponent.len();
        if bits == 0 {
            return self.one;
        }
        let window = window(bits);
        let odd_powers = self.odd_powers(base, 1 << (window - 1));
        let (first, taken) = exponent.window(bits - 1, window);
        let mut power = odd_powers[first / 2];
        let mut left = bits - taken;
        while left > 0 {
            if !exponent.bit(left - 1) {
                power = self.times(&power, &power);
                left -= 1;
                continue;
            }
            let (odd, taken) = exponent.window(left - 1, window);
            for _ in 0..taken {
                power = self.times(&power, &power);
            }
            power = self.times(&power, &odd_powers[odd / 2]);
            left -= taken;
        }
        power
    }

    /// base, base³, base⁵ and so on, so many of them.
    fn odd_powers(&self, base: &[u64; N], count: usize) -> Vec<[u64; N]> {
        let square = self.times(base, base);
        let next = |power: &[u64; N]| Some(self.times(power, &square));
        std::iter::successors(Some(*base), next)
            .take(count)
            .collect()
    }

    /// a·b/R. `b` is below m, `a` may be anything.
    #[inline(always)]
    fn times(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        product(a, b, &self.modulus, self.negative_inverse)
    }

    /// a + b modulo m.
    fn add(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let mut sum = *a;
        let mut carry = false;
        for (a, b) in sum.iter_mut().zip(b) {
            (*a, carry) = a.carrying_add(*b, carry);
        }
        subtract_once(&mut sum, carry, &self.modulus);
        sum
    }
}

/// 2a modulo m.
fn double<const N: usize>(a: &mut [u64; N], modulus: &[u64; N]) {
    let mut bit = 0;
    for word in &mut *a {
        (*word, bit) = (*word << 1 | bit, *word >> 63);
    }
    subtract_once(a, bit == 1, modulus);
}

/// R modulo a modulus above one.
fn radix<const N: usize>(modulus: &[u64; N]) -> [u64; N] {
    let highest = modulus.iter().rposition(|word| *word != 0).unwrap_or(0);
    let zeros = modulus[highest].leading_zeros();
    // The power of two above m, less m: that is below m, since m is odd and not one. R is so many doublings away.
    let mut rest = [0; N];
    let mut borrow = false;
    for (rest, word) in rest.iter_mut().zip(&modulus[..=highest]) {
        (*rest, borrow) = 0_u64.borrowing_sub(*word, borrow);
    }
    rest[highest] &= u64::MAX >> zeros;
    let doublings = zeros as usize + 64 * (N - 1 - highest);
    for _ in 0..doublings {
        double(&mut rest, modulus);
    }
    rest
}

/// 1/word modulo 2^64 for an odd word, by Newton's method: each step doubles the bits that are right, from five on.
fn inverse(word: u64) -> u64 {
    let mut inverse = word.wrapping_mul(3) ^ 2;
    for _ in 0..4 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(word.wrapping_mul(inverse)));
    }
    inverse
}

/// Bits of a window at which an exponent of so many bits takes the fewest products.
fn window(bits: usize) -> usize {
    match bits {
        ..=12 => 1,
        13..=24 => 2,
        25..=80 => 3,
        81..=240 => 4,
        241..=672 => 5,
        _ => 6,
    }
}

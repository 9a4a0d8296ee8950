//! Modular exponentiation with an odd modulus of up to 512 bits, as the precompile of EIP-198 wants it.
//!
//! Montgomery's form (P. Montgomery, "Modular multiplication without trial division", 1985) and sliding windows over the
//! exponent. Everything is public here: it runs in variable time, linear in the lengths of base and exponent.

mod limbs;
mod montgomery;
#[cfg(test)]
mod tests;

use montgomery::Montgomery;

/// base^exponent modulo `modulus`, all of them big-endian and of any length: as many bytes as the modulus has.
///
/// `None` if the modulus is even (zero and no bytes at all among that), or above 2^512. No bytes stand for zero, and zero
/// to the power of zero is one.
pub fn modexp_odd(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    if modulus.last().is_none_or(|last| last % 2 == 0) {
        return None;
    }
    let digits = without_zeros(modulus);
    if digits.len() > 64 {
        return None;
    }
    let mut result = vec![0; modulus.len()];
    let (_, end) = result.split_at_mut(modulus.len() - digits.len());
    match digits.len() {
        // Everything is zero modulo one.
        1 if digits[0] == 1 => {}
        ..=16 => power::<2>(base, exponent, digits, end),
        17..=24 => power::<3>(base, exponent, digits, end),
        25..=32 => power::<4>(base, exponent, digits, end),
        33..=48 => power::<6>(base, exponent, digits, end),
        _ => power::<8>(base, exponent, digits, end),
    }
    Some(result)
}

/// The same with a modulus of at least 2 that fits so many words.
fn power<const N: usize>(base: &[u8], exponent: &[u8], modulus: &[u8], result: &mut [u8]) {
    let montgomery = Montgomery::<N>::new(limbs::read(modulus));
    let base = montgomery.enter(base);
    let power = montgomery.power(&base, &Exponent::new(exponent));
    limbs::write(&montgomery.leave(&power), result);
}

/// A big-endian number's bytes from its first digit on.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// The bits of an exponent.
struct Exponent<'a>(&'a [u8]);

impl<'a> Exponent<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self(without_zeros(bytes))
    }

    /// How many there are from the highest one on.
    fn len(&self) -> usize {
        match self.0 {
            [] => 0,
            [first, rest @ ..] => rest.len() * 8 + first.ilog2() as usize + 1,
        }
    }

    /// The bit that stands for 2^at; `at` is below [`len`](Self::len).
    fn bit(&self, at: usize) -> bool {
        self.0[self.0.len() - 1 - at / 8] >> (at % 8) & 1 == 1
    }

    /// The odd number that the bits from `top` down end in, when at most `most` of them are taken, and how many those are.
    /// The bit at `top` is one.
    fn window(&self, top: usize, most: usize) -> (usize, usize) {
        let most = most.min(top + 1);
        let mut value = 0;
        let (mut odd, mut taken) = (0, 0);
        for length in 1..=most {
            let bit = self.bit(top + 1 - length);
            value = value << 1 | usize::from(bit);
            if bit {
                (odd, taken) = (value, length);
            }
        }
        (odd, taken)
    }
}

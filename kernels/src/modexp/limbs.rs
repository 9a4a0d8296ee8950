//! Whole numbers as 64-bit words, lowest first, in as many words as a modulus has, and products modulo it.

/// a·b/R modulo an odd `modulus`, where R = 2^(64·N) and `negative_inverse` is -1/modulus modulo 2^64. One of the
/// factors is below the modulus, the other may be anything; the product is below it.
#[inline(always)]
pub(super) fn product<const N: usize>(
    a: &[u64; N],
    b: &[u64; N],
    modulus: &[u64; N],
    negative_inverse: u64,
) -> [u64; N] {
    let mut sum = [0; N];
    let mut top = false;
    for word in a {
        let mut carry = 0;
        for at in 0..N {
            (sum[at], carry) = mul_add(*word, b[at], sum[at], carry);
        }
        let (above, first) = carry.overflowing_add(u64::from(top));
        // A multiple of the modulus that ends the sum in a word of zeros, which goes.
        let factor = sum[0].wrapping_mul(negative_inverse);
        (_, carry) = mul_add(factor, modulus[0], sum[0], 0);
        for at in 1..N {
            (sum[at - 1], carry) = mul_add(factor, modulus[at], sum[at], carry);
        }
        let second;
        (sum[N - 1], second) = above.overflowing_add(carry);
        top = first || second;
    }
    subtract_once(&mut sum, top, modulus);
    sum
}

/// a·b + c + d, which never exceeds 128 bits: low word, high word.
#[inline(always)]
fn mul_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (sum as u64, (sum >> 64) as u64)
}

/// Takes the modulus off a number below twice as much if it isn't below it; `top` is its bit above the words.
#[inline(always)]
pub(super) fn subtract_once<const N: usize>(a: &mut [u64; N], top: bool, modulus: &[u64; N]) {
    let mut borrow = false;
    for (a, m) in a.iter().zip(modulus) {
        (_, borrow) = a.borrowing_sub(*m, borrow);
    }
    if borrow && !top {
        return;
    }
    borrow = false;
    for (a, m) in a.iter_mut().zip(modulus) {
        (*a, borrow) = a.borrowing_sub(*m, borrow);
    }
}

/// The words of a big-endian number of no more bytes than they hold.
pub(super) fn read<const N: usize>(bytes: &[u8]) -> [u64; N] {
    debug_assert!(bytes.len() <= 8 * N);
    let mut words = [0; N];
    let (front, eights) = bytes.as_rchunks::<8>();
    for (word, eight) in words.iter_mut().zip(eights.iter().rev()) {
        *word = u64::from_be_bytes(*eight);
    }
    if let Some(word) = words.get_mut(eights.len()) {
        *word = front
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

/// The lowest bytes of a number, big-endian, as many as there is room for.
pub(super) fn write(words: &[u64], bytes: &mut [u8]) {
    for (eight, word) in bytes.rchunks_mut(8).zip(words) {
        let word = word.to_be_bytes();
        eight.copy_from_slice(&word[8 - eight.len()..]);
    }
}

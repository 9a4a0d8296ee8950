//! Signed digits of whole numbers.

/// The digits of a number below 2^127 in width-w non-adjacent form, lowest first: zero or odd, below 2^(w-1) in absolute
/// value, and among any w in a row at most one other than zero. `LEN` is the number of bits and one more.
pub(super) const fn non_adjacent<const LEN: usize>(mut number: u128, width: u32) -> [i8; LEN] {
    let mut digits = [0; LEN];
    let mut position = 0;
    while number != 0 {
        let zeros = number.trailing_zeros();
        number >>= zeros;
        position += zeros as usize;
        let low = (number & ((1 << width) - 1)) as i8;
        if low >> (width - 1) == 0 {
            digits[position] = low;
            number -= low as u128;
        } else {
            let above = (1 << width) - low;
            digits[position] = -above;
            number += above as u128;
        }
    }
    digits
}
